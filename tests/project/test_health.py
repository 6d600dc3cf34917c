from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from techfinder import health
from techfinder.mail.models import Heartbeat
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
    }


@pytest.mark.django_db
def test_readyz_is_healthy_with_a_fresh_heartbeat(client: Client, redis_server: RedisServer) -> None:
    health.heartbeat()

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
