"""Weights of the score: proposed, counted and applied. What is applied is recorded, and never changed after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.matches.actions.rematching import start_rematch
from techfinder.matches.fairness import previewing
from techfinder.matches.fairness.weights import current_weight_set, default_weights, is_overtaken, weights_of
from techfinder.matches.models import WeightSet

LOCK = 0x7EC4F3  # the advisory lock of weights: they are proposed and applied one after the other
# Renewed after each province; a worker that died is waited for so long.
LEASE = dt.timedelta(minutes=3)
# What could not be counted for so long is not tried again.
PATIENCE = dt.timedelta(days=1)


class RefusedError(Exception):
    """These weights cannot be applied now; the message tells the person why."""


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def propose_weights(*, user: User, values: Mapping[str, float], note: str) -> WeightSet:
    """Keep weights (0-100 each) and have counted what they would change; a form sent twice proposes once."""
    _lock()
    same = WeightSet.objects.filter(created_by=user, values=dict(values), note=note, applied_at=None)
    current = current_weight_set()
    for proposed in same.filter(_countable()):
        if not is_overtaken(proposed, current):
            return proposed
    proposed = WeightSet.objects.create(values=dict(values), note=note, created_by=user)
    wake("matches.preview_weights", proposed.pk)
    return proposed


# --------------------------------------------------------------------- preview


def _countable() -> Q:
    return Q(created_at__gt=timezone.now() - PATIENCE)


def _to_count() -> QuerySet[WeightSet]:
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return WeightSet.objects.filter(free, _countable(), previewed_at=None)


def wake_previews() -> int:
    """Ask a worker for every preview that was not counted yet and that nobody is counting; returns how many."""
    waiting = list(_to_count().order_by("pk").values_list("pk", flat=True))
    for weight_set_id in waiting:
        wake("matches.preview_weights", weight_set_id)
    return len(waiting)


def preview_weights(*, weight_set_id: int, today: dt.date | None = None) -> bool:
    """Count what a proposal would change; False when that is done, or another worker is at it.

    Counting holds no transaction: the lease keeps a second worker away, and who is killed loses it by time.
    """
    if not _hold(_to_count(), weight_set_id):
        return False
    proposed = WeightSet.objects.get(pk=weight_set_id)
    against = current_weight_set()
    uncounted = WeightSet.objects.filter(previewed_at=None)
    counted = previewing.count_preview(
        now=weights_of(against.values) if against else default_weights(),
        then=weights_of(proposed.values),
        today=today,
        working=partial(_hold, uncounted, weight_set_id),
    )
    preview = {**counted, "against": against.pk if against else None}
    done = uncounted.filter(pk=weight_set_id)
    return bool(done.update(preview=preview, previewed_at=timezone.now(), lease_until=None))


def _hold(free: QuerySet[WeightSet], weight_set_id: int) -> bool:
    return bool(free.filter(pk=weight_set_id).update(lease_until=timezone.now() + LEASE))


# ----------------------------------------------------------------------- apply


@transaction.atomic
def apply_weights(*, weight_set_id: int, user: User) -> WeightSet:
    """Score everything with these weights from now on, and match the whole country anew; RefusedError when it may not.

    Only what was counted against the weights in force may be applied: nobody applies what nobody has seen.
    """
    _lock()
    proposed = WeightSet.objects.get(pk=weight_set_id)
    if proposed.applied_at:
        raise RefusedError(_("These weights were applied before. Propose them again to bring them back."))
    if proposed.preview is None:
        raise RefusedError(_("What these weights change is not counted yet. Wait for that first."))
    if is_overtaken(proposed, current_weight_set()):
        raise RefusedError(
            _("Other weights were applied since this was counted. Propose these again to see what they change now.")
        )
    proposed.applied_by, proposed.applied_at = user, timezone.now()
    proposed.save(update_fields=["applied_by", "applied_at"])
    start_rematch()
    return proposed
