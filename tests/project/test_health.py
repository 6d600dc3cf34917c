"""Probes: the process, the parts behind it, and whether mail goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from techfinder import health
from techfinder.mail.kinds import Sort
from techfinder.mail.models import Heartbeat, MailLane, OutgoingMail
from techfinder.mail.standing import SENDER, SERVER_IS_DOWN
from techfinder.mail.tasks import deliver_due
from tests.factories.mail import OutgoingMailFactory
from tests.support.servers import RedisServer


def test_livez_needs_nothing(client: Client) -> None:
    response = client.get("/livez", headers={"host": "10.0.0.7"})

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "healthy": False,
        "database": "ok",
        "redis": "does not answer",
        "worker": "has never run",
        "mail": "nobody has ever sent",
    }


@pytest.mark.django_db
def test_readyz_is_healthy_with_fresh_heartbeats(client: Client, redis_server: RedisServer) -> None:
    health.heartbeat()
    deliver_due()

    assert client.get("/readyz").json()["healthy"] is True


@pytest.mark.django_db
def test_an_old_heartbeat_is_reported(client: Client) -> None:
    Heartbeat.objects.create(name=health.WORKER, at=timezone.now() - timedelta(seconds=95))

    assert client.get("/readyz").json()["worker"].startswith("last ran 9")


@pytest.mark.django_db
def test_a_second_heartbeat_is_the_same_row() -> None:
    health.heartbeat()
    health.heartbeat()

    assert Heartbeat.objects.count() == 1


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


@pytest.fixture
def sender(db: None) -> Heartbeat:
    """Somebody sends."""
    return Heartbeat.objects.create(name=SENDER)


def mail_of(client: Client) -> str:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return str(answer.json()["mail"])


def test_mail_is_fine_when_nothing_is_late(client: Client, sender: Heartbeat) -> None:
    OutgoingMailFactory(next_attempt_at=ago(seconds=100))
    OutgoingMailFactory(next_attempt_at=timezone.now() + timedelta(hours=9), created_at=ago(hours=3))
    OutgoingMailFactory(state=OutgoingMail.State.SENT, next_attempt_at=ago(days=3))

    assert mail_of(client) == "ok"


def test_a_mail_that_could_have_gone_two_minutes_ago_is_reported(client: Client, sender: Heartbeat) -> None:
    OutgoingMailFactory(next_attempt_at=ago(seconds=125))

    assert mail_of(client).startswith("stands still for 12")


def test_thousands_of_overviews_are_no_standstill(client: Client, sender: Heartbeat) -> None:
    OutgoingMailFactory(next_attempt_at=ago(minutes=5), priority=Sort.DIGEST)
    assert mail_of(client) == "ok"

    OutgoingMail.objects.update(next_attempt_at=ago(minutes=16))
    assert mail_of(client).startswith("stands still")


def test_a_domain_that_asked_for_patience_is_no_standstill(client: Client, sender: Heartbeat) -> None:
    OutgoingMailFactory(to="juf@school.example", next_attempt_at=ago(minutes=5))
    MailLane.objects.create(domain="school.example", not_before=timezone.now() + timedelta(minutes=1), failures=5)

    assert mail_of(client) == "ok"


def test_a_mail_server_that_takes_nothing_is_reported(client: Client, sender: Heartbeat) -> None:
    """Its mails are tried again and again, and so look young."""
    lane = MailLane.objects.create(domain=MailLane.SERVER, not_before=timezone.now(), failures=SERVER_IS_DOWN - 1)
    assert mail_of(client) == "ok"

    MailLane.objects.filter(pk=lane.pk).update(failures=SERVER_IS_DOWN)
    assert mail_of(client) == "the mail server takes nothing"


def test_what_is_set_aside_is_reported(client: Client, sender: Heartbeat) -> None:
    OutgoingMailFactory.create_batch(2, state=OutgoingMail.State.ASIDE)

    assert mail_of(client) == "2 set aside"


def test_that_nobody_sends_is_reported(client: Client, sender: Heartbeat) -> None:
    Heartbeat.objects.filter(pk=sender.pk).update(at=ago(seconds=95))

    assert mail_of(client) == "nobody sends"


@pytest.mark.django_db
def test_delivering_keeps_the_heartbeat_young_also_without_a_worker(client: Client) -> None:
    call_command("deliver_mail", "--once")
    assert mail_of(client) == "ok"

    Heartbeat.objects.update(at=ago(hours=1))
    deliver_due()
    assert mail_of(client) == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_readyz_costs_as_many_queries_whatever_waits(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    OutgoingMailFactory.create_batch(count, next_attempt_at=ago(minutes=5))
    OutgoingMailFactory.create_batch(count, state=OutgoingMail.State.FAILED)

    with django_assert_num_queries(6):
        client.get("/readyz")
