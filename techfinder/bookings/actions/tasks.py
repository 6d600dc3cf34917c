"""What a coordinator has to look at: opened by what happens, done by a person or by what happens next."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.bookings.models import Booking, Task
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region

About = Booking | Request | Provider
LONGEST_NOTE = 2000


@transaction.atomic
def open_task(*, kind: Task.Kind, about: About, note: str = "") -> Task:
    """Ask the coordinators of the region to look; the same thing is one task until it is done, with all notes."""
    note = note[:LONGEST_NOTE]
    task = Task(kind=kind, region=region_of(about), note=note, **_links(about))
    # Nothing when there is one: of two that ask at once too the first one counts.
    Task.objects.bulk_create([task], ignore_conflicts=True)
    found = Task.objects.filter(kind=kind, done_at=None, **_key(about)).first()
    return _with_note(found or task, note)


def _with_note(task: Task, note: str) -> Task:
    if note and note not in task.note:
        task.note = f"{task.note}\n\n{note}".strip()[:LONGEST_NOTE]
        task.save(update_fields=["note"])
    return task


def _key(about: About) -> dict[str, Any]:
    """What makes a task the only open one of its kind."""
    if isinstance(about, Booking):
        return {"booking": about}
    if isinstance(about, Request):
        return {"request": about, "booking": None}
    return {"provider": about, "booking": None, "request": None}


def _links(about: About) -> dict[str, Any]:
    if isinstance(about, Booking):
        return {"booking": about, "request": about.request, "provider": about.activity.provider}
    return {"request": about} if isinstance(about, Request) else {"provider": about}


def region_of(about: About) -> Region | None:
    """Whose coordinators look: of the region that took the request over, else of the school; of a provider its own."""
    if isinstance(about, Provider):
        return about.municipality
    request = about.request if isinstance(about, Booking) else about
    waiting = getattr(request, "waiting", None)
    return (waiting.handed_to if waiting else None) or request.school.municipality


@transaction.atomic
def finish_task(*, task_id: int, by: User | None, words: str = "") -> bool:
    """Say that it was looked at, and what was done. False when somebody did so already."""
    return bool(_finish(Q(pk=task_id), by, words))


def finish_tasks(*, about: About, kinds: list[Task.Kind], by: User | None = None, words: str = "") -> int:
    """Of one thing: what was asked is no longer needed. Returns how many were open."""
    return _finish(Q(kind__in=kinds, **_key(about)), by, words)


def _finish(which: Q, by: User | None, words: str) -> int:
    waiting = Task.objects.filter(which, done_at=None)
    return waiting.update(done_at=timezone.now(), done_by=by, done_words=words[:500])
