"""Reads of saved searches that several callers share."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from techfinder.accounts.models import User
from techfinder.activities.models import SavedSearch
from techfinder.mail.models import Suppression

State = SavedSearch.State


def of_person(user: User) -> QuerySet[SavedSearch]:
    """All of somebody who is signed in, also those that were saved without an account; newest first."""
    mine = Q(user=user) | Q(user=None, email=user.email.lower())
    return SavedSearch.objects.filter(mine).exclude(state=State.UNCONFIRMED).select_related("user")


def due(*, now: dt.datetime, top: int) -> QuerySet[SavedSearch]:
    """Those that are to be looked at: their morning has come, or they go at once and there is something new."""
    waiting = ~Q(frequency=SavedSearch.Frequency.AT_ONCE) | Q(watermark__lt=top) | ~Q(passed_over=[])
    return SavedSearch.objects.filter(waiting, state=State.ACTIVE, next_due_at__lte=now)


def undeliverable() -> QuerySet[SavedSearch]:
    """Those whose address takes no mail any more; `why` is what the list of such addresses says."""
    dead = Suppression.objects.dead().values("email")
    running = SavedSearch.objects.filter(state__in=[State.ACTIVE, State.PAUSED])
    return running.alias(goes_to=Coalesce(F("user__email"), F("email"))).filter(goes_to__in=dead)
