"""The day in a browser: its pages and its mails, narrow and wide, light and dark, without an account."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from techfinder.bookings.actions import feeds
from techfinder.bookings.actions.base import record
from techfinder.bookings.actors import CLOCK
from techfinder.bookings.models import Booking
from techfinder.mail.models import OutgoingMail
from tests.bookings.day_steps import TEN, TWELVE, agreed, mails
from tests.factories.bookings import Parties, in_days
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


def look(page, name):
    """No fault narrow and wide, light and dark, and nothing beside the screen."""
    assert faults_at(page, name, SIZES, ["light", "dark"]) == []


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


@pytest.fixture
def visit():
    """A visit that is agreed, of which not all is known yet."""
    parties = Parties(delivery=["at_provider"], title="Kijken in de werkplaats", school_arranges="Een digibord")
    return agreed(parties, start=TEN, end=TWELVE)


def path_in(mail, pattern):
    return re.search(rf"http://127.0.0.1:8000({pattern})", mail.text)[1]


def test_the_school_fills_in_the_day_from_the_mail_without_an_account(page, visit):
    parties, _booking = visit
    (mail,) = mails("booking_agreed", parties.request.contact.email)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(path_in(mail, r"/boeking/l/\S+/dag/"))
    look(page, "sheet")
    page.fill("[name=school_phone]", "bel maar")
    page.locator("main form button[type=submit]").click()
    look(page, "sheet-wrong")
    page.fill("[name=school_phone]", "06 12345678")
    page.fill("[name=adults]", "3")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/dag/" not in url)
    booking = Booking.objects.get()
    assert (booking.school_phone, booking.adults) == ("06 12345678", 3)
    assert "06 12345678" in mails("booking_changed", parties.member.email)[0].text


def test_the_address_of_the_calendar(page, live_server, visit):
    parties, _booking = visit
    (mail,) = mails("booking_agreed", parties.request.contact.email)
    page.goto(path_in(mail, r"/boeking/l/\S+/agenda/"))
    look(page, "feed-by-link")
    page.locator("main form button").click()
    look(page, "feed-sent")
    alone = feeds.open_feed(email="juf@school.example")
    page.goto(reverse("bookings:feed_manage", args=[alone.token]))
    look(page, "feed-manage")
    sign_in(page, live_server, parties.member)
    page.goto(reverse("bookings:calendar"))
    look(page, "feed-none")
    page.locator("main form button").click()
    look(page, "feed")


def test_the_mails_have_no_fault(page, visit):
    parties, booking = visit
    booking = parties.do(
        "change", booking, "provider", fields={"report_to": "Poort 3", "provider_phone": "0118 123456"}
    )
    booking = parties.do("propose_change", booking, "school", date=in_days(70), start=TEN, words="Studiedag")
    booking = parties.do("refuse_change", booking, "provider", words="Dan zijn we dicht")
    booking = parties.do("confirm", booking, "school")
    for step in ("week_before", "day_before"):
        remind(booking, step)
    parties.do("cancel", Booking.objects.get(), "provider", reason="ill", words="Sorry")
    feeds.mail_feed(feed=feeds.open_feed(user=parties.member))
    kinds = {each.kind: each for each in OutgoingMail.objects.order_by("pk") if each.kind not in NOT_OF_THE_DAY}
    assert len(kinds) == 8
    for kind, mail in kinds.items():
        page.goto("about:blank")
        page.set_content(mail.html)
        look(page, f"mail-{kind}")


NOT_OF_THE_DAY = ("booking_asked", "booking_sent")


def remind(booking, step):
    """As the clock does at its moment."""
    changed = {"next_step": [step, ""]}
    record(Booking.objects.get(), step="remind", by=CLOCK, before="agreed", changed=changed, reschedule=False)
