"""A mail server may stop, drip or hang up at any step: the attempt ends in time, and others go on."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import claiming, leases
from techfinder.mail.models import MailLane, OutgoingMail
from techfinder.mail.transport import ATTEMPT_SECONDS, Fault, NotSentError, Smtp, smtp
from tests.factories.mail import OutgoingMailFactory
from tests.support.at_once import at_once
from tests.support.rude_smtp import DRIP, HANG_UP, RESET, RudeServer
from tests.support.servers import wait_until

State = OutgoingMail.State


@pytest.fixture
def rude(settings):
    with RudeServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        settings.MAIL_KEEP_ONLY = False
        yield server


def failure_of(mail):
    transport = Smtp()
    with pytest.raises(NotSentError) as raised:
        transport.send(mail)
    assert transport.session is None
    return raised.value.failure


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("how", [HANG_UP, RESET])
def test_a_connection_that_ends(rude, step, how):
    rude.says = {step: how}
    failure = failure_of(OutgoingMailFactory.build())
    assert (failure.fault == Fault.SERVER) is (step in ("greeting", "EHLO", "MAIL"))
    assert failure.is_uncertain is (step in ("DATA", "."))


@pytest.mark.parametrize("step", ["greeting", "EHLO", "MAIL", "RCPT", "."])
def test_a_drip_ends_with_the_attempt(rude, step, monkeypatch):
    monkeypatch.setattr(smtp, "ATTEMPT_SECONDS", 0.4)
    rude.says = {step: DRIP}
    begin = time.monotonic()
    failure_of(OutgoingMailFactory.build())
    # One more second is allowed for the farewell.
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ({"greeting": "421 4.3.2 too busy"}, Fault.SERVER),
        ({"greeting": "554 go away"}, Fault.SERVER),
        ({"MAIL": "530 5.7.0 authenticate"}, Fault.SERVER),
        ({"RCPT": "421 4.7.0 too many"}, Fault.DOMAIN),
        ({"DATA": "432 4.3.2 too many"}, Fault.DOMAIN),
        ({"RCPT": "550 5.1.1 unknown"}, Fault.ADDRESS),
        ({".": "552 5.2.2 full"}, Fault.FULL),
    ],
)
def test_refusals_at_each_step(rude, says, fault):
    rude.says = says
    assert failure_of(OutgoingMailFactory.build()).fault == fault


def test_one_connection_for_many_and_a_new_one_when_it_ended(rude):
    transport = Smtp()
    for _ in range(2):
        assert transport.send(OutgoingMailFactory.build()).reply == "250 ok"
    assert rude.connections == 1
    transport.session.sock.shutdown(2)
    transport.send(OutgoingMailFactory.build())
    assert (rude.connections, len(rude.taken)) == (2, 3)
    transport.close()


def test_an_attempt_and_a_run_are_shorter_than_a_task_may_take(settings):
    from techfinder.mail.actions.delivering import SECONDS_PER_RUN

    assert SECONDS_PER_RUN + ATTEMPT_SECONDS < settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert leases.RENEW_EVERY * 3 < claiming.LEASE.total_seconds() < 60 < ATTEMPT_SECONDS


@pytest.mark.django_db
def test_reset_after_the_content_is_tried_again_with_the_same_number(rude):
    rude.says = {".": RESET}
    mail = OutgoingMailFactory()
    actions.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.next_attempt_at > timezone.now()) == (State.QUEUED, True)
    rude.says = {}
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert actions.deliver_due() == 1
    assert len(rude.taken) == 2
    assert all(mail.message_id.encode() in content for content in rude.taken)


@pytest.mark.django_db
def test_three_silences_in_a_row_are_the_servers(rude):
    rude.says = {".": RESET}
    OutgoingMailFactory.create_batch(5)
    actions.deliver_due()
    assert len(rude.taken) == 3
    assert MailLane.objects.get().domain == MailLane.SERVER


@pytest.mark.django_db(transaction=True)
def test_a_slow_answer_does_not_lose_the_lease(smtp_sink, monkeypatch):
    """A tarpit of longer than the lease: nobody else takes the mail, and it goes once."""
    monkeypatch.setattr(claiming, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.2)
    smtp_sink.delay = 2.5
    mail = OutgoingMailFactory()
    at_once(actions.deliver_due, look_for_lost_until_it_went, refusals=())
    mail.refresh_from_db()
    assert (mail.state, mail.crashes, len(smtp_sink.messages)) == (State.SENT, 0, 1)


def look_for_lost_until_it_went():
    wait_until(lambda: claiming.give_back() or OutgoingMail.objects.filter(state=State.SENT).exists(), 30)


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_went_while_the_database_was_away_does_not_go_again(smtp_sink, monkeypatch):
    """Its connection ends between the answer of the mail server and writing that down."""
    mail = OutgoingMailFactory()
    transport_sends = Smtp.send

    def send_and_lose_the_database(self, mail):
        accepted = transport_sends(self, mail)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        end_connection(pid)
        return accepted

    monkeypatch.setattr(Smtp, "send", send_and_lose_the_database)
    assert actions.deliver_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, len(smtp_sink.messages)) == (State.SENT, 1, 1)


def end_connection(pid):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
            wait_until(lambda: is_gone(cursor, pid))
    finally:
        other.close()


def is_gone(cursor, pid):
    cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
    return cursor.fetchone() is None
