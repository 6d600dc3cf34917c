"""One mail per key, in the cause's transaction, delivered once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import claiming, settling
from techfinder.mail.kinds import Group, Sort
from techfinder.mail.models import MailHistory, OutgoingMail, Suppression
from techfinder.mail.policy import checks
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory

State = OutgoingMail.State


def queue(**changes):
    fields = {
        "key": "code:1",
        "to": "elke@example.com",
        "template": "account_code",
        "context": {"code": "AB&12"},
    }
    return actions.queue_mail(**{**fields, **changes})


@pytest.mark.django_db
def test_same_key_is_one_row():
    first, second = queue(), queue(context={"code": "other"})
    assert first.pk == second.pk
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db
def test_a_mail_goes_down_with_its_cause():
    def cause():
        queue()
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        cause()
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@b\nBcc: c@d.nl", "a@b.nl, c@d.nl", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.nl"],
)
def test_what_is_no_address_gets_no_row(to):
    assert queue(to=to) is None
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_all_parts_are_in_the_language_of_the_recipient():
    mail = queue(recipient=UserFactory(language="en", name="Elke"), language=None)
    assert mail.subject == "Your code for Techfinder"
    assert mail.text.startswith("Hello Elke,")
    assert "Hello Elke," in mail.html
    assert 'lang="en"' in mail.html


@pytest.mark.django_db
def test_text_is_not_escaped_and_html_is():
    mail = queue()
    assert "AB&12" in mail.text
    assert "AB&amp;12" in mail.html


@pytest.mark.django_db
def test_styles_are_in_line_and_the_dark_stays():
    mail = queue()
    assert "prefers-color-scheme: dark" in mail.html
    assert '<h1 style="' in mail.html
    assert "<img" not in mail.html
    assert len(mail.html.encode()) < 100_000


@pytest.mark.django_db
def test_without_a_mail_server_it_is_kept(settings):
    settings.MAIL_KEEP_ONLY = True
    mail = queue()
    assert actions.deliver_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.reply) == (State.SENT, "kept")
    assert "AB&12" in mail.text


@pytest.mark.django_db
def test_a_code_does_not_stay_behind(smtp_sink):
    mail = queue()
    actions.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.text, mail.html) == (State.SENT, "", "")
    assert "AB&12" in smtp_sink.messages[0].text


@pytest.mark.django_db
def test_message_id_and_date_are_those_of_the_row_at_every_attempt(smtp_sink):
    smtp_sink.answers = ["451 4.3.0 try later"]
    due = timezone.now() - timedelta(hours=5)
    mail = OutgoingMailFactory(due_at=due)
    actions.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.QUEUED, 1)
    assert mail.reply.startswith("451")
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    actions.deliver_due()
    message = smtp_sink.messages[0].message
    assert message["Message-ID"] == mail.message_id
    assert message["Date"].datetime == due.replace(microsecond=0)


@pytest.mark.django_db
def test_urgent_mails_go_first(smtp_sink):
    for sort in (Sort.DIGEST, Sort.CODE, Sort.SUGGESTION, Sort.DIRECT):
        OutgoingMailFactory(priority=sort, subject=sort.name)
    actions.deliver_due()
    assert [each.message["Subject"] for each in smtp_sink.messages] == ["CODE", "DIRECT", "SUGGESTION", "DIGEST"]


@pytest.mark.django_db
def test_what_waits_for_the_day_does_not_go(smtp_sink):
    OutgoingMailFactory(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert actions.deliver_due() == 0


@pytest.mark.django_db
def test_a_suppressed_address_gets_nothing_but_codes(smtp_sink):
    Suppression.objects.create(email="gone@example.com", detail="550")
    mail = OutgoingMailFactory(to="gone@example.com")
    OutgoingMailFactory(to="gone@example.com", priority=Sort.CODE, subject="code")
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.SUPPRESSED
    assert [message.message["Subject"] for message in smtp_sink.messages] == ["code"]


@pytest.mark.django_db
def test_a_suppression_that_is_over_holds_nothing_back(smtp_sink):
    past = timezone.now() - timedelta(seconds=1)
    Suppression.objects.create(email="full@example.com", why=Suppression.Why.FULL, until=past)
    OutgoingMailFactory(to="full@example.com")
    assert actions.deliver_due() == 1


@pytest.fixture
def asked(monkeypatch):
    """Which mails were asked about; each answer is taken from `answers`."""
    mails, answers = [], []

    def check(mail):
        mails.append(mail.pk)
        return answers.pop(0)(mail)

    monkeypatch.setattr(checks, "_checks", {"tasks": check})
    return mails, answers


def old(**fields):
    return OutgoingMailFactory(kind="tasks", created_at=timezone.now() - timedelta(minutes=2), **fields)


@pytest.mark.django_db
def test_what_no_longer_holds_is_not_sent(smtp_sink, asked):
    mails, answers = asked
    mail = old()
    answers.append(lambda mail: False)
    assert actions.deliver_due() == 0
    mail.refresh_from_db()
    assert (mail.state, mails, smtp_sink.messages) == (State.OVERTAKEN, [mail.pk], [])


@pytest.mark.django_db
def test_a_check_may_write_the_mail_anew(smtp_sink, asked):
    mail = old()

    def anew(mail):
        mail.subject, mail.text = "Two of three", "Two of three\n"
        return True

    asked[1].append(anew)
    assert actions.deliver_due() == 1
    mail.refresh_from_db()
    assert mail.subject == smtp_sink.messages[0].message["Subject"] == "Two of three"
    assert mail.text == "Two of three\n"


@pytest.mark.django_db
def test_what_goes_at_once_is_not_asked_about(smtp_sink, asked):
    OutgoingMailFactory(kind="tasks")
    assert actions.deliver_due() == 1
    assert asked[0] == []


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_given_back_by_the_next_run(smtp_sink):
    now = timezone.now()
    stuck = OutgoingMailFactory(state=State.SENDING, lease_until=now - timedelta(seconds=1), attempts=1)
    held = OutgoingMailFactory(state=State.SENDING, lease_until=now + timedelta(seconds=30), attempts=1)
    assert actions.deliver_due() == 1
    stuck.refresh_from_db()
    held.refresh_from_db()
    assert (stuck.state, stuck.crashes, held.state) == (State.SENT, 1, State.SENDING)
    assert [each.what for each in stuck.history.all()] == [MailHistory.What.LOST]


@pytest.mark.django_db
def test_the_sweeper_frees_it_too():
    OutgoingMailFactory(state=State.SENDING, lease_until=timezone.now() - timedelta(seconds=1), attempts=1)
    assert actions.sweep() == 1


@pytest.mark.django_db
def test_a_mail_that_ended_three_workers_is_set_aside_and_the_others_go(smtp_sink):
    expired = timezone.now() - timedelta(seconds=1)
    poison = OutgoingMailFactory(state=State.SENDING, lease_until=expired, attempts=3, crashes=2)
    OutgoingMailFactory()
    assert actions.deliver_due() == 1
    poison.refresh_from_db()
    assert (poison.state, poison.crashes, poison.lease_until) == (State.ASIDE, 3, None)
    assert [each.what for each in poison.history.all()] == [MailHistory.What.SET_ASIDE]


@pytest.mark.django_db
def test_a_fault_of_our_own_three_times_sets_it_aside(smtp_sink, asked):
    mail = old()
    OutgoingMailFactory()
    for aside in (False, False, True):
        asked[1].append(lambda mail: 1 / 0)
        OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())
        actions.deliver_due()
        mail.refresh_from_db()
        assert (mail.state == State.ASIDE) is aside
    assert "ZeroDivisionError" in mail.reply
    assert len(smtp_sink.messages) == 1


@pytest.mark.django_db
def test_who_lost_the_lease_does_not_write():
    mail = OutgoingMailFactory()
    mine = claiming.claim()
    OutgoingMail.objects.filter(pk=mail.pk).update(attempts=2)
    settling.not_wanted(mine, State.FAILED)
    mail.refresh_from_db()
    assert mail.state == State.SENDING


@pytest.mark.django_db
def test_one_mail_is_two_queries(smtp_sink, django_assert_num_queries):
    actions.deliver_due()
    OutgoingMailFactory()
    with django_assert_num_queries(5):  # heartbeat, lost leases, claim, result, claim
        assert actions.deliver_due() == 1


@pytest.mark.django_db
def test_writing_a_mail_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        queue()


@pytest.mark.django_db
def test_the_claim_is_one_query(django_assert_num_queries):
    OutgoingMailFactory.create_batch(3)
    with django_assert_num_queries(1):
        assert claiming.claim() is not None


@pytest.mark.django_db
def test_what_is_stopped_while_it_is_being_sent_is_not_tried_again(smtp_sink):
    smtp_sink.answers = ["451 4.3.0 try later"]
    mail = OutgoingMailFactory(kind="match_school", priority=Sort.SUGGESTION)
    actions.deliver_due()
    OutgoingMail.objects.update(state=State.SENDING)
    actions.stop(email=mail.to, group=Group.MATCHES)
    OutgoingMail.objects.update(state=State.QUEUED, next_attempt_at=timezone.now())
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.OVERTAKEN
    assert smtp_sink.messages == []
