"""Every write to the list of a school."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from techfinder.accounts.models import User
from techfinder.activities.models import Activity, Favourite
from techfinder.organisations.models import School


@transaction.atomic
def keep(*, school: School, activity: Activity, user: User) -> bool:
    """Put an offer on the list of a school. False when a colleague had done so already."""
    _row, created = Favourite.objects.get_or_create(school=school, activity=activity, defaults={"user": user})
    return created


@transaction.atomic
def drop(*, school: School, activity: Activity) -> bool:
    """Take an offer off the list. False when it was not on it."""
    count, _per_model = Favourite.objects.filter(school=school, activity=activity).delete()
    return bool(count)


@transaction.atomic
def write_note(*, favourite: Favourite, note: str) -> Favourite:
    """Keep a word for the team; empty takes it away."""
    favourite.note = note
    favourite.save(update_fields=["note"])
    return favourite


@transaction.atomic
def move_to_school(*, school: School, user: User, activity_ids: Collection[int]) -> int:
    """Put what was kept on a device on the list of a school. Returns how many were new there."""
    there = Activity.objects.public().filter(pk__in=activity_ids).exclude(favourites__school=school)
    rows = [Favourite(school=school, activity=activity, user=user) for activity in there.only("pk")]
    Favourite.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
