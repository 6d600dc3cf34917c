"""A school and a provider that work together each year."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.bookings import actions
from techfinder.bookings.actions import PartnershipError
from techfinder.bookings.actors import person
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Partnership, Plan
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.bookings.after_steps import a_booking, at_provider, at_school, happened
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


class Two:
    """A school and a provider that did something together, with one person each."""

    def __init__(self):
        town = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
        self.school = SchoolFactory(municipality=town, holiday_region="Zuid")
        self.provider = ProviderFactory(municipality=town)
        self.teacher, self.guest = at_school(self.school), at_provider(self.provider)
        self.activity = ActivityFactory(provider=self.provider, title="Zonneboot")
        request = RequestFactory(school=self.school, status="fulfilled", contact=self.teacher, levels=["po-8"])
        self.booking = happened(request=request, activity=self.activity, date=dt.date(2026, 10, 6))

    def by(self, side):
        return person(self.teacher if side == Side.SCHOOL else self.guest, side)

    def propose(self, side=Side.SCHOOL):
        return actions.propose_partnership(
            school=self.school, provider=self.provider, by=self.by(side), words="Elk jaar een les."
        )

    def stands(self):
        made = self.propose()
        return actions.accept_partnership(partnership_id=made.pk, by=self.by(Side.PROVIDER))

    def plan(self, made, **fields):
        wanted = {"activity": self.activity, "year": 2026, "month": 3, **fields}
        return actions.add_plan(partnership_id=made.pk, by=self.by(Side.SCHOOL), **wanted)


@pytest.fixture
def two():
    return Two()


def page_of(made, name="partnership", *more):
    return reverse(f"bookings:{name}", args=[made.uuid, *more])


def mails(kind):
    return sorted(OutgoingMail.objects.filter(kind=f"booking_partnership_{kind}").values_list("to", flat=True))


# ------------------------------------------------------------ proposed, accepted, ended


@pytest.mark.parametrize("side", [Side.SCHOOL, Side.PROVIDER])
def test_one_proposes_the_other_accepts_from_the_mail_on(client, two, side):
    mine, theirs = (two.teacher, two.guest) if side == Side.SCHOOL else (two.guest, two.teacher)
    client.force_login(mine)
    address = reverse("bookings:propose_partnership", args=[two.booking.uuid])
    assert client.get(address).status_code == 200
    client.post(address, {"words": "Elk jaar een les."})
    made = Partnership.objects.get()
    assert (made.proposed_by, made.accepted_at) == (side, None)
    assert mails("proposed") == [theirs.email]
    assert "Elk jaar een les." in OutgoingMail.objects.get(to=theirs.email).text
    # Who proposed it does not accept it.
    client.post(page_of(made, "act_partnership"), {"do": "accept"})
    made.refresh_from_db()
    assert made.accepted_at is None
    client.force_login(theirs)
    assert 'value="accept"' in client.get(page_of(made)).content.decode()
    client.post(page_of(made, "act_partnership"), {"do": "accept"})
    made.refresh_from_db()
    assert made.accepted_at == NOW
    assert mails("accepted") == [mine.email]


@pytest.mark.parametrize("side", [Side.SCHOOL, Side.PROVIDER])
def test_either_ends_it_and_the_other_hears_it(client, two, side):
    made = two.stands()
    mine, theirs = (two.teacher, two.guest) if side == Side.SCHOOL else (two.guest, two.teacher)
    client.force_login(mine)
    for _ in range(2):
        client.post(page_of(made, "act_partnership"), {"do": "end"})
    made.refresh_from_db()
    assert made.ended_at == NOW
    assert mails("ended") == [theirs.email]
    assert client.get(page_of(made)).status_code == 200


def test_what_was_agreed_stays_when_it_ends(two):
    coming = a_booking(request=two.booking.request, activity=two.activity, date=dt.date(2026, 12, 1), part=2)
    made = two.stands()
    actions.end_partnership(partnership_id=made.pk, by=two.by(Side.SCHOOL))
    assert Booking.objects.get(pk=coming.pk).state == State.CONFIRMED


def test_a_second_proposal_is_the_one_that_stands(client, two):
    made = two.propose()
    assert two.propose(Side.PROVIDER).pk == made.pk
    client.force_login(two.guest)
    address = reverse("bookings:propose_partnership", args=[two.booking.uuid])
    assert client.get(address).url == page_of(made)
    actions.end_partnership(partnership_id=made.pk, by=two.by(Side.PROVIDER))
    assert two.propose().pk != made.pk


def test_what_ended_is_not_accepted(client, two):
    made = two.propose()
    actions.end_partnership(partnership_id=made.pk, by=two.by(Side.SCHOOL))
    with pytest.raises(PartnershipError):
        actions.accept_partnership(partnership_id=made.pk, by=two.by(Side.PROVIDER))
    client.force_login(two.guest)
    assert client.post(page_of(made, "act_partnership"), {"do": "accept"}).status_code == 302
    assert Partnership.objects.get().accepted_at is None


@pytest.mark.parametrize("do", ["", "delete", "accept "])
def test_an_unknown_step_is_none(client, two, do):
    client.force_login(two.guest)
    assert client.post(page_of(two.propose(), "act_partnership"), {"do": do}).status_code == 400


def test_nothing_changes_by_looking(client, two):
    made = two.propose()
    client.force_login(two.guest)
    for look in (client.get, client.head):
        assert look(page_of(made)).status_code == 200
        assert look(page_of(made, "act_partnership")).status_code == 405
    assert Partnership.objects.get().accepted_at is None


def test_strangers_see_nothing_and_coordinators_read_along(client, two):
    made = two.stands()
    plan = two.plan(made)
    for stranger in (UserFactory(), at_school(SchoolFactory()), at_provider(ProviderFactory())):
        client.force_login(stranger)
        assert client.get(page_of(made)).status_code == 404
        assert client.get(page_of(made, "ask_plan", plan.pk)).status_code == 404
        assert client.post(page_of(made, "act_partnership"), {"do": "end"}).status_code == 404
        assert client.post(page_of(made, "drop_plan", plan.pk)).status_code == 404
        assert client.get(reverse("bookings:propose_partnership", args=[two.booking.uuid])).status_code == 404
    assert Partnership.objects.get().ended_at is None
    assert Plan.objects.exists()


def test_only_who_had_an_appointment_proposes(client, two):
    asked = a_booking(
        request=RequestFactory(school=two.school, contact=two.teacher),
        activity=ActivityFactory(provider=two.provider),
        state=State.ASKED,
        date=dt.date(2026, 12, 1),
    )
    client.force_login(two.teacher)
    assert client.get(reverse("bookings:propose_partnership", args=[asked.uuid])).status_code == 404


def test_names_of_pupils_are_refused(client, two):
    client.force_login(two.teacher)
    address = reverse("bookings:propose_partnership", args=[two.booking.uuid])
    response = client.post(address, {"words": "Voor leerling Jan Jansen."})
    assert response.status_code == 422
    assert "Jan Jansen" in response.content.decode()
    assert not Partnership.objects.exists()


# ------------------------------------------------------------------- the plan


def test_a_plan_is_made_and_asked_with_one_click(client, two):
    made = two.stands()
    client.force_login(two.guest)
    wanted = {"activity": two.activity.pk, "year": "2026", "month": "3", "words": "Beide groepen 8"}
    assert client.post(page_of(made), wanted).status_code == 302
    plan = Plan.objects.get()
    # The school asks, its company does not.
    assert f'href="{page_of(made, "ask_plan", plan.pk)}"' not in client.get(page_of(made)).content.decode()
    assert client.get(page_of(made, "ask_plan", plan.pk)).status_code == 404
    client.force_login(two.teacher)
    address = page_of(made, "ask_plan", plan.pk)
    assert address in client.get(page_of(made)).content.decode()
    form = client.get(address).context["form"]
    assert form.initial["levels"] == ["po-8"]
    response = client.post(address, {"date": "9-3-2027", "levels": ["po-8"], "pupils": "24"})
    asked = Booking.objects.exclude(pk=two.booking.pk).get()
    assert response.url == asked.get_absolute_url()
    assert (asked.date, asked.pupils, asked.activity, asked.state) == (dt.date(2027, 3, 9), 24, two.activity, "asked")
    assert asked.request.title == "Zonneboot"
    plan.refresh_from_db()
    assert plan.booking == asked
    # Asked is asked.
    assert client.get(address).url == asked.get_absolute_url()
    assert client.post(address, {"date": "10-3-2027", "levels": ["po-8"], "pupils": "24"}).url == response.url
    assert Booking.objects.count() == 2


def test_what_came_to_nothing_can_be_asked_anew(client, two):
    made = two.stands()
    plan = two.plan(made)
    asked = actions.ask_plan(plan_id=plan.pk, by=two.by(Side.SCHOOL), levels=["po-8"], pupils=24)
    actions.withdraw(booking_id=asked.pk, version=asked.version, by=two.by(Side.SCHOOL))
    client.force_login(two.teacher)
    assert client.get(page_of(made, "ask_plan", plan.pk)).status_code == 200


def test_a_plan_with_places_offers_its_days(client, two):
    session = SessionFactory(activity=two.activity, date=dt.date(2027, 3, 9), seats=30)
    made = two.stands()
    plan = two.plan(made)
    client.force_login(two.teacher)
    address = page_of(made, "ask_plan", plan.pk)
    assert client.get(address).context["form"].initial["session"] == str(session.pk)
    client.post(address, {"session": str(session.pk), "levels": ["po-8"], "pupils": "24"})
    session.refresh_from_db()
    assert session.taken == 24


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"activity": ""}, "activity"),
        ({"activity": "other"}, "activity"),
        ({"year": "2031"}, "year"),
        ({"year": "x"}, "year"),
        ({"month": "13"}, "month"),
        ({"words": "x" * 201}, "words"),
        ({"words": "voor leerling Jan Jansen"}, "words"),
    ],
)
def test_a_wrong_plan_is_said_at_its_field(client, two, answer, field):
    other = ActivityFactory()
    made = two.stands()
    client.force_login(two.teacher)
    if answer.get("activity") == "other":
        answer = {"activity": other.pk}
    response = client.post(page_of(made), {"activity": two.activity.pk, "year": "2026", **answer})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"date": ""}, "date"),
        ({"date": "1-1-2020"}, "date"),
        ({"levels": []}, "levels"),
        ({"levels": ["vo-havo-3"]}, "levels"),
        ({"pupils": "0"}, "pupils"),
    ],
)
def test_a_wrong_question_writes_nothing(client, two, answer, field):
    made = two.stands()
    plan = two.plan(made)
    client.force_login(two.teacher)
    whole = {"date": "9-3-2027", "levels": ["po-8"], "pupils": "24", **answer}
    response = client.post(page_of(made, "ask_plan", plan.pk), whole)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Request.objects.count() == 1


def test_an_activity_that_is_gone_is_said_and_writes_nothing(client, two):
    made = two.stands()
    plan = two.plan(made)
    type(two.activity).objects.filter(pk=two.activity.pk).update(status="archived")
    client.force_login(two.teacher)
    response = client.post(page_of(made, "ask_plan", plan.pk), {"date": "9-3-2027", "levels": ["po-8"], "pupils": "24"})
    assert response.status_code == 422
    assert Request.objects.count() == 1


def test_a_plan_is_taken_out_until_it_is_asked(client, two):
    made = two.stands()
    plan, asked = two.plan(made), two.plan(made, month=4)
    actions.ask_plan(plan_id=asked.pk, by=two.by(Side.SCHOOL), levels=["po-8"], pupils=24)
    client.force_login(two.guest)
    for each in (plan, asked):
        assert client.post(page_of(made, "drop_plan", each.pk)).status_code == 302
    assert list(Plan.objects.all()) == [asked]
    assert client.post(page_of(made, "drop_plan", plan.pk)).status_code == 404


def test_without_a_partnership_nothing_is_planned_or_asked(client, two):
    made = two.propose()
    client.force_login(two.teacher)
    assert client.post(page_of(made), {"activity": two.activity.pk, "year": "2026"}).status_code == 404
    with pytest.raises(PartnershipError):
        two.plan(made)
    plan = Plan.objects.create(partnership=made, year=2026, activity=two.activity)
    assert client.get(page_of(made, "ask_plan", plan.pk)).status_code == 404
    with pytest.raises(PartnershipError):
        actions.ask_plan(plan_id=plan.pk, by=two.by(Side.SCHOOL), levels=["po-8"], pupils=24)


# ------------------------------------------------------------------ the pages


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(client, two, count):
    made = two.stands()
    for number in range(count):
        plan = two.plan(made, month=number + 1)
        Plan.objects.filter(pk=plan.pk).update(
            booking=happened(request=two.booking.request, activity=two.activity, part=number + 2)
        )
    client.force_login(two.teacher)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of(made)).status_code == 200
    assert len(queries) == 16


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_of_the_list_does_not_grow(client, two, count):
    two.propose()
    for _ in range(count - 1):
        Partnership.objects.create(school=two.school, provider=ProviderFactory(), proposed_by=Side.SCHOOL)
    client.force_login(two.teacher)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("bookings:partnerships"))
    assert len(page.context["page"].object_list) == count
    assert len(queries) == 13


def test_the_list_without_any_says_how_to_begin(client):
    client.force_login(UserFactory())
    assert reverse("bookings:list") in client.get(reverse("bookings:partnerships")).content.decode()
