"""When may somebody be mailed? Not at night what can wait, and a school not in its holidays what only suggests.

The hours are a setting, the holidays data (`taxonomy.holidays`). Which address is a school's is known by the rooms
above, which register how to find out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from techfinder.mail.kinds import SUGGESTIONS, Group, Kind, Sort
from techfinder.taxonomy import workdays
from techfinder.taxonomy.holidays import EVERYWHERE
from techfinder.taxonomy.workdays import ONE_DAY, Workdays


@dataclass(frozen=True, slots=True)
class Zone:
    """Whether the address is a school's, and in which holiday region ("" when that is not known)."""

    is_school: bool = False
    region: str = ""


ANYBODY = Zone()
# Of the addresses (in lower case) those that are a school's, with its holiday region.
Lookup = Callable[[Collection[str]], dict[str, str]]
_lookups: list[Lookup] = []


def register(lookup: Lookup) -> Lookup:
    """Add a way to find out which addresses are a school's; called by the rooms that know, once."""
    _lookups.append(lookup)
    return lookup


def zones_of(addresses: Collection[str]) -> dict[str, Zone]:
    """The zone of each address, by the address in lower case. One query per room that knows schools."""
    wanted = {address.lower() for address in addresses}
    found = {address: region for lookup in reversed(_lookups) for address, region in lookup(wanted).items()}
    return {address: Zone(True, found[address]) if address in found else ANYBODY for address in wanted}


def opens(kind: Kind, zone: Zone, at: dt.datetime, *, urgent: bool = False) -> dt.datetime:
    """The first moment, from `at` on, at which a mail of this kind may go to an address of this zone.

    `urgent`: it answers what this person did just now, or cannot wait for the morning.
    """
    if settings.QUIET_HOURS is None or urgent or kind.sort == Sort.CODE:
        return at
    evening, morning = settings.QUIET_HOURS
    if _rests_at_night(kind, zone):
        at = _after_night(at, evening, morning)
    if zone.is_school and _rests_in_holidays(kind):
        at = _after_holiday(at, Workdays(zone.region), morning)
    return at


def opens_for(kind: Kind, address: str, at: dt.datetime, *, urgent: bool = False) -> dt.datetime:
    """The same for an address; without a query when it makes no difference whose that is."""
    return opens_for_each(kind, [address], at, urgent=urgent)[address.lower()]


def opens_for_each(
    kind: Kind, addresses: Collection[str], at: dt.datetime, *, urgent: bool = False
) -> dict[str, dt.datetime]:
    """The same for many, by the address in lower case."""
    outside = opens(kind, ANYBODY, at, urgent=urgent)
    if all(opens(kind, Zone(True, region), at, urgent=urgent) == outside for region in EVERYWHERE):
        return {address.lower(): outside for address in addresses}
    return {address: opens(kind, zone, at, urgent=urgent) for address, zone in zones_of(addresses).items()}


def _rests_at_night(kind: Kind, zone: Zone) -> bool:
    return zone.is_school or kind.sort != Sort.DIRECT


def _rests_in_holidays(kind: Kind) -> bool:
    return kind.sort in SUGGESTIONS or kind.group == Group.SURVEYS


def _after_night(moment: dt.datetime, evening: int, morning: int) -> dt.datetime:
    local = timezone.localtime(moment)
    if morning <= local.hour < evening:
        return moment
    day = local.date() + ONE_DAY if local.hour >= evening else local.date()
    return workdays.at(day, dt.time(morning))


def _after_holiday(moment: dt.datetime, days: Workdays, morning: int) -> dt.datetime:
    day = timezone.localtime(moment).date()
    return workdays.at(days.after(day, 1), dt.time(morning)) if days.in_school_holiday(day) else moment
