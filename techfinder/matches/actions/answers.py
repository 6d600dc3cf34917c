"""What people say of a match: the school declines or asks, the provider offers itself."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from techfinder.celery import wake
from techfinder.matches import telling
from techfinder.matches.models import Match
from techfinder.matches.pairs import rerank


@transaction.atomic
def decline(*, match_id: int) -> bool:
    """The school says that this does not suit: the pair never comes back. False when it was settled already."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state in Match.SETTLED:
        return False
    match.state = Match.State.DECLINED
    match.save(update_fields=["state"])
    rerank([match.request_id])
    return True


@transaction.atomic
def ask(*, match_id: int) -> bool:
    """The school asks for this activity: its provider is mailed, once, and can answer the school directly."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state != Match.State.OPEN or match.asked_at:
        return False
    match.asked_at = timezone.now()
    match.save(update_fields=["asked_at"])
    telling.tell_of_asking(match_id=match_id)
    return True


@transaction.atomic
def offer(*, match_id: int, user_id: int) -> bool:
    """Somebody of the provider offers itself: the school is mailed, once, and can answer directly."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state != Match.State.OPEN or match.offered_at:
        return False
    match.offered_at = timezone.now()
    match.save(update_fields=["offered_at"])
    telling.tell_of_offering(match_id=match_id, user_id=user_id)
    return True


def wake_sweeper() -> None:
    """Look now instead of within a minute (after an import)."""
    wake("matches.sweep")
