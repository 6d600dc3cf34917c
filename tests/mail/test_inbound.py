"""Mail that comes in: handed to whom the address belongs, and unsubscribing by mail."""

import io
import re
import sys

import pytest
from django.core.management import call_command
from django.db import OperationalError

from techfinder.activities.models import SavedSearch
from techfinder.mail import actions
from techfinder.mail.addresses import bounce_address, unsubscribe_address
from techfinder.mail.inbound import receiving
from techfinder.mail.inbound.receiving import Exit
from techfinder.mail.models import MailEvent, OutgoingMail, Suppression
from techfinder.mail.queries import preferences
from tests.activities.saved_steps import a_saved
from tests.factories.mail import OutgoingMailFactory
from tests.mail.coming_back import report

pytestmark = pytest.mark.django_db

EMPTY = b"From: elke@school.example\r\nTo: %s\r\nSubject: unsubscribe\r\n\r\n"


def pipe(monkeypatch, raw, *arguments):
    """The exit code of the command, as a mail server sees it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("receive_mail", *arguments)
    except SystemExit as stop:
        return stop.code
    return 0


def unsubscribe(to, **fields):
    return receiving.receive(raw=EMPTY % to.encode(), to=to, **fields)


@pytest.fixture
def mail():
    return OutgoingMailFactory(to="elke@school.example", kind="match_school")


def test_a_report_comes_in_by_the_pipe(monkeypatch, mail):
    raw = report("postfix_unknown", mail)
    assert pipe(monkeypatch, raw, "--to", bounce_address(mail.uuid)) == 0
    assert Suppression.objects.get().email == mail.to


def test_without_the_argument_the_headers_say_for_whom_it_is(monkeypatch, mail):
    assert pipe(monkeypatch, report("postfix_unknown", mail)) == 0
    assert MailEvent.objects.get().mail == mail


NOBODY = [
    "",
    "desk@techfinder.example",
    "b@techfinder.example",
    "zomaar+x@techfinder.example",
    "b+@techfinder.example",
    "uit+onzin@techfinder.example",
    "b+x@elders.example",
]


@pytest.mark.parametrize("to", NOBODY)
def test_nobody_lives_elsewhere(monkeypatch, to):
    assert pipe(monkeypatch, EMPTY % to.encode(), "--to", to) == Exit.NO_USER


def test_when_the_database_is_away_the_mail_server_tries_again(monkeypatch, mail):
    def away(**_details):
        raise OperationalError

    monkeypatch.setitem(receiving._receivers, "b", away)
    assert pipe(monkeypatch, report("postfix_unknown", mail)) == Exit.TEMPORARY


# ------------------------------------------------------------------ unsubscribing


def test_a_mail_to_the_address_in_the_header_unsubscribes(smtp_sink, mail):
    actions.deliver_due()
    header = smtp_sink.messages[0].message["List-Unsubscribe"]
    (address,) = re.findall(r"<mailto:([^?>]+)", header.replace("\r\n", ""))
    assert len(address.partition("@")[0]) <= 64
    for _again in range(2):
        assert unsubscribe(address) is Exit.OK
        assert preferences(mail.to).matches == "none"


@pytest.mark.parametrize("spelt", [str.upper, lambda each: each.replace("+", "-")])
def test_the_address_survives_the_way(mail, spelt):
    assert unsubscribe(spelt(unsubscribe_address(mail.uuid))) is Exit.OK
    assert preferences(mail.to).matches == "none"


def test_only_what_the_mail_was_about_stops(mail):
    unsubscribe(unsubscribe_address(mail.uuid))
    kept = preferences(mail.to)
    assert (kept.searches, kept.reminders, kept.surveys) == (True, True, True)


def test_what_waits_of_it_goes_no_more(mail):
    unsubscribe(unsubscribe_address(mail.uuid))
    assert OutgoingMail.objects.get(pk=mail.pk).state == OutgoingMail.State.OVERTAKEN


def test_one_saved_search_is_stopped_and_the_other_goes_on():
    saved, other = (
        a_saved(email="elke@school.example"),
        a_saved(email="elke@school.example", criteria={"theme": ["bouw"]}),
    )
    mail = OutgoingMailFactory(
        to=saved.email, kind="search_alert", unsubscribe_at=f"http://127.0.0.1:8000/bericht/stop/{saved.uuid}/"
    )
    for _again in range(2):
        assert unsubscribe(unsubscribe_address(mail.uuid)) is Exit.OK
    states = dict(SavedSearch.objects.values_list("pk", "state"))
    assert states == {saved.pk: SavedSearch.State.STOPPED, other.pk: SavedSearch.State.ACTIVE}


@pytest.mark.parametrize("at", ["http://127.0.0.1:8000/nergens/", "http://127.0.0.1:8000/bericht/stop/x/", "onzin"])
def test_a_page_that_is_gone_stops_nothing(at):
    mail = OutgoingMailFactory(kind="search_alert", unsubscribe_at=at)
    assert unsubscribe(unsubscribe_address(mail.uuid)) is Exit.OK


def test_the_address_of_one_use_is_no_address_of_the_other(mail):
    bounce, stop = bounce_address(mail.uuid), unsubscribe_address(mail.uuid)
    assert receiving.receive(raw=report("postfix_unknown", mail), to=stop.replace("uit+", "b+")) is Exit.NO_USER
    assert unsubscribe(bounce.replace("b+", "uit+")) is Exit.NO_USER
    assert preferences(mail.to).matches != "none"


def test_what_cannot_be_stopped_is_not(mail):
    asked = OutgoingMailFactory(to=mail.to, kind="booking_asked")
    assert unsubscribe(unsubscribe_address(asked.uuid)) is Exit.OK
    assert preferences(mail.to).matches != "none"
