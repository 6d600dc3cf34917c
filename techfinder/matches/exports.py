"""Pairs as they are exported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Window
from django.db.models.functions import RowNumber

from matching import iter_all
from techfinder.activities.models import Activity
from techfinder.matches.actions.finding import refresh_rows
from techfinder.matches.models import BEST_FIRST, Match
from techfinder.matches.rows import SHARDS, World, load_activities, load_requests
from techfinder.requests.models import Request


def every_pair(*, today: dt.date | None = None) -> Iterator[tuple[str, str]]:
    """The references of every eligible pair, stored or not, request by request and best first.

    Province by province, so that memory stays that of one.
    """
    refresh_rows(today=today)
    world = World(today=today)
    activities = load_activities(world).columns
    terms = world.terms(Match.objects.settled_pairs())
    asked = {pk: ref or str(uuid) for pk, ref, uuid in Request.objects.values_list("pk", "ref", "uuid")}
    offered = {pk: ref or slug for pk, ref, slug in Activity.objects.values_list("pk", "ref", "slug")}
    for province in SHARDS:
        for part in iter_all(load_requests(world, province=province).columns, activities, terms):
            for request_id, activity_id in zip(part.request_id.tolist(), part.activity_id.tolist(), strict=True):
                yield asked[request_id], offered[activity_id]


def stored_pairs() -> Iterator[dict[str, Any]]:
    """All open matches as they are exported; what has no reference goes by its address on the site."""
    fields = ("request__ref", "request__uuid", "activity__ref", "activity__slug", "score", "reasons")
    rank = Window(RowNumber(), partition_by="request_id", order_by=BEST_FIRST)
    rows = Match.objects.open().annotate(rank=rank).order_by("request_id", "rank").values_list(*fields, "rank")
    for request_ref, uuid, activity_ref, slug, score, reasons, rank in rows.iterator(chunk_size=2000):
        yield {
            "request_ref": request_ref or str(uuid),
            "activity_ref": activity_ref or slug,
            "score": score,
            "rank": rank,
            "reasons": reasons,
        }
