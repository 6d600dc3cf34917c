"""One mail per key, in the cause's transaction, delivered once, with the answer of the server understood."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import delivering
from techfinder.mail.kinds import Sort
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.mail.transport import Failure
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory
from tests.support.servers import free_port

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
@pytest.mark.parametrize("to", ["", "nobody", "a@b\nBcc: c@d.nl", "a@b.nl, c@d.nl"])
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
    smtp_sink.answers = ["451 4.7.1 try later"]
    created = timezone.now() - timedelta(hours=5)
    mail = OutgoingMailFactory(created_at=created)
    actions.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.QUEUED, 1)
    assert mail.reply.startswith("451")
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    actions.deliver_due()
    message = smtp_sink.messages[0].message
    assert message["Message-ID"] == mail.message_id
    assert message["Date"].datetime == created.replace(microsecond=0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("421 4.3.2 closing", State.QUEUED),
        ("451 4.7.1 greylisted", State.QUEUED),
        ("550 5.7.1 content refused", State.FAILED),
        ("552 5.3.4 too big", State.FAILED),
    ],
)
def test_answers_of_the_server(smtp_sink, answer, state):
    smtp_sink.answers = [answer]
    mail = OutgoingMailFactory()
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == state
    assert mail.lease_until is None
    assert mail.reply.startswith(answer[:3])


@pytest.mark.django_db
def test_a_dead_server_stops_the_run_and_costs_no_mail(smtp_sink, settings):
    settings.EMAIL_PORT = free_port()
    OutgoingMailFactory.create_batch(3)
    assert actions.deliver_due() == 0
    assert list(OutgoingMail.objects.order_by("attempts").values_list("state", "attempts")) == [
        (State.QUEUED, 0),
        (State.QUEUED, 0),
        (State.QUEUED, 1),
    ]
    settings.EMAIL_PORT = smtp_sink.port
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert actions.deliver_due() == 3
    assert len(smtp_sink.messages) == 3


@pytest.mark.django_db
def test_one_bad_mail_does_not_stop_the_others(smtp_sink):
    smtp_sink.answers = ["550 5.7.1 no"]
    OutgoingMailFactory.create_batch(3)
    assert actions.deliver_due() == 2
    assert len(smtp_sink.messages) == 2


@pytest.mark.django_db
def test_pauses_grow_and_end():
    failure = Failure(reply="451")
    pauses = [delivering.pause_before_next(attempts=n, failure=failure) for n in (1, 2, 3, 40)]
    assert pauses == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60), timedelta(hours=1)]


@pytest.mark.django_db
def test_it_gives_up_after_three_days(smtp_sink):
    smtp_sink.answers = ["451 later"]
    mail = OutgoingMailFactory(created_at=timezone.now() - timedelta(days=4))
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.FAILED


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
def test_sweep_frees_what_a_dead_worker_held():
    now = timezone.now()
    stuck = OutgoingMailFactory(state=State.SENDING, lease_until=now - timedelta(seconds=1), attempts=1)
    held = OutgoingMailFactory(state=State.SENDING, lease_until=now + timedelta(seconds=30), attempts=1)
    assert actions.sweep() == 1
    stuck.refresh_from_db()
    held.refresh_from_db()
    assert (stuck.state, held.state) == (State.QUEUED, State.SENDING)


@pytest.mark.django_db
def test_who_lost_the_lease_does_not_write():
    mail = OutgoingMailFactory()
    mine = delivering.claim()
    OutgoingMail.objects.filter(pk=mail.pk).update(attempts=2)
    delivering._settle(mine, state=State.FAILED)
    mail.refresh_from_db()
    assert mail.state == State.SENDING


@pytest.mark.django_db
def test_retry_queues_failed_ones_only():
    failed, sent = OutgoingMailFactory(state=State.FAILED), OutgoingMailFactory(state=State.SENT)
    assert actions.retry(mail_ids=[failed.pk, sent.pk]) == 1


@pytest.mark.django_db
def test_the_claim_is_one_cheap_query(django_assert_num_queries):
    OutgoingMailFactory.create_batch(3)
    with django_assert_num_queries(4):  # savepoint, select, update, release
        assert delivering.claim() is not None
