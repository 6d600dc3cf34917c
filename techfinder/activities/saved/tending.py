"""What time does to saved searches: never confirmed, no longer wanted, not to be delivered."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from techfinder.activities.models import SavedSearch
from techfinder.activities.saved import mails
from techfinder.activities.saved.queries import undeliverable

State, Stopped = SavedSearch.State, SavedSearch.Stopped
UNCONFIRMED_FOR = dt.timedelta(days=3)
ASKED_AFTER = dt.timedelta(days=365)
ANSWER_WITHIN = dt.timedelta(days=mails.DAYS_TO_ANSWER)
# The page of a stopped one offers to start again for so long.
STOPPED_FOR = dt.timedelta(days=365)
BATCH = 200


def tend() -> None:
    """All of it, once an hour."""
    drop_unconfirmed()
    drop_stopped()
    stop_silent()
    ask_still_wanted()


@transaction.atomic
def stop_undeliverable() -> int:
    """Stop what goes to an address that takes no mail. Returns how many."""
    ids = list(undeliverable().values_list("pk", flat=True))
    return _stop(SavedSearch.objects.filter(pk__in=ids), Stopped.BOUNCED) if ids else 0


@transaction.atomic
def drop_unconfirmed() -> int:
    """Forget addresses that nobody confirmed."""
    old = SavedSearch.objects.filter(state=State.UNCONFIRMED, created_at__lt=timezone.now() - UNCONFIRMED_FOR)
    return old.delete()[0]


@transaction.atomic
def drop_stopped() -> int:
    """Forget what was stopped a year ago."""
    return SavedSearch.objects.filter(state=State.STOPPED, stopped_at__lt=timezone.now() - STOPPED_FOR).delete()[0]


@transaction.atomic
def stop_silent() -> int:
    """Stop what nobody said to want any more within the days given. Returns how many."""
    silent = SavedSearch.objects.filter(
        state__in=[State.ACTIVE, State.PAUSED], wanted_asked_at__lt=timezone.now() - ANSWER_WITHIN
    )
    return _stop(silent, Stopped.SILENT)


def ask_still_wanted() -> int:
    """Ask once a year. Returns how many were asked."""
    asked = 0
    while batch := _ask_some():
        asked += batch
    return asked


@transaction.atomic
def _ask_some() -> int:
    now = timezone.now()
    old = Q(wanted_at__lt=now - ASKED_AFTER, wanted_asked_at=None)
    rows = SavedSearch.objects.filter(old, state__in=[State.ACTIVE, State.PAUSED]).order_by("pk").select_related("user")
    found = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    for saved in found:
        mails.ask_wanted(saved)
    SavedSearch.objects.filter(pk__in=[saved.pk for saved in found]).update(wanted_asked_at=now)
    return len(found)


def _stop(rows: QuerySet[SavedSearch], because: str) -> int:
    return rows.update(state=State.STOPPED, stopped_because=because, stopped_at=timezone.now())
