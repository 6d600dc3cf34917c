"""Values that an address proposes for the form of an activity: filled in, and saved by nobody but the provider."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from techfinder.activities.models import Activity
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Delivery

CODE = re.compile(r"[A-Za-z0-9-]{1,32}")
MOST_EACH = 64
LARGEST = 9999


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount <= LARGEST else None


def _month(text: str) -> int | None:
    number = _number(text)
    return number if number and 1 <= number <= 12 else None


def _coded(text: str) -> str | None:
    return text if CODE.fullmatch(text) else None


Read = Callable[[str], Any]

# What is added to a list, and what takes the place of one value.
ADDED: dict[str, Read] = {
    "levels": lambda text: text if text in LEVEL_BY_CODE else None,
    "themes": _coded,
    "regions": _coded,
    "delivery": lambda text: text if text in Delivery.values else None,
    "months": _month,
}
REPLACED: dict[str, Read] = {
    "max_travel_km": _number,
    "group_min": _number,
    "group_max": _number,
    "cost": _amount,
    "splittable": lambda text: True if text == "1" else None,
}


def fill_in(shown: Activity, query: QueryDict) -> bool:
    """Put what the address proposes into this copy of an activity; what makes no sense is left out.

    Says whether there was anything.
    """
    found = _values(shown, query)
    for name, value in found.items():
        setattr(shown, name, value)
    return bool(found)


def _values(shown: Activity, query: QueryDict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, read in ADDED.items():
        new = [value for text in query.getlist(name)[:MOST_EACH] if (value := read(text)) is not None]
        if new:
            found[name] = list(dict.fromkeys([*getattr(shown, name), *new]))
    for name, read in REPLACED.items():
        if (value := read(query.get(name, ""))) is not None:
            found[name] = value
    return found
