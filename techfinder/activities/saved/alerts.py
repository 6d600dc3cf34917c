"""Who is told of what is new.

A run takes the searches that are due, batch by batch, each row held until its mail and its watermark are written in the
same transaction: two runs at once never take the same row, and what fails or is killed is taken by the next run. What
goes into a mail is what has a higher number than the last one had, never what came in some window of time: a run that
is missed loses nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from techfinder.activities import search
from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.on_cards import OnCard, on_cards
from techfinder.activities.saved import mails
from techfinder.activities.saved.arrivals import number_arrivals
from techfinder.activities.saved.queries import due
from techfinder.activities.saved.reading import is_about_others, reading_of
from techfinder.activities.saved.schedule import next_due
from techfinder.activities.saved.tending import stop_undeliverable
from techfinder.celery import wake

logger = logging.getLogger(__name__)

TASK = "activities.alerts"
BATCH = 200
# A run that takes longer leaves the rest to the next one.
SECONDS_PER_RUN = 40


@dataclass(frozen=True)
class Fresh:
    """What a search has above its watermark: ids in the order of the search, and distances in km (None: no point)."""

    saved: SavedSearch
    distances: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Known:
    """An activity as `less` sees it."""

    arrival: int
    provider: str
    kind: str
    themes: list[str]


@dataclass
class Run:
    """One run: up to which number it looks, and at what moment."""

    top: int
    now: dt.datetime
    told: int = 0
    # Number per id of what the batch has not been told and cannot be shown now.
    _hidden: Mapping[int, int] = field(default_factory=dict)

    @transaction.atomic
    def take(self, after: int) -> int | None:
        """Tell the next searches that are due; returns the last one's id, None when there is none."""
        rows = due(now=self.now, top=self.top).filter(pk__gt=after).order_by("pk").select_related("user")
        batch = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:BATCH])
        if not batch:
            return None
        self._hidden = hidden_among(batch, self.top)
        fresh = self._search(batch)
        news = News({pk for each in fresh for pk in each.distances}, self.top)
        quiet = [each.saved for each in fresh if not self._attempt(each, news.of(each))]
        self._pass_over(quiet)
        return batch[-1].pk

    def _search(self, batch: Collection[SavedSearch]) -> list[Fresh]:
        now, found = search.now(), []
        themes = self._new_themes(batch)
        for saved in batch:
            if not saved.passed_over and is_about_others(saved, themes):
                found.append(Fresh(saved, {}))
                continue
            reading = reading_of(saved)
            if not reading.is_possible:
                pause_impossible(saved)
                continue
            hits = now.find_all(reading.criteria, after=saved.watermark).km()
            if saved.passed_over:
                every = now.find_all(reading.criteria).km()
                hits |= {pk: every[pk] for pk in saved.passed_over if pk in every}
            found.append(Fresh(saved, hits))
        return found

    def _left(self, saved: SavedSearch) -> list[int]:
        """What was new to it and is hidden: to be told when it is public again."""
        before = set(saved.passed_over)
        return sorted(pk for pk, arrival in self._hidden.items() if arrival > saved.watermark or pk in before)

    def _new_themes(self, batch: Iterable[SavedSearch]) -> set[str]:
        """The themes of all that is new to any of these."""
        since = min(saved.watermark for saved in batch)
        lists = Activity.objects.filter(arrival__gt=since, arrival__lte=self.top).values_list("themes", flat=True)
        return {theme for themes in lists for theme in themes}

    def _attempt(self, fresh: Fresh, hits: Sequence[mails.Hit]) -> bool:
        """Mail one; False when there was nothing to mail. What cannot be composed holds up nobody else, and stays."""
        if not hits:
            return False
        try:
            with transaction.atomic():
                self._tell(fresh.saved, hits)
        except Exception:
            logger.exception("an alert cannot be composed")
        return True

    def _tell(self, saved: SavedSearch, hits: Sequence[mails.Hit]) -> None:
        mails.tell(saved, hits, up_to=self.top)
        saved.passed_over = self._left(saved)
        saved.watermark, saved.sent_at = self.top, self.now
        saved.next_due_at = next_due(saved.frequency, after=self.now)
        saved.save(update_fields=["watermark", "passed_over", "sent_at", "next_due_at"])
        self.told += 1

    def _pass_over(self, quiet: Iterable[SavedSearch]) -> None:
        """Nothing new for these: they are looked at again when they are due."""
        groups = defaultdict(list)
        for saved in quiet:
            groups[saved.frequency, tuple(self._left(saved))].append(saved.pk)
        for (frequency, left), ids in groups.items():
            due_at = next_due(frequency, after=self.now)
            rows = SavedSearch.objects.filter(pk__in=ids)
            rows.update(watermark=self.top, passed_over=list(left), next_due_at=due_at)


def hidden_among(batch: Collection[SavedSearch], top: int) -> dict[int, int]:
    """Number per id of what is not public now, may come back, and has not been told to all of these."""
    since = min(saved.watermark for saved in batch)
    before = {pk for saved in batch for pk in saved.passed_over}
    may_come_back = Activity.objects.filter(status__in=[Activity.Status.PUBLISHED, Activity.Status.PAUSED])
    untold = may_come_back.filter(Q(arrival__gt=since) | Q(pk__in=before), arrival__gt=0, arrival__lte=top)
    hidden = untold.exclude(pk__in=Activity.objects.public().values("pk"))
    return {pk: arrival or 0 for pk, arrival in hidden.values_list("pk", "arrival")}


class News:
    """What is new to a batch, read once and as it is at this moment."""

    def __init__(self, ids: Iterable[int], top: int) -> None:
        wanted = sorted(ids)
        self.cards: dict[int, OnCard] = {each.pk: each for each in on_cards(wanted)}
        rows = Activity.objects.filter(pk__in=wanted, arrival__gt=0, arrival__lte=top)
        columns = rows.values_list("pk", "arrival", "provider__slug", "kind", "themes")
        self.known = {pk: Known(arrival or 0, slug, kind, themes) for pk, arrival, slug, kind, themes in columns}

    def of(self, fresh: Fresh) -> list[mails.Hit]:
        """What is to be told of it, in the order of the search."""
        return [
            mails.Hit(self.cards[pk], far)
            for pk, far in fresh.distances.items()
            if pk in self.cards and pk in self.known and self._is_news(pk, fresh.saved)
        ]

    def _is_news(self, pk: int, saved: SavedSearch) -> bool:
        known = self.known[pk]
        is_new = known.arrival > saved.watermark or pk in saved.passed_over
        return is_new and not any(is_left_out(pk, known, each) for each in saved.less)


def is_left_out(pk: int, known: Known, entry: Mapping[str, Any]) -> bool:
    """Whether "less like this" of an entry speaks of this activity."""
    by, value = entry["by"], entry["value"]
    own: dict[str, list[Any]] = {
        "activity": [pk],
        "provider": [known.provider],
        "kind": [known.kind],
        "theme": known.themes,
    }
    return value in own.get(by, [])


def pause_impossible(saved: SavedSearch) -> None:
    """A search of which nothing is left, or whose last day is over, finds nothing any more: say so, once."""
    saved.state = SavedSearch.State.PAUSED
    saved.save(update_fields=["state"])
    mails.say_paused(saved)


def send_alerts(*, now: dt.datetime | None = None, seconds: float = SECONDS_PER_RUN) -> int:
    """Tell who is due what is new to them; nothing new, no mail. Returns how many mails were queued."""
    until = time.monotonic() + seconds
    stop_undeliverable()
    run, last = Run(number_arrivals(), now or timezone.now()), 0
    while time.monotonic() < until:
        reached = run.take(last)
        if reached is None:
            return run.told
        last = reached
    wake(TASK)
    return run.told
