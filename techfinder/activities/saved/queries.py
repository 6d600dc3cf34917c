"""Reads of saved searches that several callers share."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from techfinder.accounts.models import User
from techfinder.activities.models import SavedSearch
from techfinder.mail.models import MailPreferences, Suppression

State = SavedSearch.State


def of_person(user: User) -> QuerySet[SavedSearch]:
    """All of somebody who is signed in, also those that were saved without an account; newest first."""
    mine = Q(user=user) | Q(user=None, email=user.email.lower())
    return SavedSearch.objects.filter(mine).exclude(state=State.UNCONFIRMED).select_related("user")


def at_address(email: str) -> QuerySet[SavedSearch]:
    """Those whose mail goes to this address (in lower case)."""
    return SavedSearch.objects.filter(Q(user__email=email) | Q(user=None, email=email))


def due(*, now: dt.datetime, top: int) -> QuerySet[SavedSearch]:
    """Those that are to be looked at: their morning has come, or they go at once and there is something new.

    Not of an address that wants no mail about its searches: what comes meanwhile is kept.
    """
    waiting = ~Q(frequency=SavedSearch.Frequency.AT_ONCE) | Q(watermark__lt=top) | ~Q(passed_over=[])
    rows = SavedSearch.objects.filter(waiting, state=State.ACTIVE, next_due_at__lte=now)
    unwanted = MailPreferences.objects.filter(
        searches=False, email=Coalesce(OuterRef("user__email"), OuterRef("email"))
    )
    return rows.filter(~Exists(unwanted))


def undeliverable() -> QuerySet[SavedSearch]:
    """Those whose address takes no mail any more; `why` is what the list of such addresses says."""
    dead = Suppression.objects.dead().values("email")
    running = SavedSearch.objects.filter(state__in=[State.ACTIVE, State.PAUSED])
    return running.alias(goes_to=Coalesce(F("user__email"), F("email"))).filter(goes_to__in=dead)
