"""Every answer of a mail server has a name, and what follows from it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import lanes, settling
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailEvent, MailHistory, MailLane, OutgoingMail, Suppression
from techfinder.mail.transport import Fault
from techfinder.mail.transport.answers import Stage, judge, judge_silence
from tests.factories.mail import OutgoingMailFactory
from tests.support.servers import free_port

State = OutgoingMail.State
ANSWERS = [
    (Stage.CONNECT, 421, "4.3.2 too busy", Fault.SERVER),
    (Stage.CONNECT, 554, "no", Fault.SERVER),
    (Stage.CONNECT, 535, "5.7.8 wrong password", Fault.SERVER),
    (Stage.SENDER, 530, "5.7.0 authenticate first", Fault.SERVER),
    (Stage.SENDER, 550, "5.7.1 not your domain", Fault.SERVER),
    (Stage.SENDER, 451, "4.3.0 later", Fault.SERVER),
    (Stage.SENDER, 552, "5.3.4 too big", Fault.REFUSED),
    (Stage.RECIPIENT, 421, "4.7.0 too many", Fault.DOMAIN),
    (Stage.RECIPIENT, 432, "4.3.2 concurrent connections", Fault.DOMAIN),
    (Stage.RECIPIENT, 451, "4.7.1 greylisted", Fault.DOMAIN),
    (Stage.RECIPIENT, 450, "4.7.1 greylisted", Fault.DOMAIN),
    (Stage.RECIPIENT, 451, "4.3.0 error in processing", Fault.MAIL),
    (Stage.RECIPIENT, 450, "4.2.1 busy", Fault.MAIL),
    (Stage.RECIPIENT, 452, "4.2.2 mailbox full", Fault.FULL),
    (Stage.RECIPIENT, 552, "5.2.2 mailbox full", Fault.FULL),
    (Stage.RECIPIENT, 552, "quota exceeded", Fault.FULL),
    (Stage.RECIPIENT, 550, "5.1.1 unknown", Fault.ADDRESS),
    (Stage.RECIPIENT, 550, "5.1.10 recipient not found", Fault.ADDRESS),
    (Stage.RECIPIENT, 550, "5.4.1 Recipient address rejected: Access denied.", Fault.ADDRESS),
    (Stage.RECIPIENT, 550, "no such user", Fault.ADDRESS),
    (Stage.RECIPIENT, 553, "no such user", Fault.ADDRESS),
    (Stage.RECIPIENT, 550, "5.7.1 blocked", Fault.REFUSED),
    (Stage.RECIPIENT, 550, "5.1.8 sender rejected", Fault.REFUSED),
    (Stage.RECIPIENT, 554, "no", Fault.REFUSED),
    (Stage.CONTENT, 550, "5.1.1 unknown", Fault.ADDRESS),
    (Stage.CONTENT, 550, "5.7.515 authentication level", Fault.REFUSED),
    (Stage.CONTENT, 550, "spam", Fault.REFUSED),
    (Stage.CONTENT, 552, "5.3.4 too big", Fault.REFUSED),
    (Stage.CONTENT, 421, "4.3.2 closing", Fault.DOMAIN),
    (Stage.CONTENT, 451, "4.3.0 later", Fault.MAIL),
]


@pytest.mark.parametrize(("stage", "code", "words", "fault"), ANSWERS)
def test_answers_by_name(stage, code, words, fault):
    failure = judge(stage, code, words.encode())
    assert (failure.fault, failure.reply) == (fault, f"{code} {words}")


def test_silence_before_a_receiver_was_named_is_the_servers():
    error = TimeoutError("timed out")
    assert judge_silence(Stage.SENDER, error).fault == Fault.SERVER
    assert judge_silence(Stage.RECIPIENT, error).fault == Fault.MAIL
    assert [judge_silence(stage, error).is_uncertain for stage in Stage] == [False, False, False, True]


def now_all():
    OutgoingMail.objects.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
    MailLane.objects.update(not_before=timezone.now())


@pytest.mark.django_db
def test_a_dead_server_stops_the_run_and_costs_no_mail(smtp_sink, settings):
    settings.EMAIL_PORT = free_port()
    OutgoingMailFactory.create_batch(3)
    assert actions.deliver_due() == 0
    assert actions.deliver_due() == 0
    assert sorted(OutgoingMail.objects.values_list("state", "attempts")) == [
        (State.QUEUED, 0),
        (State.QUEUED, 0),
        (State.QUEUED, 1),
    ]
    lane = MailLane.objects.get()
    assert (lane.domain, lane.failures) == (MailLane.SERVER, 1)
    assert "ConnectionRefused" in lane.reply
    settings.EMAIL_PORT = smtp_sink.port
    now_all()
    assert actions.deliver_due() == 3
    assert len(smtp_sink.messages) == 3
    assert not MailLane.objects.exists()


@pytest.mark.django_db
def test_a_dead_server_gives_up_no_mail_but_codes(settings, smtp_sink):
    settings.EMAIL_PORT = free_port()
    long_ago = timezone.now() - timedelta(days=9)
    mail = OutgoingMailFactory(due_at=long_ago)
    code = OutgoingMailFactory(due_at=long_ago, priority=Sort.CODE)
    for _ in range(2):
        actions.deliver_due()
        now_all()
    mail.refresh_from_db()
    code.refresh_from_db()
    assert (mail.state, code.state) == (State.QUEUED, State.FAILED)


@pytest.mark.django_db
def test_one_bad_mail_does_not_stop_the_others(smtp_sink):
    smtp_sink.answers = ["550 5.7.1 no"]
    OutgoingMailFactory.create_batch(3)
    assert actions.deliver_due() == 2
    assert len(smtp_sink.messages) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["421 4.3.2 closing", "432 4.3.2 concurrent", "451 4.7.1 greylisted"])
def test_a_domain_that_asks_for_patience_waits_and_the_others_go_on(smtp_sink, answer):
    smtp_sink.answers = [answer]
    first, second = OutgoingMailFactory.create_batch(2)
    OutgoingMailFactory(to="someone@elsewhere.example")
    assert actions.deliver_due() == 1
    assert len(smtp_sink.to("someone@elsewhere.example")) == 1
    lane = MailLane.objects.get()
    assert (lane.domain, lane.reply) == ("example.com", answer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, first.next_attempt_at) == (State.QUEUED, 1, lane.not_before)
    assert second.attempts == 0
    now_all()
    assert actions.deliver_due() == 2
    assert not MailLane.objects.exists()


@pytest.mark.django_db
def test_patience_grows_and_ends():
    pauses = []
    for _ in range(12):
        MailLane.objects.update(not_before=timezone.now())
        pauses.append((lanes.shut(domain="slow.example", reply="421") - timezone.now()).total_seconds())
    assert [round(pause) for pause in pauses[:4]] == [15, 30, 60, 120]
    assert round(pauses[-1]) == 900


@pytest.mark.django_db
def test_mails_that_were_under_way_together_count_once():
    until = lanes.shut(domain="slow.example", reply="421")
    assert lanes.shut(domain="slow.example", reply="421") == until
    assert MailLane.objects.get().failures == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("451 4.3.0 error in processing", State.QUEUED),
        ("452 4.2.2 mailbox full", State.QUEUED),
        ("552 5.2.2 mailbox full", State.QUEUED),
        ("550 5.7.1 content refused", State.FAILED),
        ("552 5.3.4 too big", State.FAILED),
        ("550 5.1.1 unknown", State.FAILED),
    ],
)
def test_answers_to_one_mail(smtp_sink, answer, state):
    smtp_sink.answers = [answer]
    mail = OutgoingMailFactory()
    actions.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.lease_until, mail.slot, mail.reply) == (state, None, None, answer)
    assert not MailLane.objects.exists()
    what = MailHistory.What.REFUSED if state == State.FAILED else MailHistory.What.WAITED
    assert list(mail.history.values_list("what", "detail")) == [(what, answer)]


@pytest.mark.django_db
def test_only_a_dead_address_is_mailed_no_more(smtp_sink):
    smtp_sink.answers = ["550 5.1.1 unknown", "550 5.7.1 blocked"]
    dead, refused = OutgoingMailFactory(), OutgoingMailFactory()
    actions.deliver_due()
    assert list(Suppression.objects.values_list("email", "until")) == [(dead.to, None)]
    dead.refresh_from_db()
    refused.refresh_from_db()
    assert (dead.fate, refused.fate) == (OutgoingMail.Fate.BOUNCED, OutgoingMail.Fate.UNKNOWN)


@pytest.mark.django_db
def test_a_full_mailbox_waits_long_and_three_full_mails_are_enough(smtp_sink):
    smtp_sink.answers = ["552 5.2.2 mailbox full"] * 4
    mails = OutgoingMailFactory.create_batch(3, to="full@example.com")
    actions.deliver_due()
    mails[0].refresh_from_db()
    assert mails[0].next_attempt_at - timezone.now() > timedelta(minutes=59)
    assert MailEvent.objects.filter(type=MailEvent.Type.SOFT).count() == 3
    assert Suppression.objects.get().why == Suppression.Why.FULL
    now_all()
    assert actions.deliver_due() == 0
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {State.SUPPRESSED}


@pytest.mark.django_db
def test_pauses_grow_and_end():
    pauses = [settling.pause_before_next(attempts=n, fault=Fault.MAIL) for n in (1, 2, 3, 40)]
    assert pauses == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60), timedelta(hours=1)]
    assert settling.pause_before_next(attempts=40, fault=Fault.FULL) == timedelta(hours=8)


@pytest.mark.django_db
def test_it_gives_up_after_three_days(smtp_sink):
    smtp_sink.answers = ["451 4.3.0 later"]
    mail = OutgoingMailFactory(due_at=timezone.now() - timedelta(days=4))
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.FAILED


@pytest.mark.django_db
def test_what_waited_for_the_end_of_a_holiday_is_not_too_old(smtp_sink):
    smtp_sink.answers = ["451 4.3.0 later"]
    mail = OutgoingMailFactory(created_at=timezone.now() - timedelta(days=40))
    actions.deliver_due()
    mail.refresh_from_db()
    assert mail.state == State.QUEUED
