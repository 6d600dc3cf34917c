"""Who cannot be mailed gets no overview; nothing of it is lost for when mail comes again."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.inbound.receiving import Exit, receive
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.matches.models import Notification
from techfinder.matches.telling import digest
from tests.factories.organisations import ProviderFactory
from tests.mail.coming_back import report
from tests.matches.steps import match_activity, match_all

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def clock():
    """A Tuesday at noon, far from any holiday."""
    with time_machine.travel(dt.datetime(2026, 11, 24, 12, tzinfo=AMSTERDAM), tick=False) as clock:
        yield clock


@pytest.fixture
def contact(clock, make_activity, make_request):
    """Of a request of which the first match was told: what is found later waits for the overview."""
    make_activity(title="De eerste")
    request = make_request(date_from=dt.date(2027, 12, 1))
    match_all()
    return request.contact


@pytest.fixture
def new_match(contact, make_activity):
    def make(title):
        match_activity(make_activity(title=title, provider=ProviderFactory()))

    return make


def next_morning(clock, sink):
    """The beat of a morning, and what the mail server got of it."""
    before, now = len(sink.messages), timezone.localtime()
    clock.move_to(now.replace(hour=7, minute=5) + dt.timedelta(days=1))
    digest.send_digests()
    actions.deliver_due()
    return sink.messages[before:]


def mail_of(received):
    return OutgoingMail.objects.get(message_id=received.message["Message-ID"])


def overviews(received, person):
    theirs = [each for each in received if each.recipients == [person.email.lower()]]
    return [each for each in theirs if mail_of(each).kind == "match_digest"]


def come_back(name, received, person):
    """The mail server reports it to the envelope sender of what it got."""
    mail = mail_of(received)
    assert mail.to == person.email.lower()
    assert receive(raw=report(name, mail), to=received.sender) is Exit.OK


@pytest.mark.parametrize("name", ["postfix_unknown", "exchange_denied", "google_unknown"])
def test_a_hard_bounce_stops_the_next_digest(clock, smtp_sink, contact, new_match, name):
    new_match("De tweede")
    (first,) = overviews(next_morning(clock, smtp_sink), contact)
    assert "De tweede" in first.text

    come_back(name, first, contact)
    new_match("De derde")
    for _day in range(3):
        assert overviews(next_morning(clock, smtp_sink), contact) == []
    assert Notification.objects.filter(recipient=contact, told_at=None).count() == 1

    assert actions.lift_suppression(email=contact.email)
    (after,) = overviews(next_morning(clock, smtp_sink), contact)
    assert "De derde" in after.text
    assert "De tweede" not in after.text


def test_a_full_mailbox_gets_nothing_for_two_weeks_and_then_all_of_it(clock, smtp_sink, contact, new_match):
    for title in ("Een", "Twee", "Drie"):
        new_match(title)
        (received,) = overviews(next_morning(clock, smtp_sink), contact)
        come_back("exchange_full", received, contact)
    assert Suppression.objects.get().why == Suppression.Why.FULL
    new_match("Vier")
    for _day in range(13):
        assert overviews(next_morning(clock, smtp_sink), contact) == []
    received = overviews(next_morning(clock, smtp_sink), contact) + overviews(next_morning(clock, smtp_sink), contact)
    assert ["Vier" in each.text for each in received] == [True]


def test_a_mail_that_is_queued_already_goes_no_more(clock, smtp_sink, contact, new_match):
    new_match("De tweede")
    clock.move_to(dt.datetime(2026, 11, 25, 9, tzinfo=AMSTERDAM))
    digest.send_digests()
    mail = OutgoingMail.objects.get(to=contact.email, kind="match_digest", state=OutgoingMail.State.QUEUED)
    Suppression.objects.create(email=contact.email)
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.SUPPRESSED
    assert not overviews(smtp_sink.messages, contact)
