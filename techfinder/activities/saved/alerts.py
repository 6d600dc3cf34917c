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
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from techfinder.activities import search
from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.on_cards import OnCard, on_cards
from techfinder.activities.saved import mails
from techfinder.activities.saved.arrivals import number_arrivals, rested
from techfinder.activities.saved.queries import due
from techfinder.activities.saved.reading import is_about_others, reading_of
from techfinder.activities.saved.schedule import next_due
from techfinder.activities.saved.tending import stop_undeliverable
from techfinder.celery import wake
from techfinder.mail.actions.many import queue_many
from techfinder.mail.kinds import kind_of
from techfinder.mail.models import MailPreferences, OutgoingMail
from techfinder.mail.policy import budget, quiet
from techfinder.mail.queries import preferences_of

logger = logging.getLogger(__name__)

TASK = "activities.alerts"
TEMPLATE = "search_alert"
BATCH = 200
# Whoever had enough this week, or has holiday, is left alone for so long at least.
LOOK_AGAIN = dt.timedelta(hours=1)
TOLD = ("told", "told_in", "passed_over", "watermark", "sent_at", "next_due_at")
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
    # What the addresses of the batch want.
    _chosen: Mapping[str, MailPreferences] = field(default_factory=dict)
    # Number per id of what the batch has not been told and cannot be shown now.
    _hidden: Mapping[int, int] = field(default_factory=dict)

    @transaction.atomic
    def take(self, after: int) -> int | None:
        """Tell the next searches that are due; returns the last one's id, None when there is none."""
        rows = due(now=self.now, top=self.top).filter(pk__gt=after).order_by("pk").select_related("user")
        batch = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True)[:BATCH])
        if not batch:
            return None
        self._chosen = preferences_of([saved.address for saved in batch])
        if open_now := self._may_be_mailed(batch):
            self._tell_batch(open_now)
        return batch[-1].pk

    def _may_be_mailed(self, batch: Sequence[SavedSearch]) -> list[SavedSearch]:
        """Those that are no school's in its holidays, and of whom had less than they want in a week; others wait."""
        addresses = [saved.address for saved in batch]
        zones, room = quiet.zones_of(addresses), budget.left(addresses, self.now)
        waiting: dict[dt.datetime, list[int]] = defaultdict(list)
        found = []
        for saved in batch:
            opens = quiet.opens(kind_of(TEMPLATE), zones[saved.address], self.now)
            if opens > self.now or not room[saved.address]:
                waiting[max(opens, self.now + LOOK_AGAIN)].append(saved.pk)
            else:
                room[saved.address] -= 1
                found.append(saved)
        for moment, ids in waiting.items():
            SavedSearch.objects.filter(pk__in=ids).update(next_due_at=moment)
        return found

    def _tell_batch(self, batch: Sequence[SavedSearch]) -> None:
        self._hidden = hidden_among(batch, self.top)
        fresh = self._search(batch)
        news = News({pk for each in fresh for pk in each.distances}, self.top)
        drafts: dict[int, OutgoingMail] = {}
        told, nothing = [], []
        for each in fresh:
            hits = news.of(each)
            if not hits:
                nothing.append(each.saved)
            elif mail := self._draft(each.saved, hits):
                drafts[each.saved.pk] = mail
                told.append(each.saved)
        self._write(told, drafts)
        self._pass_over(nothing)

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

    def _draft(self, saved: SavedSearch, hits: Sequence[mails.Hit]) -> OutgoingMail | None:
        """Its mail; None when it cannot be composed: that holds up nobody else, and stays."""
        try:
            mail = mails.draft(saved, hits, up_to=self.top)
        except Exception:
            logger.exception("an alert cannot be composed")
            return None
        saved.told = [[hit.activity.pk, hit.distance] for hit in hits]
        return mail

    def _write(self, told: Sequence[SavedSearch], drafts: Mapping[int, OutgoingMail]) -> None:
        written = queue_many(list(drafts.values()))
        for saved in told:
            saved.told_in_id = written[drafts[saved.pk].key]  # type: ignore[attr-defined]
            saved.passed_over = self._left(saved)
            saved.watermark, saved.sent_at = max(saved.watermark, self.top), self.now
            saved.next_due_at = next_due(saved.frequency, after=self.now, chosen=self._chosen[saved.address])
        SavedSearch.objects.bulk_update(told, TOLD)
        self.told += len(told)

    def _pass_over(self, nothing: Iterable[SavedSearch]) -> None:
        """Nothing new for these: they are looked at again when they are due."""
        groups = defaultdict(list)
        for saved in nothing:
            due_at = next_due(saved.frequency, after=self.now, chosen=self._chosen[saved.address])
            groups[due_at, tuple(self._left(saved))].append(saved.pk)
        for (due_at, left), ids in groups.items():
            rows = SavedSearch.objects.filter(pk__in=ids)
            # It may be higher: what was there when it was saved was no news.
            highest = Greatest(F("watermark"), Value(self.top))
            rows.update(watermark=highest, passed_over=list(left), next_due_at=due_at)


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
    until, now, last = time.monotonic() + seconds, now or timezone.now(), 0
    stop_undeliverable()
    top = number_arrivals()
    if quiet.opens(kind_of(TEMPLATE), quiet.ANYBODY, now) > now:
        return 0
    run = Run(rested(top, now), now)
    while time.monotonic() < until:
        reached = run.take(last)
        if reached is None:
            return run.told
        last = reached
    wake(TASK)
    return run.told
