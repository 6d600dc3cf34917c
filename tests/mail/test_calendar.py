"""An event for a calendar that travels with a mail, read from the bytes that a mail server got."""

import icalendar
import pytest

from techfinder.mail import actions
from techfinder.mail.message import CalendarEvent
from techfinder.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db

EVENT = "\r\n".join(
    (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:1@techfinder.example",
        "SUMMARY:Één windmolen\\, twee wieken",
        "DTSTAMP:20270301T090000Z",
        "DTSTART;VALUE=DATE:20270312",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
)


def deliver(smtp_sink, **fields):
    actions.queue_mail(
        key="calendar:1",
        to="iemand@school.example",
        template="account_notice",
        context={"event": "x"},
        **fields,
    )
    actions.deliver_due()
    return smtp_sink.messages[-1]


def test_a_mail_without_an_event_has_two_parts(smtp_sink):
    message = deliver(smtp_sink).message
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_event_is_an_alternative_that_names_its_method_and_a_file(smtp_sink, method):
    message = deliver(smtp_sink, calendar=CalendarEvent(method, EVENT)).message
    body, file = message.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    calendar = list(body.iter_parts())[-1]
    assert calendar.get_param("method") == method
    assert calendar.get_content_charset() == "utf-8"
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "afspraak.ics")
    assert file.get_payload(decode=True) == EVENT.encode()


def test_parsers_read_the_part_as_it_was_written(smtp_sink):
    body, _file = deliver(smtp_sink, calendar=CalendarEvent("REQUEST", EVENT)).message.iter_parts()
    text = list(body.iter_parts())[-1].get_payload(decode=True)
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"] == "Één windmolen, twee wieken"


def test_the_same_key_again_keeps_the_first_event(smtp_sink):
    deliver(smtp_sink, calendar=CalendarEvent("REQUEST", EVENT))
    deliver(smtp_sink, calendar=CalendarEvent("CANCEL", EVENT))
    assert OutgoingMail.objects.get().calendar_method == "REQUEST"
    assert len(smtp_sink.messages) == 1


def test_while_developing_the_event_is_shown_with_the_mail(client):
    mail = OutgoingMailFactory(calendar=EVENT, calendar_method="REQUEST")
    assert "SUMMARY:Één windmolen" in client.get(f"/post/{mail.uuid}/").content.decode()
    assert "VEVENT" not in client.get(f"/post/{OutgoingMailFactory().uuid}/").content.decode()
