"""The administrators' page about mail: "a school says it got nothing" is answered, and mended, in three clicks."""

import html
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import again
from techfinder.mail.desk.show import veiled
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailEvent, MailHistory, MailLane, MailPreferences, OutgoingMail, Suppression
from techfinder.mail.tokens import address_token
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db

State, What = OutgoingMail.State, MailHistory.What
INDEX = "/beheer/post/"
# Sessions and rights of the administrator: 4; how mail stands: 4; lanes, count and the mails themselves: 3.
QUERIES_OF_LIST = 11
# The same 4; the mail, its address (5), copies, history and events.
QUERIES_OF_MAIL = 13


@pytest.fixture
def user():
    user = AdministratorFactory(language="en")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


@pytest.fixture
def administrator(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def seen(response):
    assert response.status_code == 200
    return response.content.decode()


def sent(**fields):
    return OutgoingMailFactory(**{"state": State.SENT, "sent_at": timezone.now(), "attempts": 1, **fields})


def act(client, mail, chosen, **fields):
    return client.post(reverse("mail_desk:act", args=[mail.uuid]), {"act": chosen, **fields}, follow=True)


def test_a_school_that_got_nothing_is_answered_and_mended_in_three_clicks(administrator, user, smtp_sink):
    mail = sent(to="juf@school.example", subject="Een bedrijf past", text="Kijk eens", html="<p>Kijk eens</p>")
    MailEvent.objects.create(
        source="dsn", event_id="1", mail=mail, email=mail.to, type=MailEvent.Type.SOFT, detail="452 mailbox full"
    )
    found = seen(administrator.get(INDEX, {"q": "Juf@School.example"}))
    assert "Een bedrijf past" in found
    one = seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid])))
    assert "452 mailbox full" in one
    seen(act(administrator, mail, "copy", seen=0))
    assert actions.deliver_due() == 1
    (received,) = smtp_sink.to("juf@school.example")
    assert received.message["Subject"] == "Een bedrijf past"
    assert received.message["Message-ID"] != mail.message_id
    assert [(each.what, each.by) for each in mail.history.all()] == [(What.COPIED, user)]


@pytest.mark.parametrize("words", ["juf@school.example", "school.example", "@school.example", "Juf Els"])
def test_a_mail_is_found_by_address_domain_and_name(administrator, words):
    sent(to="juf@school.example", recipient=UserFactory(name="Juf Els"), subject="Gezocht")
    sent(to="ander@elders.example", subject="Van een ander")
    page = seen(administrator.get(INDEX, {"q": words}))
    assert "Gezocht" in page
    assert "Van een ander" not in page


def test_a_mail_is_found_by_its_message_id(administrator):
    mail, _other = sent(subject="Gezocht"), sent(subject="Van een ander")
    page = seen(administrator.get(INDEX, {"q": f"<{mail.uuid}@techfinder.example>"}))
    assert "Gezocht" in page
    assert "Van een ander" not in page


@pytest.mark.parametrize("words", ["%", "' OR 1=1 --", "a\x00b", "a" * 5000, "@", "nobody@nowhere.example", "💥"])
def test_any_search_is_answered(administrator, words):
    sent()
    assert "No mail found" in seen(administrator.get(INDEX, {"q": words}))


def test_the_page_says_what_holds_mail_to_an_address_back(administrator):
    Suppression.objects.create(email="juf@school.example", detail="550 5.1.1 no such user")
    MailLane.objects.create(
        domain="school.example", not_before=timezone.now() + timedelta(minutes=5), failures=1, reply="421 too fast"
    )
    MailPreferences.objects.create(email="juf@school.example", matches="none", reminders=False)
    page = seen(administrator.get(INDEX, {"q": "juf@school.example"}))
    for words in ("550 5.1.1 no such user", "421 too fast", "no mail about matches", "no reminders"):
        assert words in page


def test_a_suppressed_address_is_mailed_again_and_stopped_by_hand(administrator):
    Suppression.objects.create(email="juf@school.example")
    address = reverse("mail_desk:act_on_address")
    administrator.post(address, {"email": "Juf@school.example", "act": "lift"})
    assert not Suppression.objects.exists()
    administrator.post(address, {"email": "juf@school.example", "act": "suppress"})
    assert Suppression.objects.get().why == Suppression.Why.MANUAL
    assert administrator.post(address, {"email": "geen adres", "act": "lift"}).status_code == 400


@pytest.mark.parametrize("state", again.AGAIN)
def test_what_did_not_go_goes_again_as_the_same_message(administrator, user, smtp_sink, state):
    mail = OutgoingMailFactory(state=state, attempts=4, crashes=3, next_attempt_at=timezone.now() + timedelta(hours=3))
    seen(act(administrator, mail, "again"))
    assert actions.deliver_due() == 1
    assert smtp_sink.messages[0].message["Message-ID"] == mail.message_id
    assert mail.history.get(what=What.AGAIN).by == user


@pytest.mark.parametrize("state", [State.SENT, State.SENDING, State.OVERTAKEN])
def test_what_went_or_is_no_longer_true_stays(administrator, state):
    mail = OutgoingMailFactory(state=state, lease_until=timezone.now() + timedelta(minutes=1), attempts=1)
    assert "Nothing changed" in seen(act(administrator, mail, "again"))
    mail.refresh_from_db()
    assert mail.state == state
    assert not mail.history.exists()


def test_what_is_no_longer_kept_is_not_sent_empty(administrator):
    mail = OutgoingMailFactory(state=State.FAILED, text="", html="")
    page = seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid])))
    assert "no longer kept" in page
    assert 'value="again"' not in page
    act(administrator, mail, "again")
    act(administrator, mail, "copy", seen=0)
    assert not OutgoingMail.objects.filter(state=State.QUEUED).exists()


def test_to_an_address_that_is_not_mailed_nothing_is_offered(administrator):
    mail = sent(to="weg@school.example")
    Suppression.objects.create(email=mail.to)
    page = seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid])))
    assert 'value="copy"' not in page
    assert 'value="lift"' in page


def test_what_somebody_stopped_does_not_come_by_another_hand(administrator):
    mail = sent(kind="match_digest")
    MailPreferences.objects.create(email=mail.to, matches="none")
    assert 'value="copy"' not in seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid])))
    act(administrator, mail, "copy", seen=0)
    assert OutgoingMail.objects.count() == 1


def test_a_copy_that_is_asked_for_twice_goes_once(administrator):
    mail = sent()
    for _ in range(2):
        act(administrator, mail, "copy", seen=0)
    assert OutgoingMail.objects.exclude(pk=mail.pk).count() == 1


def test_a_copy_of_a_copy_has_nothing_of_the_delivery_of_the_first(administrator, user):
    mail = sent(fate=OutgoingMail.Fate.BOUNCED, reply="250 taken", provider_id="abc", crashes=2)
    copy = again.send_copy(mail_id=mail.pk, by=user, seen=0)
    copy.refresh_from_db()
    assert (copy.state, copy.fate, copy.reply, copy.provider_id, copy.crashes) == (State.QUEUED, "", "", "", 0)
    assert (copy.to, copy.subject, copy.text, copy.kind) == (mail.to, mail.subject, mail.text, mail.kind)
    assert (copy.attempts, copy.sent_at) == (0, None)


def test_a_code_is_shown_to_nobody_and_not_sent_again(administrator):
    mail = sent(
        kind="account_code", priority=Sort.CODE, subject="Geheim 123456", text="Geheim 123456", html="Geheim 123456"
    )
    for address in (INDEX, f"{INDEX}?q={mail.to}", reverse("mail_desk:detail", args=[mail.uuid])):
        assert "Geheim" not in seen(administrator.get(address))
    assert administrator.get(reverse("mail_desk:html", args=[mail.uuid])).status_code == 404
    act(administrator, mail, "copy", seen=0)
    assert OutgoingMail.objects.count() == 1


def test_a_link_of_the_receiver_is_cut_off(administrator):
    token = address_token("juf@school.example")
    link = f"https://techfinder.example/uit/mail/{token}/"
    mail = sent(text=f"Kies: {link}", html=f'<p><a href="{link}">Kies</a></p>', kind="match_school", priority=40)
    pages = [
        seen(administrator.get(reverse(name, args=[mail.uuid]))) for name in ("mail_desk:detail", "mail_desk:html")
    ]
    assert "Kies" in pages[0]
    assert all(token not in page and "/uit/mail/…/" in page for page in pages)


def test_the_headers_are_those_of_the_wire(administrator, smtp_sink):
    mail = OutgoingMailFactory(kind="match_school", priority=40, thread="vraag-1")
    actions.deliver_due()
    shown = html.unescape(seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid]))))
    (received,) = smtp_sink.messages
    for name in ("Message-ID", "From", "References", "List-Id", "List-Unsubscribe-Post", "X-Auto-Response-Suppress"):
        assert f"<dt>{name}</dt><dd>{received.message[name]}</dd>" in shown
    assert f"<dt>Return-Path</dt><dd><{received.sender.partition('+')[0]}+…@" in shown
    assert received.sender not in shown


def test_what_is_no_token_stays_readable():
    words = "https://techfinder.example/aanbod/mini-zonnebootrace-op-18-juni-in-vlissingen/ van groep 7"
    assert veiled(words) == words
    assert veiled("/bericht/0b0f2c3e-6f0a-4b43-9d1e-0a8e1f2a3b4c/") == "/bericht/…/"


def test_the_html_runs_nothing_and_opens_nothing(administrator):
    response = administrator.get(reverse("mail_desk:html", args=[sent().uuid]))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_history_is_in_order_and_has_every_answer(administrator, smtp_sink):
    smtp_sink.answers.append("451 4.3.0 later please")
    mail = OutgoingMailFactory()
    actions.deliver_due()
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    MailLane.objects.all().delete()
    actions.deliver_due()
    page = seen(administrator.get(reverse("mail_desk:detail", args=[mail.uuid])))
    first, second, third = (page.index(words) for words in ("Made", "451 4.3.0 later please", "Taken by the mail"))
    assert first < second < third


def test_many_failed_mails_are_sent_again_at_once(administrator):
    failed = OutgoingMailFactory.create_batch(3, state=State.FAILED)
    page = seen(administrator.get(INDEX, {"stand": "failed"}))
    assert page.count('name="mail"') == 3
    ticked = {"act": "again", "stand": "failed", "mail": [failed[0].pk, failed[2].pk]}
    response = administrator.post(reverse("mail_desk:act_on_many"), ticked)
    assert response["Location"] == f"{INDEX}?stand=failed"
    assert set(OutgoingMail.objects.filter(state=State.QUEUED)) == {failed[0], failed[2]}


@pytest.mark.parametrize(
    "fields", [{"act": "drop", "mail": ["1"]}, {"act": "again", "mail": ["x"]}, {"mail": ["1"]},
               {"act": "again", "mail": ["9" * 5000]},
               {"act": "again", "mail": [str(each) for each in range(31)]}],
)  # fmt: skip
def test_what_no_page_sends_is_refused(administrator, fields):
    assert administrator.post(reverse("mail_desk:act_on_many"), fields).status_code == 400


def test_a_number_of_copies_without_end_sends_nothing(administrator):
    assert "Nothing is sent" in seen(act(administrator, sent(), "copy", seen="9" * 5000))
    assert OutgoingMail.objects.count() == 1


def test_a_domain_that_asked_for_patience_is_seen_and_tried_at_once(administrator):
    lane = MailLane.objects.create(
        domain="school.example", not_before=timezone.now() + timedelta(minutes=9), failures=3, reply="421 slow down"
    )
    assert "421 slow down" in seen(administrator.get(INDEX))
    administrator.post(reverse("mail_desk:open_lane"), {"domain": "school.example"})
    lane.refresh_from_db()
    assert lane.not_before <= timezone.now()


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_as_many_queries_whatever_is_in_it(administrator, count, django_assert_num_queries):
    administrator.get(INDEX)
    for _ in range(count):
        mail = sent(recipient=UserFactory())
        MailEvent.objects.create(source="dsn", event_id=mail.key, mail=mail, email=mail.to, type=MailEvent.Type.HARD)
    with django_assert_num_queries(QUERIES_OF_LIST):
        administrator.get(INDEX)


@pytest.mark.parametrize("count", [1, 3])
def test_a_mail_costs_as_many_queries_whatever_happened_to_it(administrator, user, count, django_assert_num_queries):
    mail = sent(state=State.FAILED)
    for number in range(count):
        MailEvent.objects.create(source="dsn", event_id=str(number), mail=mail, email=mail.to, type="soft")
        MailHistory.objects.create(mail=mail, what=What.AGAIN, by=UserFactory())
    address = reverse("mail_desk:detail", args=[mail.uuid])
    administrator.get(address)
    with django_assert_num_queries(QUERIES_OF_MAIL):
        administrator.get(address)


def test_pages_are_limited(administrator):
    OutgoingMailFactory.create_batch(32)
    page = seen(administrator.get(INDEX))
    assert page.count("tf-queue-item__title") == 30
    assert "?page=2" in page


def test_whom_we_do_not_mail_is_a_list(administrator):
    Suppression.objects.create(email="weg@school.example", detail="550 gone")
    Suppression.objects.create(
        email="vol@school.example", why=Suppression.Why.FULL, until=timezone.now() + timedelta(days=3)
    )
    page = seen(administrator.get(reverse("mail_desk:addresses")))
    assert "550 gone" in page
    assert "vol@school.example" in page
