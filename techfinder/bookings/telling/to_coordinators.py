"""What came to the desks of the coordinators, in one mail a day or a week; what cannot wait at once.

A task is told to a coordinator once: `TaskTold` has it, whichever run wrote it. The overview comes at the own hour and
holds all that was not told, however long no run came; nothing new, no mail.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.bookings.models import Task, TaskTold
from techfinder.bookings.telling.people import mail_to, of_person
from techfinder.mail.actions import draft_mail
from techfinder.mail.compose import absolute
from techfinder.mail.kinds import kind_of
from techfinder.mail.models import Frequency, MailPreferences, OutgoingMail
from techfinder.mail.policy import checks, quiet
from techfinder.mail.policy.periods import period
from techfinder.mail.queries import preferences_of
from techfinder.taxonomy.models import Region

KIND = "tasks"
SHOWN = 10
AT_ONCE = (Task.Kind.CONCERN, Task.Kind.CANCELLED_LATE)
DESK = "/moderatie/taken/"
SAYS = ("subject", "text", "html")


def tell_tasks(*, now: dt.datetime | None = None) -> int:
    """Mail each coordinator what is new on the own desk; how many were mailed.

    At the hour of the overview, but for a concern and for what is called off shortly before; nothing at night.
    """
    now = now or timezone.now()
    if quiet.opens(kind_of(KIND), quiet.ANYBODY, now) > now:
        return 0
    desks = _desks(now)
    told, last = _told(desks)
    chosen = preferences_of([person.email for person in desks])
    mailed = 0
    for person, tasks in desks.items():
        new = [task for task in tasks if (person.pk, task.pk) not in told]
        if _is_due(new, chosen[person.email], last.get(person.pk), now):
            mailed += _tell(person.pk, [task.pk for task in tasks], now)
    return mailed


# ------------------------------------------------------------- whose desk


def _desks(now: dt.datetime) -> dict[User, list[Task]]:
    """Who looks after which open tasks. Five queries."""
    found = Task.objects.filter(done_at=None, region__isnull=False, created_at__lte=now).order_by("created_at", "pk")
    by_region: dict[int, list[Task]] = defaultdict(list)
    for task in found.only("kind", "region", "created_at"):
        by_region[task.region_id or 0].append(task)
    desks: dict[User, list[Task]] = defaultdict(list)
    for region, people in _moderators(by_region).items():
        for person in people:
            desks[person].extend(by_region[region])
    return desks


def _moderators(regions: Collection[int]) -> dict[int, list[User]]:
    """Of each region those who moderate it, one of its networks, or what these lie under."""
    parents = dict(Region.objects.values_list("pk", "parent_id").filter(parent__isnull=False))
    networks: dict[int, list[int]] = defaultdict(list)
    for pk, network in Region.objects.filter(pk__in=regions, networks__isnull=False).values_list("pk", "networks"):
        networks[pk].append(network)
    above = {pk: {at for start in (pk, *networks[pk]) for at in _upward(start, parents)} for pk in regions}
    people = User.objects.filter(is_active=True, moderates__in={at for each in above.values() for at in each})
    desks: dict[int, dict[int, User]] = defaultdict(dict)
    for person in people.distinct().order_by("pk").prefetch_related("moderates"):
        own = {each.pk for each in person.moderates.all()}
        for pk, theirs in above.items():
            if own & theirs:
                desks[pk][person.pk] = person
    return {pk: list(desks[pk].values()) for pk in regions}


def _upward(start: int, parents: Mapping[int, int | None]) -> Iterable[int]:
    seen: set[int] = set()
    at: int | None = start
    while at and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return seen


# ------------------------------------------------------------- whose turn


def _told(people: Collection[User]) -> tuple[set[tuple[int, int]], dict[int, dt.datetime]]:
    """Who was told of which open task, and when each had the last overview."""
    rows = TaskTold.objects.filter(recipient__in=people)
    told = set(rows.filter(task__done_at=None).values_list("recipient_id", "task_id"))
    overviews = rows.filter(at_once=False).order_by().values_list("recipient_id")
    return told, dict(overviews.annotate(Max("told_at")))


def _is_due(new: Sequence[Task], chosen: MailPreferences, last: dt.datetime | None, now: dt.datetime) -> bool:
    if not new or chosen.tasks == Frequency.NONE:
        return False
    start = period(chosen.tasks, now, chosen.digest_hour, chosen.digest_day).start
    had = last is not None and last >= start
    return _is_urgent(new) or (not had and min(task.created_at for task in new) < start)


def _is_urgent(tasks: Iterable[Task]) -> bool:
    return any(task.kind in AT_ONCE for task in tasks)


# ------------------------------------------------------------- the mail


@transaction.atomic
def _tell(person_id: int, tasks: Collection[int], now: dt.datetime) -> bool:
    """One mail to one person; whom another run has in hand is left to it."""
    person = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=person_id).first()
    if person is None:
        return False
    mine = Task.objects.filter(pk__in=tasks, done_at=None)
    new = _whole(mine.exclude(told__recipient=person))
    if not new:
        return False
    mail = mail_to(
        of_person(person),
        KIND,
        key=f"tasks:{person.pk}:{max(task.pk for task in new)}",
        context=of_tasks(new, open_tasks=mine.count()),
    )
    TaskTold.objects.bulk_create(
        TaskTold(recipient=person, task=task, mail=mail, told_at=now, at_once=_is_urgent(new)) for task in new
    )
    return mail is not None


def _whole(tasks: Any) -> list[Task]:
    return list(tasks.select_related("booking__activity", "request__school", "provider").order_by("created_at", "pk"))


def of_tasks(new: Sequence[Task], *, open_tasks: int) -> dict[str, Any]:
    """What the mail says of these tasks, what cannot wait first."""
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


# ------------------------------------------------------------- before it goes


def holds(mail: OutgoingMail) -> bool:
    """Whether any task of a mail that had to wait is still open; what is done is left out."""
    told = Task.objects.filter(told__mail=mail)
    left = _whole(told.filter(done_at=None))
    if left and len(left) < told.count():
        desk = _desks(timezone.now()).get(mail.recipient, left) if mail.recipient else left
        draft = draft_mail(
            key=mail.key,
            to=mail.to,
            template=KIND,
            context=of_tasks(left, open_tasks=len(desk)),
            recipient=mail.recipient,
            language=mail.language,
        )
        for name in SAYS:
            setattr(mail, name, getattr(draft, name))
    return bool(left)


checks.register(KIND, holds)
