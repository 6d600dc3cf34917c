"""Answers by mail: what a mail server pipes in becomes a message, or is answered with an exit code."""

import io
import sys
import time
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from techfinder.bookings.actions import receiving
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Message
from techfinder.bookings.replies import inbound
from techfinder.bookings.replies.addresses import reply_to, token_in
from techfinder.mail.inbound.reading import LARGEST
from techfinder.mail.models import OutgoingMail
from tests.factories.bookings import Parties, booking_in, in_days

pytestmark = pytest.mark.django_db

SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER
OK, DATA, NO_USER, UNAVAILABLE, TEMPORARY = 0, 65, 67, 69, 75

QUOTED = {
    "gmail": "Ja, dat past.\n\nOp vr 20 nov 2026 om 10:12 schreef Techfinder <desk@techfinder.example>:\n\n"
    "> Past het om tien uur?\n> Groet\n",
    "outlook": "Ja, dat past.\n\n________________________________\nVan: Techfinder <desk@techfinder.example>\n"
    "Verzonden: vrijdag 20 november 2026 10:12\nAan: Sanne <sanne@bedrijf.example>\nOnderwerp: Bericht\n\n"
    "Past het om tien uur?\n",
    "english": "Ja, dat past.\n\nOn Fri, 20 Nov 2026 at 10:12, Techfinder <desk@techfinder.example> wrote:\n\n"
    "> Past het om tien uur?\n",
    "phone": "Ja, dat past.\n\nVerstuurd vanaf mijn iPhone\n\n> Op 20 nov. 2026 om 10:12 heeft Techfinder "
    "<desk@techfinder.example> het volgende geschreven:\n>\n> Past het om tien uur?\n",
    "plain": "Ja, dat past.",
}


@pytest.fixture
def booking():
    return Parties().ask(date=in_days(60))


def a_mail(booking, side=PROVIDER, *, text="Ja, dat past.", sender="Sanne Bakker <sanne@bedrijf.example>", **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, reply_to(booking, side), "Re: Bericht"
    mail["Message-ID"] = "<een@bedrijf.example>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def pipe(monkeypatch, raw, *arguments):
    """The exit code of the command, as a mail server sees it."""
    raw = raw if isinstance(raw, bytes) else bytes(raw)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    try:
        call_command("receive_mail", *arguments)
    except SystemExit as stop:
        return stop.code
    return 0


def mails(kind):
    return OutgoingMail.objects.filter(kind=kind)


@pytest.mark.parametrize("client_of", QUOTED)
def test_an_answer_by_mail_reaches_the_other_side_without_what_is_quoted(monkeypatch, booking, client_of):
    assert pipe(monkeypatch, a_mail(booking, text=QUOTED[client_of])) == OK
    message = Message.objects.get()
    assert message.text == "Ja, dat past."
    assert (message.side, message.via, message.author_name) == (PROVIDER, "mail", "Sanne Bakker")
    mail = mails("booking_message").get()
    assert mail.to == booking.school_email
    assert "sanne@bedrijf.example" not in mail.text + mail.html


def test_the_same_mail_twice_is_one_message(monkeypatch, booking):
    for _again in range(2):
        assert pipe(monkeypatch, a_mail(booking)) == OK
    assert Message.objects.count() == 1
    assert mails("booking_message").count() == 1


def test_a_mail_without_an_id_is_known_by_its_content(monkeypatch, booking):
    mail = a_mail(booking)
    del mail["Message-ID"]
    for _again in range(2):
        assert pipe(monkeypatch, mail) == OK
    assert Message.objects.count() == 1


def test_attachments_are_refused_and_both_are_told(monkeypatch, booking):
    mail = a_mail(booking, sender=f"Sanne <{booking.activity.provider.email}>")
    for number in range(2):
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=f"lijst{number}.pdf")
    assert pipe(monkeypatch, mail) == OK
    assert Message.objects.get().refused_attachments == 2
    assert "2" in mails("booking_message").get().text
    assert mails("booking_refused").get().to == booking.activity.provider.email


def test_who_is_not_of_the_organisation_gets_no_links_of_it(monkeypatch, booking):
    mail = a_mail(booking, sender="Iemand <iemand@elders.example>")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="lijst.pdf")
    assert pipe(monkeypatch, mail) == OK
    assert not OutgoingMail.objects.filter(to="iemand@elders.example").exists()


def test_a_logo_in_a_signature_is_no_attachment(monkeypatch, booking):
    mail = a_mail(booking)
    mail.add_alternative("<p>Ja, dat past.</p><img src='cid:logo'>", subtype="html")
    mail.get_payload()[1].add_related(b"GIF89a", "image", "gif", cid="<logo>")
    assert pipe(monkeypatch, mail) == OK
    assert Message.objects.get().refused_attachments == 0


def test_html_only_is_read_as_words_without_its_quote(monkeypatch, booking):
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Ja, dat&nbsp;past.</p><p>Tot dan</p>"
        "<blockquote><p>Past het om tien uur?</p></blockquote></body></html>"
    )
    mail = a_mail(booking)
    mail.set_content(html, subtype="html")
    assert pipe(monkeypatch, mail) == OK
    text = Message.objects.get().text
    assert text.splitlines()[0].replace("\xa0", " ") == "Ja, dat past."
    assert "Tot dan" in text
    assert "tien uur" not in text
    assert "color" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<lijst.example>"},
        {"Return_Path": "<>"},
        {"sender": "Techfinder <desk@techfinder.example>"},
    ],
)
def test_what_a_machine_answers_goes_nowhere(monkeypatch, settings, booking, headers):
    settings.DEFAULT_FROM_EMAIL = "Techfinder <desk@techfinder.example>"
    assert pipe(monkeypatch, a_mail(booking, **headers)) == OK
    assert not Message.objects.exists()
    assert not mails("booking_message").exists()


def test_our_own_mail_that_comes_back_goes_nowhere(monkeypatch, booking):
    mail = a_mail(booking, sender=f"X <{reply_to(booking, SCHOOL)}>")
    assert pipe(monkeypatch, mail) == OK
    assert not Message.objects.exists()


def test_auto_submitted_no_is_a_person(monkeypatch, booking):
    assert pipe(monkeypatch, a_mail(booking, Auto_Submitted="no")) == OK
    assert Message.objects.exists()


def test_an_unknown_address_bounces(monkeypatch, booking):
    unknown = reply_to(booking, PROVIDER).replace("+", "+0")
    for to in ("iets@elders.example", unknown, f"antwoord+{'0' * 32}@techfinder.example", ""):
        assert pipe(monkeypatch, a_mail(booking, To=to)) == NO_USER
    assert not Message.objects.exists()


def test_the_address_may_be_told_by_the_mail_server(monkeypatch, booking):
    assert pipe(monkeypatch, a_mail(booking, To="undisclosed-recipients:;"), "--to", reply_to(booking, SCHOOL)) == OK
    assert Message.objects.get().side == SCHOOL


def test_capitals_on_the_way_do_no_harm(monkeypatch, booking):
    assert pipe(monkeypatch, a_mail(booking, To=reply_to(booking, PROVIDER).upper())) == OK


def test_the_domain_is_the_one_that_is_set(settings, booking):
    settings.REPLY_DOMAIN = "antwoord.example.nl"
    address = reply_to(booking, PROVIDER)
    assert address.endswith("@antwoord.example.nl")
    assert token_in(address)
    assert not token_in(address.replace("example.nl", "example.com"))


def test_a_mail_that_is_too_large_or_empty_is_given_back(monkeypatch, booking):
    large = bytes(a_mail(booking)) + b"x" * LARGEST
    assert pipe(monkeypatch, large) == DATA
    assert pipe(monkeypatch, a_mail(booking, text="\n> Past het?\n")) in (DATA, OK)
    assert pipe(monkeypatch, a_mail(booking, text="  \n ")) == DATA
    assert pipe(monkeypatch, b"") == NO_USER


def test_after_a_no_nothing_is_passed_on(monkeypatch):
    booking = booking_in(State.DECLINED)
    assert pipe(monkeypatch, a_mail(booking, SCHOOL)) == UNAVAILABLE
    assert not Message.objects.exists()


def test_when_the_database_is_away_the_mail_server_tries_again(monkeypatch, booking):
    raw = bytes(a_mail(booking))

    def away(**_details):
        raise OperationalError

    monkeypatch.setattr("techfinder.mail.management.commands.receive_mail.receive", away)
    assert pipe(monkeypatch, raw) == TEMPORARY


@pytest.mark.parametrize("charset", [b"windows-1252", b"x-onbekend", b"utf-8"])
def test_every_character_set_is_read(monkeypatch, booking, charset):
    to = reply_to(booking, PROVIDER).encode()
    head = b"From: =?bad?Q?=FF?= <a@b.example>\r\nTo: " + to + b"\r\nContent-Type: text/plain; charset=" + charset
    assert pipe(monkeypatch, head + b"\r\n\r\nCaf\xe9 \x00is goed\r\n") == OK
    assert "is goed" in Message.objects.get().text


def test_a_long_mail_is_read_in_time(booking):
    odd = (
        "Groet, ",
        "\n",
        "\n.\n",
        "> ",
        "- - ",
        "a mail ",
        "Op 3 mei schreef ",
        "Op \n",
        "Van: a\n",
        "Disclaimer: mail ",
        "_\n",
    )
    for piece in odd:
        begun = time.monotonic()
        found = inbound.read(bytes(a_mail(booking, text=piece * (60_000 // len(piece)))))
        assert len(found.text) <= inbound.LONGEST_TEXT
        assert time.monotonic() - begun < 5, piece


def test_an_answer_between_the_quoted_lines_is_kept(monkeypatch, booking):
    text = "> Past het om tien uur?\nJa, dat past.\n> En is er een beamer?\nDie hangt er.\n"
    assert pipe(monkeypatch, a_mail(booking, text=text)) == OK
    assert Message.objects.get().text == "Ja, dat past.\nDie hangt er."


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(raw):
    inbound.read(raw)
    assert receiving.receive(raw=raw) in (NO_USER, OK)


def plain(*to, body=b"Dat past.", headers=b"", kind=b"text/plain"):
    top = b"From: Sanne <sanne@bedrijf.example>\r\nMessage-ID: <een@bedrijf.example>\r\nTo: " + ", ".join(to).encode()
    return top + b"\r\nContent-Type: " + kind + b"\r\n" + headers + b"\r\n" + body


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "utf-7", "unicode_escape"])
def test_a_character_set_that_goes_wrong_loses_no_mail(charset):
    """Half characters cannot be kept, and some character sets stop at what they do not know."""
    booking = booking_in(State.AGREED)
    raw = plain(
        reply_to(booking, SCHOOL), body=b"Dat past +2AA- \\ud800 \xff", kind=f"text/plain; charset={charset}".encode()
    )
    assert receiving.receive(raw=raw) == OK
    assert booking.messages.get().text.startswith("Dat past")


def test_a_broken_declaration_in_html_keeps_what_came_before():
    booking = booking_in(State.AGREED)
    body = b"<p>Dat past.</p><![foo <!DOCTYPE [[ x"
    assert receiving.receive(raw=plain(reply_to(booking, SCHOOL), body=body, kind=b"text/html")) == OK
    assert booking.messages.get().text == "Dat past."


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(3000)),
         b"", b"multipart/mixed; boundary=b0"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 3000, b"", b"message/rfc822"),
        (b"--x\r\n\r\nhoi\r\n" * 100_000, b"", b"multipart/mixed; boundary=x"),
        (b"Dat past.", b"Cc: " + b", ".join(b"a%d@x.example" % at for at in range(30_000)) + b"\r\n", b"text/plain"),
        (b"Dat past.", b"Cc: " + b"(" * 19_000 + b"\r\n", b"text/plain"),
    ],
    ids=["nested", "forwarded", "parts", "addresses", "comments"],
)  # fmt: skip
def test_a_mail_that_is_made_to_keep_us_busy_is_answered_at_once(body, headers, kind):
    booking = booking_in(State.AGREED)
    raw = plain(reply_to(booking, SCHOOL), body=body, headers=headers, kind=kind)
    began = time.process_time()
    assert receiving.receive(raw=raw, to=reply_to(booking, SCHOOL)) in (OK, DATA)
    assert time.process_time() - began < 5


def test_one_mail_to_two_bookings_is_a_message_in_each():
    bookings = [booking_in(State.AGREED) for _ in range(2)]
    addresses = [reply_to(each, SCHOOL) for each in bookings]
    for _again in range(2):
        for address in addresses:
            assert receiving.receive(raw=plain(*addresses), to=address) == OK
    assert [each.messages.count() for each in bookings] == [1, 1]
