"""What comes back to the envelope sender: read as mail servers write it, and what follows for the address."""

import datetime as dt
import time
from email.message import EmailMessage
from functools import partial

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from techfinder.mail import actions
from techfinder.mail.actions.events import record_event
from techfinder.mail.actions.suppressing import SOFT_WITHIN
from techfinder.mail.addresses import BOUNCE, bounce_address, mail_in, token_in
from techfinder.mail.inbound import dsn
from techfinder.mail.inbound.receiving import Exit, receive
from techfinder.mail.inbound.verdicts import is_dead
from techfinder.mail.models import MailEvent, OutgoingMail, Suppression
from tests.factories.mail import OutgoingMailFactory
from tests.mail.coming_back import REPORTS, come_back, report
from tests.support.at_once import at_once, in_threads

pytestmark = pytest.mark.django_db

Type, Fate, State, Why = MailEvent.Type, OutgoingMail.Fate, OutgoingMail.State, Suppression.Why
SAID = {
    "exchange_closed_group": Type.SOFT,
    "exchange_denied": Type.HARD,
    "exchange_full": Type.SOFT,
    "exchange_unknown": Type.HARD,
    "google_delayed": Type.DEFERRED,
    "google_disabled": Type.HARD,
    "google_full": Type.SOFT,
    "google_too_fast": Type.SOFT,
    "google_unknown": Type.HARD,
    "google_unsigned": Type.SOFT,
    "postfix_blocked": Type.SOFT,
    "postfix_delayed": Type.DEFERRED,
    "postfix_delivered": Type.DELIVERED,
    "postfix_expired": Type.SOFT,
    "postfix_full": Type.SOFT,
    "postfix_international": Type.HARD,
    "postfix_plain": Type.HARD,
    "postfix_unknown": Type.HARD,
}
FATES = {Type.DEFERRED: "deferred", Type.DELIVERED: "delivered", Type.SOFT: "bounced", Type.HARD: "bounced"}


def sent(**fields):
    return OutgoingMailFactory(state=State.SENT, sent_at=timezone.now(), **{"to": "elke@school.example", **fields})


def again(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def test_every_report_has_an_expectation():
    assert {each.stem for each in REPORTS.glob("*.eml")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_reports_of_real_mail_servers_are_understood(name):
    mail = sent()
    assert come_back(name, mail) is Exit.OK
    event = mail.events.get()
    assert (event.type, event.email, event.source) == (SAID[name], mail.to, "dsn")
    assert event.detail
    assert again(mail).fate == FATES[SAID[name]]
    dead = Suppression.objects.filter(email=mail.to, why=Why.BOUNCED, until=None)
    assert dead.exists() == (SAID[name] == Type.HARD)


def test_the_same_report_again_is_one():
    mail = sent()
    for _again in range(2):
        assert come_back("exchange_full", mail) is Exit.OK
    assert mail.events.count() == 1


@pytest.mark.parametrize(
    ("words", "dead"),
    [
        ("5.1.1 550 5.1.1 <a@b.nl>: Recipient address rejected: User unknown", True),
        ("550 5.1.10 Recipient has null MX", True),
        ("5.0.0 554 30 Sorry, this user doesn't have a yahoo.com account", True),
        ("5.0.0 550 Mailbox unavailable", True),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", True),
        ("550 5.7.515 Access denied, sending domain does not meet the required level", False),
        ("5.0.0 550 SPF check failed", False),
        ("450 Requested mail action not taken: mailbox unavailable", False),
        ("550 5.4.1 All relay servers are down [192.5.1.1]", False),
        ("4.4.7 550 4.4.7 QUEUE.Expired; message expired; recipient 5.1.1", False),
        ("5.2.2 mailbox full", False),
        ("5.3.4 message too big", False),
        ("", False),
    ],
)
def test_only_what_says_that_nobody_is_there_is_the_end(words, dead):
    assert is_dead(words) is dead


# ------------------------------------------------------------------ what is no report, or of another


def out_of_office(mail):
    answer = EmailMessage()
    answer["From"], answer["To"] = mail.to, bounce_address(mail.uuid)
    answer["Subject"], answer["Auto-Submitted"] = "Afwezig: 550 5.1.1 user unknown", "auto-replied"
    answer.set_content(
        "Ik ben er niet meer. Final-Recipient: rfc822; elke@school.example\nAction: failed\nStatus: 5.1.1"
    )
    return bytes(answer)


def read_receipt(mail):
    raw = report("postfix_unknown", mail)
    return raw.replace(b"message/delivery-status", b"message/disposition-notification")


def forwarded_report(mail):
    """Somebody sends a report on: it is about the mail within, not about this one."""
    outer = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\n"
    inner = report("postfix_unknown", mail).partition(b"\r\n\r\n")
    head = next(each for each in inner[0].split(b"\r\n") if each.startswith(b"MIME")) + b"\r\n"
    kind = b'Content-Type: multipart/report; boundary="4XhK2Y6f0Sz3u.1795165929/mail.techfinder.example"\r\n\r\n'
    return outer + head + kind + inner[2] + b"\r\n--zz--\r\n"


@pytest.mark.parametrize(
    "made", [out_of_office, read_receipt, forwarded_report, lambda mail: b"", lambda mail: b"\xff"]
)
def test_what_is_no_report_changes_nothing(made):
    mail = sent()
    assert receive(raw=made(mail), to=bounce_address(mail.uuid)) is Exit.OK
    assert not MailEvent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_report_about_another_address_changes_nothing():
    """Anybody can write to the envelope sender of a mail that they got."""
    mail, victim = sent(), sent(to="directeur@school.example")
    assert come_back("postfix_unknown", mail, address=victim.to) is Exit.OK
    assert not MailEvent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_mail_that_was_passed_on_and_came_back_from_there_is_not_the_end():
    mail = sent()
    raw = report("postfix_unknown", mail)
    raw = raw.replace(b"Final-Recipient: rfc822; elke@school.example", b"Final-Recipient: rfc822; elke@elders.example")
    assert receive(raw=raw, to=bounce_address(mail.uuid)) is Exit.OK
    assert mail.events.get().type == Type.SOFT
    assert not Suppression.objects.exists()


def test_who_knows_the_number_of_a_mail_cannot_make_its_address():
    mail = sent()
    token = token_in(bounce_address(mail.uuid), BOUNCE)
    # Of the last letter only three bits count.
    forged = token[:-2] + ("a" if token[-2] != "a" else "b") + token[-1]
    for each in (forged, mail.uuid.hex, str(mail.uuid), "x" * 42, "ė" * 10):
        assert receive(raw=report("postfix_unknown", mail), to=f"b+{each}@techfinder.example") is Exit.NO_USER
    assert not MailEvent.objects.exists()


def test_the_token_fits_a_local_part_and_survives_the_way():
    mail = sent()
    address = bounce_address(mail.uuid)
    assert len(address.partition("@")[0]) <= 64
    for each in (address, address.upper(), address.replace("+", "="), f" {address} "):
        assert mail_in(token_in(each, BOUNCE), BOUNCE) == mail.uuid
    assert token_in(address.replace("@techfinder", "@elders"), BOUNCE) == ""


def test_a_report_about_a_mail_that_is_forgotten_is_dropped():
    mail = sent()
    raw, to = report("postfix_unknown", mail), bounce_address(mail.uuid)
    mail.delete()
    assert receive(raw=raw, to=to) is Exit.OK
    assert not MailEvent.objects.exists()


# ------------------------------------------------------------------ made to keep us busy


def huge(mail):
    return report("postfix_unknown", mail) + b"x" * (12 * 1024 * 1024)


def nested(mail):
    parts = b"".join(b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(3000))
    return b"From: a@b.nl\r\nContent-Type: multipart/report; boundary=b0\r\n\r\n--b0\r\n" + parts


def many(mail):
    block = b"Final-Recipient: rfc822; iemand%d@school.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    blocks = b"".join(block % at for at in range(5000))
    return report("postfix_unknown", mail).replace(b"Reporting-MTA", blocks + b"Reporting-MTA")


def endless(mail):
    return report("postfix_unknown", mail).replace(
        b"Diagnostic-Code: smtp;", b"Diagnostic-Code: smtp;" + b"(" * 400_000
    )


@pytest.mark.parametrize(("made", "said"), [(huge, Type.HARD), (nested, None), (many, None), (endless, Type.HARD)])
def test_a_report_that_is_made_to_keep_us_busy_is_answered_at_once(made, said):
    mail = sent()
    raw, began = made(mail), time.process_time()
    assert receive(raw=raw, to=bounce_address(mail.uuid)) is Exit.OK
    assert time.process_time() - began < 5
    assert [each.type for each in mail.events.all()] == ([said] if said else [])


PIECES = [
    b"--b\r\n",
    b"\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Final-Recipient: rfc822;",
    b"Action: ",
    b"Status: 5.1.1\r\n",
    b"\xff\x00",
    b"a@b.nl\r\n",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=30))
def test_no_bytes_break_it(pieces):
    dsn.read(b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n" + b"".join(pieces))


def test_a_null_character_is_no_fault():
    mail = sent()
    raw = report("postfix_unknown", mail).replace(b"User unknown", b"User\x00 unknown")
    assert receive(raw=raw, to=bounce_address(mail.uuid)) is Exit.OK
    assert "\x00" not in mail.events.get().detail


def test_fields_without_an_empty_line_between_are_read():
    mail = sent()
    raw = report("google_unknown", mail).replace(b"\r\n\r\nFinal-Recipient", b"\r\nFinal-Recipient")
    assert [each.recipient for each in dsn.read(raw)] == [mail.to]


# ------------------------------------------------------------------ the address


def soft(mail=None, *, number="", at=None, email="elke@school.example"):
    return record_event(source="dsn", event_id=number or f"n{MailEvent.objects.count()}", said=Type.SOFT,
                        email=email, mail=mail, detail="5.2.2 mailbox full", at=at)  # fmt: skip


def test_three_mails_that_came_back_pause_an_address_for_two_weeks():
    for number in range(3):
        assert Suppression.objects.count() == 0
        come_back("exchange_full", sent(key=f"k{number}"))
    row = Suppression.objects.get()
    assert (row.email, row.why) == ("elke@school.example", Why.FULL)
    assert dt.timedelta(days=13, hours=23) < row.until - timezone.now() <= SOFT_WITHIN
    with time_machine.travel(row.until + dt.timedelta(seconds=1)):
        assert not Suppression.objects.standing().exists()
        come_back("exchange_full", sent())
        assert not Suppression.objects.standing().exists()


def test_three_reports_of_one_mail_are_one_mail():
    mail = sent()
    for _report in range(3):
        soft(mail)
    assert not Suppression.objects.exists()


def test_what_came_back_long_ago_does_not_count():
    for _number in range(2):
        soft(sent(), at=timezone.now() - SOFT_WITHIN - dt.timedelta(minutes=1))
    soft(sent())
    assert not Suppression.objects.exists()


def test_other_addresses_do_not_count():
    for number in range(4):
        soft(sent(to=f"a{number}@school.example"), email=f"a{number}@school.example")
    assert not Suppression.objects.exists()


def test_a_pause_becomes_an_end_and_an_end_no_pause():
    for _number in range(3):
        soft(sent())
    come_back("postfix_unknown", sent())
    row = Suppression.objects.get()
    assert (row.why, row.until) == (Why.BOUNCED, None)
    for _number in range(3):
        soft(sent())
    record_event(source="dsn", event_id="spam", said=Type.COMPLAINED, email=row.email)
    assert Suppression.objects.get().why == Why.BOUNCED


def test_what_an_administrator_set_stays():
    Suppression.objects.create(email="elke@school.example", why=Why.MANUAL)
    come_back("postfix_unknown", sent())
    assert Suppression.objects.get().why == Why.MANUAL


ORDERS = [
    (Type.DELIVERED, Type.DEFERRED),
    (Type.SOFT, Type.DELIVERED),
    (Type.HARD, Type.DEFERRED),
    (Type.COMPLAINED, Type.HARD),
    (Type.COMPLAINED, Type.DELIVERED),
]


@pytest.mark.parametrize("order", ORDERS)
def test_a_fate_never_goes_back(order):
    mail = sent()
    for said in order:
        record_event(source="x", event_id=said, said=said, email=mail.to, mail=mail)
    first = OutgoingMail.Fate.COMPLAINED if order[0] == Type.COMPLAINED else FATES[order[0]]
    assert again(mail).fate == first


@pytest.mark.django_db(transaction=True)
def test_three_at_the_same_moment_are_counted_as_three():
    mails = [sent() for _ in range(3)]
    at_once(*(partial(soft, each, number=f"of {each.pk}") for each in mails), refusals=())
    assert Suppression.objects.get().why == Why.FULL


@pytest.mark.django_db(transaction=True)
def test_one_report_that_comes_twice_at_the_same_moment_is_one():
    mail = sent()
    in_threads(2, partial(come_back, "postfix_unknown", mail))
    assert mail.events.count() == 1


# ------------------------------------------------------------------ and back


def test_who_shows_to_read_mail_is_mailed_again_with_what_was_held(smtp_sink):
    come_back("postfix_unknown", sent())
    held = OutgoingMailFactory(to="elke@school.example", kind="booking_asked")
    old = OutgoingMailFactory(to="elke@school.example", state=State.SUPPRESSED, created_at=timezone.now() - SOFT_WITHIN)
    actions.deliver_due()
    assert again(held).state == State.SUPPRESSED
    assert actions.lift_suppression(email="Elke@school.example") is True
    actions.deliver_due()
    assert [again(held).state, again(old).state] == [State.SENT, State.SUPPRESSED]
    assert [each.recipients for each in smtp_sink.messages] == [["elke@school.example"]]
    assert actions.lift_suppression(email="elke@school.example") is False


def test_what_came_back_before_she_showed_it_does_not_count_any_more():
    before = [sent() for _ in range(3)]
    for mail in before[:2]:
        soft(mail)
    Suppression.objects.create(email="elke@school.example")
    actions.lift_suppression(email="elke@school.example")
    come_back("postfix_unknown", before[2])
    assert not Suppression.objects.exists()
    soft(sent())
    assert not Suppression.objects.exists()
    come_back("exchange_unknown", sent())
    assert Suppression.objects.get().why == Why.BOUNCED
