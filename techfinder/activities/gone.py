"""Regions that an activity names and that are no longer there."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, ngettext

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.queries import region_names


def gone_regions(activity: Activity) -> list[str]:
    """The codes that no region has any more, in the order of the activity."""
    return gone_of([activity]).get(activity.pk, [])


def gone_of(activities: Iterable[Activity]) -> dict[int | None, list[str]]:
    """The codes that are gone of each activity that has some, by its id; one query for all."""
    named = {activity.pk: activity.regions for activity in activities}
    codes = {code for regions in named.values() for code in regions}
    known = region_names(codes) if codes else {}
    lost = {pk: [code for code in regions if code not in known] for pk, regions in named.items()}
    return {pk: gone for pk, gone in lost.items() if gone}


def is_nowhere(activity: Activity, gone: Iterable[str]) -> bool:
    """Without the regions that are gone there is no place left where it can be had."""
    return Delivery.ONLINE not in activity.delivery and not set(activity.regions) - set(gone)


def warning(activity: Activity, gone: list[str]) -> str:
    """What that means, for those who can mend it; empty when nothing is gone."""
    if not gone:
        return ""
    if is_nowhere(activity, gone):
        return gettext("The region of this activity no longer exists. No school finds it there. Choose another region.")
    return ngettext(
        "A region of this activity no longer exists and is left out. Look at whether the others are right.",
        "%(n)d regions of this activity no longer exist and are left out. Look at whether the others are right.",
        len(gone),
    ) % {"n": len(gone)}
