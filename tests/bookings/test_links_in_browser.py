"""A whole booking from the mails alone, at 360 px, without an account at either side."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone

from techfinder.bookings.links import tokens
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.mail.models import OutgoingMail
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.organisations import ProviderFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER
NARROW, WIDE = (360, 740), (1280, 900)
SUBMIT = "main form button[type=submit]"


@pytest.fixture
def parties(live_server, settings):
    settings.BASE_URL = live_server.url
    found = Parties(provider=ProviderFactory(name="Zilt Elektrotechniek"), title="Licht uit een citroen")
    found.request.contact.name, found.member.name = "Elke Moens", "Sanne Bakker"
    found.request.contact_name = "Elke Moens"
    for each in (found.request.contact, found.member, found.request):
        each.save()
    return found


def from_mail(kind, to, purpose):
    """The link for a purpose in the newest mail of a kind to somebody."""
    mail = OutgoingMail.objects.filter(kind=kind, to=to).latest("pk")
    found = re.search(rf"{re.escape(settings.BASE_URL)}/boeking/l/\d+\.\w+\.{purpose}\.[^\s\"]+", mail.text)
    assert found, (kind, purpose, mail.text)
    return found[0]


def looks_well(page, axe, name):
    """No fault, no sideways scroll, narrow and wide; pictures when somebody wants to look. Without `axe` nothing."""
    if axe is not None:
        assert faults_at(page, name, [WIDE, NARROW]) == []


def press(page, axe, picture, /, **fields):
    """Fill in the one question and answer it."""
    for field, value in fields.items():
        page.fill(f"[name={field}]", value)
    looks_well(page, axe, picture)
    page.locator(SUBMIT).first.click()
    page.wait_for_load_state()


def state(booking):
    return Booking.objects.get(pk=booking.pk).state


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_ask_propose_accept_change_cancel_from_mails_alone(page, page_without_scripts, axe, parties, scripts):
    # Without scripts the page cannot be examined either: only the way through it.
    page, axe = (page, axe) if scripts else (page_without_scripts, None)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    school, provider = parties.request.contact_email, parties.member.email
    booking = parties.ask(date=in_days(60))
    page.goto(from_mail("booking_asked", provider, "propose"))
    day = in_days(62)
    press(page, axe, "propose", date=f"{day.day}-{day.month}-{day.year}", start="10.00", end="11.30")
    looks_well(page, axe, "proposed")
    page.goto(from_mail("booking_proposed", school, "accept"))
    press(page, axe, "accept")
    looks_well(page, axe, "accepted")
    assert state(booking) == State.AGREED
    page.goto(from_mail("booking_proposed", school, "accept"))
    looks_well(page, axe, "used")
    page.goto(from_mail("booking_agreed", school, "change"))
    press(page, axe, "change", pupils="25")
    page.goto(from_mail("booking_agreed", provider, "cancel"))
    page.locator("[name=reason]").first.check()
    press(page, axe, "cancel")
    looks_well(page, axe, "cancelled")
    assert state(booking) == State.CANCELLED_EARLY


def test_how_it_was_is_told_from_the_mail(page, axe, parties):
    booking = booking_in(State.AGREED, parties=parties)
    Booking.objects.filter(pk=booking.pk).update(date=timezone.localdate() - dt.timedelta(days=1))
    page.goto(tokens.link(Booking.objects.get(pk=booking.pk), SCHOOL, "report"))
    looks_well(page, axe, "report")
    page.locator(SUBMIT).first.click()
    page.wait_for_load_state()
    looks_well(page, axe, "reported")
    assert state(booking) == State.HAPPENED


def test_a_colleague_goes_on_after_a_code(page, axe, parties):
    parties.request.contact_email = "elke@deschool.example"
    parties.request.save()
    parties.request.contact.email = "elke@deschool.example"
    parties.request.contact.save()
    booking = parties.do("propose", parties.ask(), PROVIDER, date=in_days(62))
    page.goto(from_mail("booking_proposed", booking.school_email, "accept"))
    page.get_by_role("link", name="Ben je niet Elke Moens?").click()
    press(page, axe, "colleague", email="karin@deschool.example", name="Karin Smit")
    code = re.search(r"\b\d{6}\b", OutgoingMail.objects.filter(kind="booking_code").latest("pk").text)[0]
    press(page, axe, "code", code=code)
    assert "Karin Smit" in page.inner_text("main")
    press(page, axe, "as-colleague")
    assert state(booking) == State.AGREED


def test_messages_and_a_concern(page, axe, parties):
    booking = booking_in(State.AGREED, parties=parties)
    page.goto(tokens.link(booking, SCHOOL, "message"))
    press(page, axe, "message", text="Is er een beamer in het lokaal?")
    looks_well(page, axe, "messages")
    page.goto(from_mail("booking_message", booking.provider_email, "message"))
    assert "Is er een beamer" in page.inner_text("main")
    page.get_by_role("link", name="Er klopt iets niet").click()
    press(page, axe, "concern", words="Niemand neemt de telefoon op")
    assert "coördinator" in page.inner_text("main")


@pytest.mark.parametrize(
    ("name", "before", "side", "purpose"),
    [
        ("decline", State.ASKED, PROVIDER, "decline"),
        ("answer", State.ASKED, PROVIDER, "answer"),
        ("waiting", State.ASKED, SCHOOL, "page"),
        ("agreed", State.AGREED, SCHOOL, "page"),
        ("gone", State.AGREED, PROVIDER, "gone"),
        ("declined", State.DECLINED, SCHOOL, "accept"),
    ],
)
def test_pages_look_well(page, axe, parties, name, before, side, purpose):
    booking = booking_in(before, parties=parties)
    page.goto(tokens.link(booking, side, purpose))
    looks_well(page, axe, name)


def test_a_forged_link_and_an_earlier_contact_look_well(page, axe, parties, live_server):
    booking = booking_in(State.AGREED, parties=parties)
    page.goto(tokens.link(booking, SCHOOL, "page")[:-3] + "x/")
    looks_well(page, axe, "forged")
    address = tokens.link(booking, SCHOOL, "cancel")
    Booking.objects.filter(pk=booking.pk).update(school_email="ander@school.example")
    page.goto(address)
    looks_well(page, axe, "stranger")
