"""The live configuration of Celery, value by value: a typing error in a namespaced setting is silent."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import pytest
from celery.app.defaults import NAMESPACES, flatten
from django.conf import settings
from django.db import connection
from kombu.transport.redis import Channel

from techfinder.celery import app, publisher, wake
from techfinder.local.supervisor import parts
from techfinder.settings import broker_url, cache_url
from tests.support.servers import CeleryProcess, RedisServer, wait_until

WANTED: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": True,
    "result_backend": None,
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "visibility_timeout": 300,
    "broker_transport_options": {
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    "result_backend_transport_options": {"visibility_timeout": 300},
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_soft_shutdown_timeout": 20.0,
    "broker_connection_retry_on_startup": True,
    "accept_content": ["json"],
    "worker_max_tasks_per_child": 500,
}
BEAT = {
    "mail.deliver_due": 5,
    "mail.sweep": 60,
    "mail.ask_wanted": 21600,
    "mail.tidy": 86400,
    "matches.sweep": 60,
    "matches.near_misses": 60,
    "campaigns.sweep": 60,
    "activities.alerts": 60,
    "activities.tend_alerts": 3600,
    "activities.prune_changes": 3600,
    "activities.forget_sought": 86400,
    "matches.digest": 300,
    "requests.drop_unconfirmed": 3600,
    "health.heartbeat": 30,
    "bookings.sweep": 60,
    "bookings.run_due": 300,
    "bookings.sweep_waiting": 60,
    "bookings.sweep_contacts": 3600,
    "bookings.tell_coordinators": 300,
    "bookings.ask_surveys": 21600,
    "bookings.reschedule": 21600,
    "bookings.count_records": 21600,
}


@pytest.mark.parametrize("name", WANTED)
def test_each_setting_has_reached_celery(name: str) -> None:
    if name == "visibility_timeout":
        assert WANTED[name] == settings.CELERY_VISIBILITY_TIMEOUT
    else:
        assert app.conf[name] == WANTED[name]


def test_no_setting_is_written_wrong() -> None:
    """What Celery does not know it passes over in silence; the visibility timeout is kombu's, in its third place."""
    known = {f"CELERY_{name.upper()}" for name, _option in flatten(NAMESPACES)}
    ours = {name for name in dir(settings) if name.startswith("CELERY_")}

    assert ours - known == {"CELERY_VISIBILITY_TIMEOUT"}


def test_no_option_of_the_broker_is_written_wrong() -> None:
    for application in (app, publisher.app()):
        assert set(application.conf.broker_transport_options) <= set(Channel.from_transport_options)


def test_workers_are_started_as_the_settings_suppose() -> None:
    """What is no setting: one kind of pool, no talk among workers, and a stop that gives back what is not done."""
    worker = next(part for part in parts(8000, Path("/tmp")) if part.name == "worker")

    assert worker.environment["REMAP_SIGTERM"] == "SIGQUIT"
    assert {"--without-gossip", "--without-mingle"} <= set(worker.command)
    assert worker.command[worker.command.index("--pool") + 1] == "prefork"


def test_redis_keeps_what_is_queued(redis_server: RedisServer) -> None:
    client = redis_server.client()
    found = {**client.config_get("append*"), **client.config_get("maxmemory-policy")}

    assert (found["appendonly"], found["appendfsync"]) == ("yes", "everysec")
    assert found["maxmemory-policy"] == "noeviction"


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0", "unix:///run/r.sock?db=1"),
        ("redis://r.example:6379/0", "redis://r.example:6379/0", "redis://r.example:6379/1"),
    ],
)
def test_the_cache_is_apart_from_the_queue(url: str, broker: str, cache: str) -> None:
    assert (broker_url(url), cache_url(url)) == (broker, cache)


def test_a_task_ends_before_its_message_comes_back() -> None:
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < settings.CELERY_VISIBILITY_TIMEOUT


def test_the_publisher_gives_up_soon_and_the_worker_does_not() -> None:
    conf = publisher.app().conf

    assert conf.broker_transport_options["socket_timeout"] == 1
    assert conf.broker_transport_options["socket_connect_timeout"] == 1
    assert conf.task_publish_retry is True
    assert conf.task_publish_retry_policy == {
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
    assert app.conf.broker_transport_options["socket_timeout"] == 5


def test_beat_has_its_entries() -> None:
    schedule = {name: entry["schedule"].total_seconds() for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}

    assert schedule == BEAT


@pytest.mark.parametrize("name", BEAT)
def test_each_beat_entry_names_a_task(name: str) -> None:
    app.loader.import_default_modules()

    assert app.tasks[settings.CELERY_BEAT_SCHEDULE[name]["task"]].name == name


@pytest.mark.django_db
def test_wake_without_redis_is_quick_and_silent(
    django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        wake("health.heartbeat")
        wake("health.heartbeat")

    assert time.monotonic() - began < 1.5
    assert caplog.text.count("cannot wake health.heartbeat") == 1


@pytest.mark.django_db
def test_wake_with_a_frozen_redis_is_bounded(
    redis_server: RedisServer, django_capture_on_commit_callbacks: Any
) -> None:
    redis_server.freeze()
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            wake("health.heartbeat")
    took = time.monotonic() - began
    redis_server.thaw()

    assert took < 2


@pytest.mark.django_db
def test_wake_publishes_only_after_commit(redis_server: RedisServer, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wake("health.heartbeat")
        assert redis_server.client().llen("celery") == 0

    assert redis_server.client().llen("celery") == 1


@pytest.mark.slow
def test_a_real_worker_writes_the_heartbeat(celery_worker_process: CeleryProcess) -> None:
    from techfinder.mail.models import Heartbeat

    assert not connection.in_atomic_block
    wake("health.heartbeat")

    wait_until(Heartbeat.objects.exists, 10, celery_worker_process.log())
