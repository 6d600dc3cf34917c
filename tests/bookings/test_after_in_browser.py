"""What comes after a booking, in the browser: telling from the mail, asking again, together, the record."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings import actions
from techfinder.bookings.actors import person
from techfinder.bookings.links.tokens import Purpose, token
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, Evaluation, Series, TermSurvey
from techfinder.bookings.queries.next_year import suggested_day
from tests.bookings.after_steps import a_booking, at_provider, at_school, happened
from tests.bookings.test_pages_in_browser import NARROW, SIZES, as_user, looks_well
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Scene:
    """A school and a provider with something behind them and a plan before them."""

    def __init__(self):
        self.school = SchoolFactory(name="Basisschool De Wilgenhoek aan de Westerschelde", holiday_region="Zuid")
        self.provider = ProviderFactory(name="Huis van de Techniek")
        self.teacher, self.guest = at_school(self.school), at_provider(self.provider)
        self.activity = ActivityFactory(provider=self.provider, title="Mini-Zonnebootrace", themes=["energie", "water"])
        SessionFactory(activity=self.activity, date=timezone.localdate() + dt.timedelta(days=90), seats=30)
        self.guest_lesson = ActivityFactory(provider=self.provider, title="Gastles over stroom")
        day = timezone.localdate() - dt.timedelta(days=20)
        told = {"school": {"pupils": 26, "hours": "1.5", "again": "yes"}}
        self.done = happened(request=self._request(), activity=self.guest_lesson, date=day, told=told)
        self.raced = happened(request=self._request(), activity=self.activity, date=day, told=told)
        self.made = actions.propose_partnership(
            school=self.school, provider=self.provider, by=person(self.guest, Side.PROVIDER), words="Elk jaar een race."
        )

    def _request(self):
        return RequestFactory(school=self.school, contact=self.teacher, status="fulfilled", levels=["po-7", "po-8"])

    def accept(self):
        by = person(self.teacher, Side.SCHOOL)
        actions.accept_partnership(partnership_id=self.made.pk, by=by)
        year = timezone.localdate().year
        return actions.add_plan(
            partnership_id=self.made.pk, by=by, activity=self.activity, year=year, month=6, words="Beide groepen 8"
        )

    def row(self):
        days = [suggested_day(self.done) + dt.timedelta(weeks=each) for each in range(3)]
        return actions.ask_several(
            booking_id=self.done.pk,
            by=person(self.teacher, Side.SCHOOL),
            kind=Series.Kind.ROW,
            parts=[actions.Part(26, None, day) for day in days],
        )[0].series_id


@pytest.fixture
def scene():
    return Scene()


def addresses(scene):
    plan = scene.accept()
    survey = TermSurvey.objects.create(side="school", email="juf@school.example", term="2026-1", bookings=2)
    return {
        "report": reverse("bookings:report", args=[scene.done.uuid]),
        "again": reverse("bookings:again", args=[scene.done.uuid]),
        "again-places": reverse("bookings:again", args=[scene.raced.uuid]),
        "classes": reverse("bookings:classes", args=[scene.raced.uuid]) + "?klassen=3",
        "classes-days": reverse("bookings:classes", args=[scene.done.uuid]),
        "row": reverse("bookings:row", args=[scene.done.uuid]),
        "row-places": reverse("bookings:row", args=[scene.raced.uuid]),
        "series": reverse("bookings:series", args=[scene.row()]),
        "partnerships": reverse("bookings:partnerships"),
        "propose": reverse("bookings:propose_partnership", args=[scene.done.uuid]),
        "partnership": reverse("bookings:partnership", args=[scene.made.uuid]),
        "plan": reverse("bookings:ask_plan", args=[scene.made.uuid, plan.pk]),
        "records": reverse("bookings:records"),
        "record": reverse("bookings:record", args=["school", scene.school.code]),
        "survey": reverse("bookings:survey", args=[survey.uuid]),
        "detail": scene.done.get_absolute_url(),
    }


def test_every_page_fits_a_phone_and_has_no_faults(page, live_server, scene):
    as_user(page, live_server, scene.teacher)
    for name, address in addresses(scene).items():
        assert page.goto(address).status == 200
        assert faults_at(page, name, SIZES) == []


def test_a_proposal_that_waits_for_a_yes(page, live_server, axe, scene):
    page.set_viewport_size(NARROW)
    as_user(page, live_server, scene.teacher)
    page.goto(reverse("matches:dashboard"))
    page.get_by_role("link", name="Huis van de Techniek wil elk jaar samenwerken").click()
    looks_well(page, axe, "proposed")
    page.get_by_role("button", name="Ja, we werken samen").click()
    page.get_by_role("heading", name="Het plan", exact=True).wait_for()
    scene.made.refresh_from_db()
    assert scene.made.accepted_at is not None


def test_both_tell_from_the_mail_on_a_phone_without_an_account(page, axe):
    booking = a_booking()
    page.set_viewport_size(NARROW)
    page.goto(reverse("bookings:link", args=[token(booking, Side.PROVIDER, Purpose.REPORT)]))
    looks_well(page, axe, "told-mail")
    # The one tap is in view without scrolling.
    assert page.get_by_role("button", name="Ja, het ging door").bounding_box()["y"] < 740 - 60
    page.get_by_role("button", name="Ja, het ging door").click()
    page.get_by_role("heading", name="Dank je wel").wait_for()
    looks_well(page, axe, "told-done")
    booking.refresh_from_db()
    page.goto(reverse("bookings:link", args=[token(booking, Side.SCHOOL, Purpose.REPORT)]))
    page.get_by_label("Ja, het ging door").check()
    page.get_by_role("radio", name="Ja", exact=True).check()
    page.get_by_label("Hoeveel leerlingen deden mee?").fill("27")
    page.get_by_label("Wat ging goed").fill("Leerling Jan Jansen deed goed mee.")
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_role("alert").wait_for()
    looks_well(page, axe, "told-faulty")
    assert page.get_by_label("Hoeveel leerlingen deden mee?").input_value() == "27"
    page.get_by_label("Wat ging goed").fill("De klas was enthousiast.")
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    page.get_by_role("link", name="Vraag aan voor volgend jaar").click()
    looks_well(page, axe, "told-again")
    page.get_by_role("button", name="Ja, vraag deze dag aan").click()
    page.get_by_text("1 keer aangevraagd").wait_for()
    assert Evaluation.objects.count() == 2
    again = Booking.objects.exclude(pk=booking.pk).get()
    assert again.date.weekday() == booking.date.weekday() or again.date.weekday() < 5


def test_several_classes_without_scripts(page_without_scripts, live_server, scene):
    page = as_user(page_without_scripts, live_server, scene.teacher)
    page.goto(reverse("bookings:classes", args=[scene.done.uuid]))
    page.get_by_label("Hoeveel klassen?").select_option("2")
    page.get_by_role("button", name="Verander het aantal").click()
    for number, start in enumerate(("10.00", "11.00")):
        page.locator(f"#id_form-{number}-date").fill("9-3-2027")
        page.locator(f"#id_form-{number}-start").fill(start)
    page.get_by_role("button", name="Vraag aan voor alle klassen").click()
    page.get_by_text("2 keer aangevraagd").wait_for()
    assert Booking.objects.filter(series__kind=Series.Kind.CLASSES).count() == 2


def test_a_record_is_printed_without_what_one_clicks(page, live_server, scene):
    as_user(page, live_server, scene.teacher)
    page.goto(reverse("bookings:record", args=["school", scene.school.code]))
    page.emulate_media(media="print")
    assert page.get_by_role("table", name="Wat er gebeurde").is_visible()
    assert page.locator(".tf-toolbar").is_hidden()
    assert page.locator(".tf-header").is_hidden()
