"""Redis frozen or gone while somebody posts, and workers that are killed while they mail."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from techfinder.celery import wake
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from techfinder.settings import cache_url
from tests.factories.mail import OutgoingMailFactory
from tests.factories.organisations import SchoolFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TEACHER = "elke@school.example"
MAILS = 100
KILLS = 3


@pytest.fixture
def question():
    today = timezone.localdate()
    return {
        "school": SchoolFactory().code,
        "title": "Zonne-energie: zelf iets bouwen",
        "themes": ["energie"],
        "levels": ["po-7"],
        "group_size": "28",
        "date_from": (today + timedelta(days=60)).isoformat(),
        "date_until": (today + timedelta(days=90)).isoformat(),
        "email": TEACHER,
        "name": "Elke",
    }


@pytest.fixture
def cache_in_redis(settings, redis_server):
    """As in production: what counts the attempts is in the Redis that fails."""
    settings.CACHES = {
        "default": {
            "BACKEND": "techfinder.cache.ForgivingRedisCache",
            "LOCATION": cache_url(redis_server.url),
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
    }
    assert caches["default"].get("nothing") is None


def post_within_two_seconds(client, question):
    start = time.monotonic()
    response = client.post(reverse("requests:new"), question)
    assert time.monotonic() - start < 2
    assert response.status_code == 302
    assert Request.objects.get().contact_email == TEACHER


@pytest.mark.parametrize("fault", ["frozen", "dead"])
def test_a_request_is_taken_without_redis_and_its_mail_follows(
    fault, question, client, cache_in_redis, redis_server, celery_worker_with_beat, smtp_sink, wait_until
):
    fail, mend = {
        "frozen": (redis_server.freeze, redis_server.thaw),
        "dead": (redis_server.kill, redis_server.start),
    }[fault]
    # The first page of a process takes the templates and addresses of all pages in.
    assert client.get(reverse("requests:new")).status_code == 200
    fail()
    try:
        post_within_two_seconds(client, question)
    finally:
        mend()
    wait_until(lambda: smtp_sink.to(TEACHER), 60)
    assert OutgoingMail.objects.get().message_id == smtp_sink.to(TEACHER)[0].message["Message-ID"]


def test_workers_killed_while_they_mail_lose_nothing(celery_worker_process, smtp_sink, wait_until):
    """A kill between the mail server's yes and the commit costs a copy, which carries the same Message-ID."""
    smtp_sink.delay_before = smtp_sink.delay = 0.02
    OutgoingMailFactory.create_batch(MAILS)
    for kill in range(1, KILLS + 1):
        wake("mail.deliver_due")
        wait_until(lambda least=kill * 20: len(smtp_sink.messages) >= least, 30, celery_worker_process.log())
        celery_worker_process.kill()
        # The lease of what it held, and Redis's patience with a lost task, are a minute and more: time goes by.
        OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        celery_worker_process.start()
    wake("mail.sweep")
    wait_until(lambda: OutgoingMail.objects.filter(state=OutgoingMail.State.SENT).count() == MAILS, 60)

    copies = Counter(received.message["Message-ID"] for received in smtp_sink.messages)
    assert set(copies) == set(OutgoingMail.objects.values_list("message_id", flat=True))
    assert sum(copies.values()) - MAILS <= KILLS
