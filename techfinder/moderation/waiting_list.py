"""Who waits for a place and what is to be done, of one desk: its regions, and what colleagues handed over to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from techfinder.bookings.models import Task, Waiting
from techfinder.bookings.queries.waiting import waiting_now
from techfinder.matches.models import Match
from techfinder.moderation.access import Desk
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import municipality_ids

DUE, NOTHING, FITS, HANDED = "kijken", "niets", "past", "over"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the list is asked for; empty is everything."""

    region: Region | None = None
    theme: str = ""
    part: str = ""


def waiting_of(desk: Desk, chosen: Chosen | None = None) -> QuerySet[Waiting]:
    """The waiting list of a desk, the longest first."""
    found = _of_desk(desk, waiting_now()).order_by("since", "pk")
    if chosen is None:
        return found
    if chosen.region:
        found = found.filter(request__school__municipality__in=municipality_ids(chosen.region))
    if chosen.theme:
        found = found.filter(request__themes__contains=[chosen.theme])
    return _part(found, chosen.part)


def _of_desk(desk: Desk, found: QuerySet[Waiting]) -> QuerySet[Waiting]:
    if desk.codes is None:
        return found
    codes = sorted(desk.codes)
    return found.filter(Q(request__school__municipality__code__in=codes) | Q(handed_to__code__in=codes))


def _part(found: QuerySet[Waiting], part: str) -> QuerySet[Waiting]:
    fitting = Match.objects.placed().values("request")
    parts = {
        DUE: Q(look_on__lte=timezone.localdate()),
        NOTHING: ~Q(request__in=fitting),
        FITS: Q(request__in=fitting),
        HANDED: Q(handed_to__isnull=False),
    }
    return found.filter(parts[part]) if part in parts else found


def waiting_row(desk: Desk, uuid: UUID) -> Waiting:
    """One that waits, or 404."""
    found = waiting_of(desk).select_related(
        "request__school__municipality__parent", "request__contact", "handed_to", "looked_by"
    )
    return get_object_or_404(found, request__uuid=uuid)


def request_of(desk: Desk, uuid: UUID) -> Request:
    """An open request for which this desk may ask: of its regions, or handed over to it; else 404."""
    found = Request.objects.open().select_related("school__municipality__parent", "contact")
    if desk.codes is not None:
        codes = sorted(desk.codes)
        handed = Q(waiting__handed_to__code__in=codes, waiting__ended_at=None)
        found = found.filter(Q(school__municipality__code__in=codes) | handed)
    return get_object_or_404(found, uuid=uuid)


def tasks_of(desk: Desk, kind: str = "") -> QuerySet[Task]:
    """What is to be done, the oldest first."""
    found = Task.objects.filter(done_at=None).order_by("created_at", "pk")
    if desk.codes is not None:
        found = found.filter(region__code__in=sorted(desk.codes))
    return found.filter(kind=kind) if kind in Task.Kind.values else found


def task_of(desk: Desk, pk: int) -> Task:
    """One task of this desk, done or not, with all that it is about; else 404."""
    found = Task.objects.all()
    if desk.codes is not None:
        found = found.filter(region__code__in=sorted(desk.codes))
    return get_object_or_404(with_subjects(found), pk=pk)


def with_subjects(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with what they are about, in one query."""
    return tasks.select_related(
        "booking__request__school__municipality", "booking__activity__provider", "request__school__municipality",
        "provider", "region", "done_by",
    )  # fmt: skip
