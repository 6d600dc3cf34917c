"""What a mail service reports afterwards: only with its proof, each once, in any order."""

import base64
import hashlib
import hmac
import itertools
import json
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from techfinder.mail.models import MailEvent, OutgoingMail, Suppression
from techfinder.mail.queries import preferences
from tests.factories.mail import OutgoingMailFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db

Type, Fate, Why = MailEvent.Type, OutgoingMail.Fate, Suppression.Why
SECRET, KEY = "naam:een-lang-geheim", "een-sleutel-om-mee-te-tekenen"


@pytest.fixture
def postmark(settings):
    settings.MAIL_SERVICE, settings.ANYMAIL = "postmark", {"POSTMARK_SERVER_TOKEN": "x", "WEBHOOK_SECRET": SECRET}


@pytest.fixture
def mailgun(settings):
    settings.MAIL_SERVICE = "mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "x", "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


@pytest.fixture
def mail():
    return OutgoingMailFactory(
        to="elke@school.example", state="sent", sent_at=timezone.now(), provider_id="883953f4-6105-42a2"
    )


def post(service, body, *, secret=SECRET, client=None):
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    client = client or Client(raise_request_exception=False)
    return client.post(f"/uit/webhook/{service}/", raw, content_type="application/json", headers=headers)


def event(record, mail, **more):
    """As Postmark sends them."""
    to = {"Recipient": mail.to} if record == "Delivery" else {"Email": mail.to}
    when = {"DeliveredAt" if record == "Delivery" else "BouncedAt": "2026-11-20T09:12:10Z"}
    return {"RecordType": record, "MessageID": mail.provider_id, **to, **when, **more}


def delivered(mail, **more):
    return event("Delivery", mail, Details="250 2.0.0 OK", **more)


def bounced(mail, kind="HardBounce", details="smtp;550 5.1.1 user unknown", **more):
    return event("Bounce", mail, Type=kind, Details=details, ID=4242, **more)


def complained(mail):
    return event("SpamComplaint", mail, Type="SpamComplaint", ID=4243)


def signed(event_data, *, token="t" * 50, key=KEY, timestamp="1795165930"):
    """As Mailgun signs them."""
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": timestamp, "token": token, "signature": signature}, "event-data": event_data}


def failed(mail, *, severity="permanent", message="5.1.1 No such user", code=550):
    return {
        "event": "failed",
        "severity": severity,
        "reason": "bounce",
        "recipient": mail.to,
        "timestamp": 1795165929.8,
        "delivery-status": {"code": code, "message": message},
        "message": {"headers": {"message-id": "20261120.1.ABC@service.example"}},
        "user-variables": {"mail": str(mail.uuid)},
    }


def again(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


# ------------------------------------------------------------------ whom we listen to


@pytest.mark.parametrize("secret", ["", "naam:fout", "een-lang-geheim", "naam:"])
def test_without_the_secret_nothing_is_taken(postmark, mail, secret):
    assert post("postmark", bounced(mail), secret=secret).status_code == 400
    assert not MailEvent.objects.exists()


def test_without_a_secret_of_ours_nobody_is_listened_to(postmark, settings, mail):
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x"}
    for secret in ("", SECRET, ":"):
        assert post("postmark", bounced(mail), secret=secret).status_code == 404


@pytest.mark.parametrize("service", ["mailgun", "sendgrid", "x", "postmark_inbound", "brevo"])
def test_another_service_is_not_listened_to(postmark, mail, service):
    assert post(service, bounced(mail)).status_code == 404


def test_with_a_mail_server_of_our_own_there_is_nobody_to_listen_to(settings, mail):
    settings.MAIL_SERVICE, settings.ANYMAIL = "", {}
    for service in ("postmark", "", "x"):
        assert post(service or "-", bounced(mail)).status_code == 404


@pytest.mark.parametrize("key", ["een-andere-sleutel", ""])
def test_a_report_that_is_signed_by_another_is_refused(mailgun, mail, key):
    assert post("mailgun", signed(failed(mail), key=key), secret="").status_code == 400
    changed = signed(failed(mail))
    changed["signature"]["token"] = "u" * 50
    assert post("mailgun", changed, secret="").status_code == 400
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"RecordType": 1}', b'"x"'])
@pytest.mark.parametrize("service", ["postmark", "mailgun"])
def test_what_cannot_be_read_is_refused(service, request, body):
    request.getfixturevalue(service)
    assert post(service, body).status_code in (200, 400)
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("body", ["[" * 200_000, json.dumps({"RecordType": "Inbound"})], ids=["deep", "inbound"])
def test_what_is_no_report_is_refused(postmark, body):
    assert post("postmark", body).status_code == 400


@pytest.mark.parametrize(
    "odd",
    [{"Email": f"{'a' * 300}@x.nl"}, {"Email": "\x00\ud800"}, {"MessageID": "a\x00b"}, {"Description": "\ud800"}],
    ids=["long", "no letters", "number", "words"],
)
def test_odd_characters_stop_no_other_report(postmark, mail, odd):
    assert post("postmark", {**bounced(mail), **odd}).status_code == 200
    assert post("postmark", delivered(mail)).status_code == 200
    assert MailEvent.objects.filter(mail=mail, type=Type.DELIVERED).exists()


def test_reading_the_address_changes_nothing(postmark, client):
    assert client.get("/uit/webhook/postmark/").status_code == 405
    assert client.head("/uit/webhook/postmark/").status_code == 405


def test_a_service_has_no_cookie_and_needs_none(postmark, mail):
    strict = Client(enforce_csrf_checks=True)
    assert post("postmark", bounced(mail), client=strict).status_code == 200
    assert mail.events.get().type == Type.HARD


# ------------------------------------------------------------------ what follows


def test_a_bounce_and_a_complaint_end_our_mail(postmark, mail):
    assert post("postmark", bounced(mail)).status_code == 200
    row = Suppression.objects.get()
    assert (row.email, row.why, row.until) == (mail.to, Why.BOUNCED, None)
    assert "5.1.1" in row.detail
    Suppression.objects.all().delete()
    post("postmark", complained(mail))
    assert Suppression.objects.get().why == Why.COMPLAINED
    assert again(mail).fate == Fate.COMPLAINED


def test_the_same_report_again_is_one(postmark, mail):
    for _again in range(3):
        assert post("postmark", bounced(mail)).status_code == 200
    assert mail.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_report_twice_at_the_same_moment_is_one(postmark, mail):
    answers = in_threads(2, lambda: post("postmark", bounced(mail)).status_code)
    assert answers == [200, 200]
    assert mail.events.count() == 1


def test_the_same_report_signed_anew_is_one(mailgun, mail):
    for token in ("a" * 50, "b" * 50):
        assert post("mailgun", signed(failed(mail), token=token), secret="").status_code == 200
    event = mail.events.get()
    assert (event.type, event.source) == (Type.HARD, "Mailgun")


@pytest.mark.parametrize("order", list(itertools.permutations((delivered, bounced, complained))))
def test_whatever_the_order_the_end_is_the_same(postmark, mail, order):
    for made in order:
        post("postmark", made(mail))
    assert again(mail).fate == Fate.COMPLAINED
    assert mail.events.count() == 3
    assert Suppression.objects.filter(until=None).count() == 1


def test_what_is_deferred_is_delivered_and_not_the_other_way(postmark, mail):
    for made, fate in [
        (partial(bounced, kind="Transient", details="smtp;451 4.7.1 greylisted"), Fate.DEFERRED),
        (delivered, Fate.DELIVERED),
        (partial(bounced, kind="Transient", BouncedAt="2026-11-20T11:00:00Z"), Fate.DELIVERED),
    ]:  # fmt: skip
        post("postmark", made(mail))
        assert again(mail).fate == fate
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("SoftBounce", "smtp;552 5.2.2 mailbox full", Type.SOFT),
        # What the mail server says counts more than what the service makes of it.
        ("HardBounce", "smtp;552 5.2.2 mailbox full", Type.SOFT),
        ("SoftBounce", "smtp;550 5.4.1 Recipient address rejected: Access denied", Type.HARD),
        ("HardBounce", "The server was unable to deliver your message", Type.HARD),
        ("BadEmailAddress", "", Type.HARD),
        ("Blocked", "smtp;554 5.7.1 rejected", Type.SOFT),
        ("AutoResponder", "Ik ben er niet", None),
        ("AddressChange", "", None),
        ("Unknown", "", None),
    ],
)
def test_sorts_of_bounces(postmark, mail, kind, details, said):
    assert post("postmark", bounced(mail, kind, details)).status_code == 200
    assert [each.type for each in mail.events.all()] == ([said] if said else [])


def test_three_mails_that_came_back_pause_the_address(postmark):
    for number in range(3):
        mail = OutgoingMailFactory(to="elke@school.example", provider_id=f"n{number}")
        post("postmark", bounced(mail, "SoftBounce", "smtp;452 4.2.2 mailbox full"))
    assert Suppression.objects.get().why == Why.FULL


def test_a_report_that_comes_before_we_know_the_number_of_the_service_is_about_the_mail(mailgun, mail):
    OutgoingMail.objects.update(provider_id="")
    post("mailgun", signed(failed(mail)), secret="")
    assert again(mail).fate == Fate.BOUNCED


def test_of_a_mail_that_is_forgotten_the_address_counts(postmark, mail):
    OutgoingMail.objects.all().delete()
    post("postmark", bounced(mail))
    assert MailEvent.objects.get().mail is None
    assert Suppression.objects.get().email == mail.to


def test_a_report_about_another_address_is_not_of_the_mail(postmark, mail):
    post("postmark", bounced(mail, Email="Ander@school.example"))
    assert again(mail).fate == Fate.UNKNOWN
    assert Suppression.objects.get().email == "ander@school.example"


def test_who_unsubscribes_at_the_service_has_unsubscribed(postmark):
    mail = OutgoingMailFactory(to="elke@school.example", kind="match_school", provider_id="n1")
    what = {"RecordType": "SubscriptionChange", "MessageID": "n1", "Recipient": mail.to, "SuppressSending": True,
            "SuppressionReason": "ManualSuppression", "ChangedAt": "2026-11-20T09:12:10Z"}  # fmt: skip
    assert post("postmark", what).status_code == 200
    assert preferences(mail.to).matches == "none"
    assert not Suppression.objects.exists()


def test_opening_a_mail_is_not_put_down(postmark, mail):
    post("postmark", {"RecordType": "Open", "MessageID": mail.provider_id, "Recipient": mail.to})
    assert not MailEvent.objects.exists()
