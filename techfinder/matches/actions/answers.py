"""What people say of a match: the school declines or asks, the provider offers itself. An answer frees a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from techfinder.celery import wake
from techfinder.matches.fairness import placing
from techfinder.matches.models import Match, Rematch
from techfinder.matches.telling import notifications

# So many providers are held at once.
PROVIDERS_PER_RUN = 200


@transaction.atomic
def decline(*, match_id: int) -> bool:
    """The school says that this does not suit: the pair never comes back. False when it was settled already."""
    return _settle(match_id, Match.State.DECLINED)


@transaction.atomic
def withdraw(*, match_id: int) -> bool:
    """The provider says no: the pair never comes back. False when it was settled already."""
    return _settle(match_id, Match.State.WITHDRAWN)


def _settle(match_id: int, state: Match.State) -> bool:
    match = _hold(match_id)
    if match.state in Match.SETTLED:
        return False
    match.state, match.closed_at = state, timezone.now()
    match.save(update_fields=["state", "closed_at"])
    if state == Match.State.WITHDRAWN:
        notifications.forget_request(request_id=match.request_id, provider_id=match.activity.provider_id)  # type: ignore[attr-defined]
    # Its place in both lists goes to the next best.
    wake("matches.sweep")
    _wake_release(match)
    return True


@transaction.atomic
def ask(*, match_id: int) -> bool:
    """Keep that the school asks for this activity; bookings do the asking. False when that was kept already.

    A school may always ask: what was held back is before both sides from then on.
    """
    match = _hold(match_id)
    if match.state != Match.State.OPEN or match.asked_at:
        return False
    match.asked_at = timezone.now()
    match.placed_at, match.held = match.placed_at or match.asked_at, Match.Held.NO
    match.save(update_fields=["asked_at", "placed_at", "held"])
    return True


@transaction.atomic
def offer(*, match_id: int) -> bool:
    """Keep that the provider offers itself; bookings tell the school.

    False when that was kept already, or when the match is not before the provider.
    """
    match = _hold(match_id)
    if match.state != Match.State.OPEN or match.offered_at or match.placed_at is None:
        return False
    match.offered_at = timezone.now()
    match.save(update_fields=["offered_at"])
    _wake_release(match)
    return True


def _hold(match_id: int) -> Match:
    return Match.objects.select_for_update(of=("self",)).select_related("activity").get(pk=match_id)


def _wake_release(match: Match) -> None:
    """By the worker: whoever answers does not wait until the rows of the provider are free."""
    wake("matches.release", match.activity.provider_id)


def release_places(*, provider_ids: Collection[int] | None = None, now: dt.datetime | None = None) -> int:
    """Give the places that fell free to the best that was held, and note both sides. None is all providers.

    Returns how many matches were put before people: none while a run over everything is going, which does it last.
    """
    if Rematch.objects.filter(state=Rematch.State.RUNNING).exists():
        return 0
    ids = placing.providers_with_held() if provider_ids is None else sorted(set(provider_ids))
    runs = [ids[start : start + PROVIDERS_PER_RUN] for start in range(0, len(ids), PROVIDERS_PER_RUN)]
    return sum(_release(run, now) for run in runs)


@transaction.atomic
def _release(provider_ids: Collection[int], now: dt.datetime | None) -> int:
    placed = placing.place(provider_ids=provider_ids, now=now)
    notifications.note(placed)
    return len(placed)
