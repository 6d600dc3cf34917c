"""Reads of the mail room that several callers share."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from techfinder.accounts.models import User
from techfinder.mail.kinds import Group
from techfinder.mail.models import Frequency, MailPreferences

M = TypeVar("M", bound=Model)
# Of an address that moved and moved again.
MOST_MOVES = 5
# Which rows stopped a sort of mail.
STOPPED: dict[Group, dict[str, object]] = {
    Group.MATCHES: {"matches": Frequency.NONE},
    Group.SEARCHES: {"searches": False},
    Group.REMINDERS: {"reminders": False},
    Group.SURVEYS: {"surveys": False},
    Group.TASKS: {"tasks": Frequency.NONE},
}


def preferences_of(addresses: Collection[str]) -> dict[str, MailPreferences]:
    """What each of these addresses wants, by the address in lower case; unsaved defaults for who never chose."""
    wanted = {address.lower() for address in addresses}
    found = {each.email: each for each in MailPreferences.objects.filter(email__in=wanted)}
    return {address: found.get(address) or MailPreferences(email=address) for address in wanted}


def preferences(address: str) -> MailPreferences:
    """What one address wants; the defaults (not saved) when it never chose."""
    return preferences_of([address])[address.lower()]


def choosing(rows: QuerySet[M], path: str = "email", **chosen: object) -> QuerySet[M]:
    """Those rows of which the address at `path` (in lower case) chose this; defaults are no choice."""
    return rows.filter(Exists(MailPreferences.objects.filter(email=OuterRef(path), **chosen)))


def has_stopped(address: str, group: Group | None) -> bool:
    """Whether this address said that it wants no such mail."""
    return group is not None and MailPreferences.objects.filter(email=address.lower(), **STOPPED[group]).exists()


def address_now(address: str) -> str:
    """Where whoever had this address is mailed now; the address itself, when that is somebody's."""
    address = address.lower()
    for _move in range(MOST_MOVES):
        moved = MailPreferences.objects.filter(email=address).exclude(moved_to="").values_list("moved_to", flat=True)
        to = moved.first()
        if to is None or User.objects.filter(email=address).exists():
            break
        address = to
    return address


def addresses_before(address: str) -> set[str]:
    """The addresses that whoever has this one had before, but for those that are somebody else's account now."""
    moved = MailPreferences.objects.filter(moved_to=address.lower())
    return set(moved.exclude(Exists(User.objects.filter(email=OuterRef("email")))).values_list("email", flat=True))
