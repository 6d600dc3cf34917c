"""/livez: this process answers. /readyz: so do PostgreSQL, Redis and, end to end, a worker; and mail goes out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta

import redis
from celery import shared_task
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from techfinder.mail.models import Heartbeat
from techfinder.mail.standing import standing

# Beat wakes the task every 30 seconds: three that are missing in a row are no accident.
STALE = timedelta(seconds=90)
WORKER = "worker"
TRY_AGAIN_SECONDS = "30"


@shared_task(name="health.heartbeat")
def heartbeat() -> None:
    """A row that only a living beat, broker and worker together keep young."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": timezone.now()})


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def check_redis() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "does not answer"
    finally:
        client.close()
    return "ok"


def check_worker() -> str:
    try:
        beat = Heartbeat.objects.filter(name=WORKER).first()
    except DatabaseError:
        return "unknown"
    if beat is None:
        return "has never run"
    age = timezone.now() - beat.at
    return "ok" if age < STALE else f"last ran {int(age.total_seconds())} seconds ago"


def check_mail() -> str:
    """In order of what to do first; a mail that is set aside waits for an administrator."""
    try:
        mail = standing()
    except DatabaseError:
        return "unknown"
    if mail.server:
        return "the mail server takes nothing"
    if mail.late_since:
        return f"stands still for {int((mail.now - mail.late_since).total_seconds())} seconds"
    if mail.sender_is_silent:
        return "nobody sends" if mail.sender_at else "nobody has ever sent"
    return f"{mail.aside} set aside" if mail.aside else "ok"


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "redis": check_redis,
    "worker": check_worker,
    "mail": check_mail,
}


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without the database: without Redis or a worker the site goes on serving, and catches up later."""
    answers = {name: check() for name, check in CHECKS.items()}
    ready = answers["database"] == "ok"
    healthy = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"ready": ready, "healthy": healthy, **answers}, status=200 if ready else 503)


def failed(request: HttpRequest) -> HttpResponse:
    """The page of an exception that nobody caught; 503 when it is the database that is away, which comes back."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = render(None, "500.html", status=503 if away else 500)  # nothing may be needed
    if away:
        response["Retry-After"] = TRY_AGAIN_SECONDS
    return response


class HealthMiddleware:
    """Answers before everything else, for probes that know neither our host name nor https."""

    ROUTES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/livez": livez, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.ROUTES.get(request.path)
        if answer is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response
