"""A booking as an event: read by two parsers, replaced by updates, taken out by a cancellation, in any order."""

import datetime as dt
import io
import itertools
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil.tz import tzical

from techfinder.bookings.day import calendars
from techfinder.bookings.day.calendars import Entry
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent, DaySheet
from techfinder.bookings.telling import tell
from techfinder.mail.actions import deliver_due
from techfinder.mail.models import OutgoingMail
from tests.bookings.day_steps import TEN, TWELVE, agreed, event_of, events, mails
from tests.factories.bookings import BookingFactory, in_days

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)


def entry(**fields):
    made = {"state": State.ASKED, "date": dt.date(2027, 3, 12), "start": TEN, "end": TWELVE} | fields
    return Entry(BookingFactory(**made), Side.SCHOOL, NOW)


class CalendarClient:
    """What a calendar holds that follows RFC 5546: by UID the message with the highest SEQUENCE, then DTSTAMP."""

    def __init__(self):
        self.held = {}

    def receive(self, text):
        calendar = icalendar.Calendar.from_ical(text)
        for event in calendar.walk("VEVENT"):
            uid, rank = str(event["UID"]), (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            if uid not in self.held or rank > self.held[uid][0]:
                self.held[uid] = rank, str(calendar["METHOD"]), event

    @property
    def shown(self):
        return [event for _rank, method, event in self.held.values() if method != "CANCEL"]


# ---------------------------------------------------------------- parsers


def readings(text):
    """Start, end, summary and status as each of two parsers reads them."""
    (one,) = events(text)
    yield one["DTSTART"].dt, one["DTEND"].dt, str(one["SUMMARY"]), str(one["STATUS"])
    other = vobject.readOne(text).vevent
    yield other.dtstart.value, other.dtend.value, other.summary.value, other.status.value


def test_two_parsers_read_the_same():
    found = list(readings(calendars.file_of(entry(activity__title='Één; "molen", twee\\drie'))))
    for start, end, summary, status in found:
        assert start == dt.datetime(2027, 3, 12, 10, tzinfo=AMSTERDAM)
        assert end == dt.datetime(2027, 3, 12, 12, tzinfo=AMSTERDAM)
        assert summary.startswith('Één; "molen", twee\\drie')
        assert status == "CONFIRMED"


def test_without_times_it_is_the_whole_day():
    for start, end, *_rest in readings(calendars.file_of(entry(start=None, end=None))):
        assert (start, end) == (dt.date(2027, 3, 12), dt.date(2027, 3, 13))


def test_until_when_follows_from_the_activity_when_nobody_said():
    lesson = {"activity__duration_amount": 90, "activity__duration_unit": "minutes"}
    (start, end, *_rest), _other = readings(calendars.file_of(entry(end=None, **lesson)))
    assert end - start == dt.timedelta(minutes=90)
    (start, end, *_rest), _other = readings(calendars.file_of(entry(end=None)))
    assert end - start == calendars.LONG


@pytest.mark.parametrize("date", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
@pytest.mark.parametrize("hour", [1, 2, 3, 9])
def test_in_the_nights_in_which_the_clock_changes(date, hour):
    text = calendars.file_of(entry(date=date, start=dt.time(hour, 30), end=dt.time(hour, 59)))
    expected = dt.datetime.combine(date, dt.time(hour, 30), AMSTERDAM)
    (event,) = events(text)
    assert event["DTSTART"].dt.utcoffset() == expected.utcoffset()
    assert event["DTSTART"].params["TZID"] == "Europe/Amsterdam"


def test_the_zone_of_the_file_is_that_of_the_country():
    """For ten years, around each change of the clock, as a third parser reads its rules."""
    (zone,) = icalendar.Calendar.from_ical(calendars.file_of(entry())).walk("VTIMEZONE")
    read = tzical(io.StringIO(zone.to_ical().decode().replace("\r\n", "\n"))).get()
    for year in range(2026, 2036):
        for month in (3, 10):
            sunday = max(day for day in range(25, 32) if dt.date(year, month, day).weekday() == 6)
            for minutes in range(-180, 181, 15):
                moment = dt.datetime(year, month, sunday, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
                assert moment.astimezone(read).utcoffset() == moment.astimezone(AMSTERDAM).utcoffset(), moment


def test_an_hour_over_the_change_is_an_hour():
    text = calendars.file_of(entry(date=dt.date(2027, 3, 28), start=dt.time(1, 30), end=None))
    (event,) = events(text)
    assert event["DTEND"].dt.astimezone(dt.UTC) - event["DTSTART"].dt.astimezone(dt.UTC) == dt.timedelta(hours=1)
    assert event["DTEND"].dt.time() == dt.time(3, 30)


def test_what_somebody_typed_stays_in_its_field():
    nasty = 'x\r\nATTENDEE:mailto:boef@example.com\nSTATUS:CANCELLED;";'
    made = entry(activity__title=nasty)
    DaySheet.objects.create(booking=made.booking, place=nasty)
    text = calendars.invitation(made, email="a@b.nl", name=nasty).text
    (event,) = events(text)
    assert str(event["ATTENDEE"]) == "mailto:a@b.nl"
    assert event["STATUS"] == "CONFIRMED"
    assert str(event["LOCATION"]).splitlines()[1].startswith("ATTENDEE:")
    assert vobject.readOne(text).vevent.status.value == "CONFIRMED"
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n"))


# --------------------------------------------------------------- by mail


def test_both_get_the_event_of_the_same_uid_with_their_own_address():
    parties, booking = agreed()
    found = mails("booking_agreed")
    assert {mail.to for mail in found} == {parties.member.email, parties.request.contact.email}
    for mail in found:
        event = event_of(mail)
        assert mail.calendar_method == icalendar.Calendar.from_ical(mail.calendar)["METHOD"] == "REQUEST"
        assert str(event["UID"]) == f"booking-{booking.uuid}@techfinder.example"
        assert str(event["ATTENDEE"]) == f"mailto:{mail.to}"
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"
        assert str(event["ORGANIZER"]) == "mailto:desk@techfinder.example"
        assert "Dorpsstraat 1" in str(event["LOCATION"])


def test_what_the_mail_server_got_is_read_by_both_parsers(smtp_sink):
    parties, booking = agreed()
    deliver_due()
    (message,) = [each.message for each in smtp_sink.messages if each.message["To"] == parties.member.email][-1:]
    body, file = message.iter_parts()
    inline = next(part for part in body.iter_parts() if part.get_content_type() == "text/calendar")
    assert inline.get_param("method") == "REQUEST"
    for text in (part.get_payload(decode=True).decode() for part in (inline, file)):
        assert str(events(text)[0]["UID"]) == calendars.uid(booking)
        assert vobject.readOne(text).vevent.uid.value == calendars.uid(booking)


def test_each_change_raises_the_sequence_and_cancelling_most():
    parties, booking = agreed()
    booking = parties.do("change", booking, "school", fields={"start": dt.time(11)})
    booking = parties.do("propose_change", booking, "provider", date=in_days(70), start=TEN, end=TWELVE)
    booking = parties.do("accept", booking, "school")
    parties.do("cancel", booking, "school", reason="ill")
    mine = OutgoingMail.objects.exclude(calendar="").filter(to=parties.member.email).order_by("pk")
    sequences = [int(event_of(mail)["SEQUENCE"]) for mail in mine]
    assert sequences == sorted(set(sequences))
    assert [mail.kind for mail in mine][-1] == "booking_cancelled"
    assert event_of(mine.last())["STATUS"] == "CANCELLED"
    assert [mail.calendar_method for mail in mine] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]


def test_a_calendar_ends_right_in_whatever_order_the_mails_come():
    parties, booking = agreed()
    booking = parties.do("change", booking, "school", fields={"start": dt.time(11)})
    booking = parties.do("propose_change", booking, "provider", date=in_days(70), start=TEN, end=TWELVE)
    booking = parties.do("accept", booking, "school")
    updates = [mail.calendar for mail in OutgoingMail.objects.exclude(calendar="").filter(to=parties.member.email)]
    for order in itertools.permutations(updates):
        client = CalendarClient()
        for text in order:
            client.receive(text)
        (event,) = client.shown
        assert event["DTSTART"].dt == dt.datetime.combine(booking.date, TEN, AMSTERDAM)
    parties.do("cancel", booking, "provider", reason="ill")
    cancelled = [mail.calendar for mail in mails("booking_cancelled", parties.member.email)]
    for order in itertools.permutations(updates + cancelled):
        client = CalendarClient()
        for text in order:
            client.receive(text)
        assert client.shown == []


def test_after_a_cancellation_no_update_is_sent():
    parties, booking = agreed()
    booking = parties.do("cancel", booking, "school", reason="ill")
    before = OutgoingMail.objects.exclude(calendar="").count()
    for step in (Step.CHANGE, Step.ACCEPT, Step.PROMOTE, Step.TAKE_OVER):
        late = BookingEvent(
            booking=booking,
            version=booking.version + 1,
            action=step,
            side="provider",
            before="agreed",
            after=booking.state,
            changed={"start": ["10:00", "11:00"], "provider_name": ["a", "b"]},
        )
        tell(booking, late)
    assert OutgoingMail.objects.exclude(calendar="").count() == before


def test_the_file_to_save_answers_nobody(client):
    parties, booking = agreed()
    client.force_login(parties.member)
    response = client.get(f"/boeking/{booking.uuid}/agenda.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert "ATTENDEE" not in event
    assert str(event["UID"]) == str(event_of(mails("booking_agreed")[0])["UID"])


def test_before_it_is_agreed_there_is_no_file(client):
    booking = BookingFactory(date=in_days(30))
    client.force_login(booking.request.contact)
    assert client.get(f"/boeking/{booking.uuid}/agenda.ics").status_code == 404
    assert Booking.objects.get().state == State.ASKED
