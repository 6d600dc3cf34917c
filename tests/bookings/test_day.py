"""The mails about a day that is agreed: what each side reads, when, and what its links do."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from techfinder.bookings.actions.clock import run_due
from techfinder.bookings.models import Booking
from techfinder.mail.message import build
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match
from tests.bookings.day_steps import TEN, TWELVE, agreed, event_of, mails
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import Parties, in_days

pytestmark = pytest.mark.django_db

VISIT = {"delivery": ["at_provider"], "school_arranges": "Een digibord"}
LIMIT = 100_000


def one(template, person):
    (mail,) = mails(template, person.email)
    return mail


def full(parties, booking):
    """All of the day is known."""
    said = {"report_to": "Poort 3", "parking": "Achter de loods", "public_transport": "Bus 56, 4 minuten lopen"}
    said |= {"clothing": "Dichte schoenen", "bring": "Lunch", "provider_phone": "0118 123456", "route": "Langs de kade"}
    booking = parties.do("change", booking, "provider", fields=said)
    return parties.do("change", booking, "school", fields={"adults": 3, "school_phone": "06 12345678"})


# -------------------------------------------------------------------------- agreed


def test_the_confirmation_says_all_that_is_known_and_asks_for_the_rest():
    parties, _booking = agreed(Parties(**VISIT))
    mail = one("booking_agreed", parties.request.contact)
    for words in ("10.00", "12.00", "Ritthemsestraat 500", "openstreetmap.org", "Een digibord", "3 km", "28"):
        assert words in mail.text, words
    assert "volwassenen van de school" in mail.text.lower()
    assert re.search(r"/boeking/l/\S+/dag/", mail.text)
    other = one("booking_agreed", parties.member)
    assert other.text != mail.text
    assert event_of(other)["SUMMARY"] != event_of(mail)["SUMMARY"]


def test_what_the_other_side_still_fills_in_is_one_line():
    parties, _booking = agreed(Parties(**VISIT))
    text = one("booking_agreed", parties.request.contact).text
    assert text.count("nog niet bekend") == 1
    assert "Waar melden, telefoon van het bedrijf op de dag zelf, parkeren, bus of trein" in text


def test_the_telephone_is_told_only_now():
    parties = Parties(**VISIT)
    asked = parties.ask(date=in_days(60))
    Booking.objects.filter(pk=asked.pk).update(school_phone="06 12345678")
    assert not OutgoingMail.objects.filter(text__contains="06 12345678").exists()
    parties.do("accept", asked, "provider")
    assert "06 12345678" in one("booking_agreed", parties.member).text
    assert "06 12345678" not in one("booking_agreed", parties.request.contact).text


def test_who_reads_english_gets_english():
    parties = Parties(**VISIT)
    parties.member.language = "en"
    parties.member.save()
    agreed(parties)
    english, dutch = one("booking_agreed", parties.member), one("booking_agreed", parties.request.contact)
    assert "10:00 to 12:00" in english.text
    assert "whom to report to" in english.text.lower()
    assert "January" in english.subject or "januari" not in english.subject
    assert "10.00 tot 12.00" in dutch.text
    assert "Whom to report to" not in dutch.text
    assert "with Basisschool" in str(event_of(english)["SUMMARY"])
    assert "met Bedrijf" in str(event_of(dutch)["SUMMARY"])


def test_a_place_from_the_queue_is_confirmed_to_both():
    parties = Parties(seats=30, provider=None)
    parties.provider.auto_promote = False
    parties.provider.save()
    first = parties.do("accept", parties.ask(), "provider")
    other = Parties(provider=parties.provider)
    other.activity, other.session, other.member = parties.activity, parties.session, parties.member
    waiting = other.ask()
    assert waiting.state == "queued"
    parties.do("cancel", first, "school", reason="ill")
    other.do("promote", Booking.objects.get(pk=waiting.pk), "provider")
    assert one("booking_agreed", other.request.contact).calendar_method == "REQUEST"


def test_who_takes_over_gets_all_of_it_and_who_was_before_nothing():
    parties, booking = agreed()
    from techfinder.bookings import actions
    from techfinder.bookings.actors import person
    from tests.factories.organisations import MembershipFactory

    colleague = MembershipFactory(provider=parties.provider).user
    actions.take_over(booking_id=booking.pk, side="provider", by=person(colleague, "provider"))
    assert one("booking_agreed", colleague).calendar
    assert len(mails("booking_agreed", parties.member.email)) == 1


# ------------------------------------------------------------------------- changed


def test_an_update_says_only_what_changed():
    parties, booking = agreed(Parties(**VISIT))
    parties.do("change", booking, "provider", fields={"report_to": "Poort 3", "parking": ""})
    (mail,) = mails("booking_changed")
    assert mail.to == parties.request.contact.email
    assert "Poort 3" in mail.text
    for words in ("Ritthemsestraat", "Een digibord", "28 leerlingen", "openstreetmap"):
        assert words not in mail.text
    assert "Poort 3" in str(event_of(mail)["DESCRIPTION"])
    assert "Een digibord" in str(event_of(mail)["DESCRIPTION"])


def test_what_moves_the_event_also_goes_to_who_moved_it():
    parties, booking = agreed(Parties(**VISIT))
    parties.do("change", booking, "provider", fields={"start": dt.time(9, 30)})
    told, own = one("booking_changed", parties.request.contact), one("booking_changed", parties.member)
    for mail in (told, own):
        assert "9.30" in mail.text
        assert "10.00" in mail.text
        assert event_of(mail)["DTSTART"].dt.hour == 9
    assert told.text.partition("9.30")[0] != own.text.partition("9.30")[0]


def test_another_day_is_asked_agreed_and_told_with_the_old_one():
    parties, booking = agreed(Parties(**VISIT))
    booking = parties.do("propose_change", booking, "school", date=in_days(70), start=TEN, words="Studiedag")
    asked = one("booking_change_proposed", parties.member)
    assert "Studiedag" in asked.text
    assert asked.calendar == ""
    assert {"accept", "decline", "propose"} <= set(re.findall(r"/boeking/l/\d+\.provider\.(\w+)\.", asked.text))
    parties.do("accept", booking, "provider")
    for person in (parties.member, parties.request.contact):
        mail = one("booking_changed", person)
        assert str(in_days(70).day) in mail.text
        assert str(in_days(60).day) in mail.text
        assert event_of(mail)["DTSTART"].dt.date() == in_days(70)


def test_a_no_to_another_day_leaves_the_calendar_as_it_is():
    parties, booking = agreed()
    booking = parties.do("propose_change", booking, "school", date=in_days(70), start=TEN)
    parties.do("refuse_change", booking, "provider", words="Dan zijn we dicht")
    mail = one("booking_change_refused", parties.request.contact)
    assert "Dan zijn we dicht" in mail.text
    assert (mail.calendar, mails("booking_changed")) == ("", [])


@time_machine.travel(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=True)
def test_when_no_answer_comes_to_another_day_both_hear_that_the_first_stands():
    parties, booking = agreed(days=60)
    parties.do("propose_change", booking, "school", date=in_days(70), start=TEN)
    remind(45)
    assert Booking.objects.get().turn == ""
    for person in (parties.member, parties.request.contact):
        assert one("booking_change_refused", person).calendar == ""


def test_what_the_coordinator_changes_is_told_to_both():
    parties, booking = agreed()
    parties.do("change", booking, "coordinator", fields={"report_to": "Balie"})
    assert {mail.to for mail in mails("booking_changed")} == {parties.member.email, parties.request.contact.email}


# ------------------------------------------------------------------------ cancelled


def test_a_cancellation_tells_the_other_side_why_and_what_else_there_is():
    parties = Parties()
    found = ActivityFactory(title="Bouw een brug")
    now = timezone.now()
    Match.objects.create(request=parties.request, activity=found, score=80, placed_at=now)
    _parties, booking = agreed(parties)
    parties.request.refresh_from_db()
    assert parties.request.status == "fulfilled"
    parties.do("cancel", booking, "provider", reason="ill", words="Beterschap volgt")
    told, own = one("booking_cancelled", parties.request.contact), one("booking_cancelled", parties.member)
    assert "Bouw een brug" in told.text
    assert "Beterschap volgt" in told.text
    assert "Bouw een brug" not in own.text
    for mail in (told, own):
        assert mail.calendar_method == "CANCEL"
        assert (event_of(mail)["STATUS"], int(event_of(mail)["SEQUENCE"])) == ("CANCELLED", booking.sequence + 1)


# ------------------------------------------------------------------------ reminders


def remind(days):
    """Let the clock run through the working days up to so many days from now."""
    for ahead in range(days):
        with time_machine.travel(timezone.now() + dt.timedelta(days=ahead, hours=2), tick=False):
            run_due()
            run_due()


@time_machine.travel(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=True)
def test_a_week_and_a_day_before_both_are_reminded_once():
    parties, booking = agreed(Parties(**VISIT), days=16)
    full(parties, booking)
    remind(16)
    for person in (parties.member, parties.request.contact):
        for template in ("booking_week_before", "booking_day_before"):
            mail = one(template, person)
            assert re.search(r"/boeking/l/\d+\.\w+\.confirm\.", mail.text)
            for words in ("Ritthemsestraat 500", "Poort 3", "Dichte schoenen", "Lunch"):
                assert words in mail.text, words
            assert event_of(mail)["STATUS"] == "CONFIRMED"


@time_machine.travel(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=True)
def test_who_said_that_it_goes_on_is_not_asked_again(client):
    parties, booking = agreed(Parties(**VISIT), days=16)
    remind(10)
    mail = one("booking_week_before", parties.request.contact)
    confirm = re.search(r"http://127.0.0.1:8000(/boeking/l/\S+\.confirm\.\S+)", mail.text)[1]
    assert client.get(confirm).status_code == 200
    assert Booking.objects.get().school_confirmed_at is None
    client.post(confirm)
    assert Booking.objects.get().school_confirmed_at
    remind(16)
    assert "confirm" not in one("booking_day_before", parties.request.contact).text
    assert "confirm" in one("booking_day_before", parties.member).text
    assert Booking.objects.get(pk=booking.pk).state == "agreed"


# ------------------------------------------------------------------------- all of them


def all_mails():
    """A booking of which all is said, through every mail of the day."""
    parties, booking = agreed(Parties(**VISIT))
    booking = full(parties, booking)
    booking = parties.do("propose_change", booking, "school", date=in_days(70), start=TEN, end=TWELVE)
    booking = parties.do("refuse_change", booking, "provider", words="Nee")
    booking = parties.do("propose_change", booking, "school", date=in_days(71), start=TEN, end=TWELVE)
    booking = parties.do("accept", booking, "provider")
    parties.do("cancel", booking, "school", reason="ill", words="Ziek")
    return OutgoingMail.objects.exclude(kind__in=["booking_asked", "booking_sent"])


def test_no_mail_is_heavy():
    sizes = {mail.kind: len(build(mail).message().as_bytes()) for mail in all_mails()}
    assert max(sizes.values()) < LIMIT, sizes


def test_a_scanner_that_opens_every_link_changes_nothing(client):
    found = [url for mail in all_mails() for url in re.findall(r"http://127.0.0.1:8000(/\S*)", mail.text + mail.html)]
    before = list(Booking.objects.values()), OutgoingMail.objects.count()
    paths = {re.split(r"[\"<>]", url)[0] for url in found}
    assert len(paths) > 20
    for path in paths:
        assert client.get(path).status_code in (200, 302), path
        assert client.head(path).status_code in (200, 302), path
    assert (list(Booking.objects.values()), OutgoingMail.objects.count()) == before
