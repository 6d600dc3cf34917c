"""What came to the desks of the coordinators, in one mail a day; what cannot wait at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils import timezone

from techfinder.bookings.models import Task
from techfinder.bookings.telling.people import Recipient, coordinators, mail_to
from techfinder.mail.compose import absolute
from techfinder.mail.models import OutgoingMail
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.workdays import is_day_time

KIND = "tasks"
SHOWN = 10
AT_ONCE = (Task.Kind.CONCERN, Task.Kind.CANCELLED_LATE)
DESK = "/moderatie/taken/"


def tell_tasks(*, now: dt.datetime | None = None) -> int:
    """Mail each coordinator what is new on the own desk since the last such mail; how many were mailed.

    In the day time. At most once a day, but for a concern and for what is called off shortly before.
    """
    now = now or timezone.now()
    if not is_day_time(now):
        return 0
    desks = _desks(now)
    told = _last_told([person.user.pk for person in desks if person.user])
    return sum(_tell(person, tasks, told.get(person.user.pk), now) for person, tasks in desks.items() if person.user)


def _desks(now: dt.datetime) -> dict[Recipient, list[Task]]:
    """Who looks after which open tasks, the oldest first."""
    found = Task.objects.filter(done_at=None, region__isnull=False, created_at__lte=now)
    by_region: dict[Region, list[Task]] = defaultdict(list)
    for task in found.select_related("region", "booking__activity", "request__school", "provider"):
        if task.region:
            by_region[task.region].append(task)
    desks: dict[Recipient, list[Task]] = defaultdict(list)
    for region, tasks in by_region.items():
        for person in coordinators(region):
            desks[person].extend(tasks)
    return desks


def _last_told(people: Iterable[int]) -> dict[int, dt.datetime]:
    mails = OutgoingMail.objects.filter(kind=KIND, recipient__in=list(people)).order_by()
    return dict(mails.values_list("recipient").annotate(Max("created_at")))


def _tell(person: Recipient, tasks: list[Task], told: dt.datetime | None, now: dt.datetime) -> bool:
    new = [task for task in tasks if told is None or task.created_at > told]
    is_today = told is not None and timezone.localdate(told) == timezone.localdate(now)
    if not new or (is_today and not any(task.kind in AT_ONCE for task in new)):
        return False
    mail = mail_to(
        person,
        KIND,
        key=f"tasks:{person.email[:120]}:{max(task.pk for task in new)}",
        context=of_tasks(new, open_tasks=len(tasks)),
    )
    return mail is not None


def of_tasks(new: list[Task], *, open_tasks: int) -> dict[str, Any]:
    """What the mail says: of the new ones the urgent first, and how many are open in all."""
    return {
        "count": len(new),
        "open": open_tasks,
        "tasks": [_line(task) for task in sorted(new, key=_urgent_first)[:SHOWN]],
        "more": max(0, len(new) - SHOWN),
        "button_url": absolute(DESK),
    }


def _urgent_first(task: Task) -> tuple[bool, dt.datetime]:
    return task.kind not in AT_ONCE, task.created_at


def _line(task: Task) -> dict[str, Any]:
    """Of whom and what it is; the kind is said by the template, in the reader's language."""
    return {
        "kind": Task.Kind(task.kind),
        "title": task.booking.activity.title if task.booking else task.request.title if task.request else "",
        "who": [str(each) for each in (task.request and task.request.school, task.provider) if each],
        "since": task.created_at,
    }
