"""Reads of the mail room that several callers share."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from techfinder.mail.models import MailPreferences

M = TypeVar("M", bound=Model)


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
