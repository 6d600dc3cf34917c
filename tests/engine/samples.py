"""One request and one activity that fit; a test changes what it is about."""

from __future__ import annotations

import datetime
from typing import Any

from matching import LEVELS, ActivityRow, RequestRow

MIDDELBURG = {"lat": 51.4988, "lon": 3.6109}


def activity(row_id: int = 1, **changes: Any) -> ActivityRow:
    fits: dict[str, Any] = {
        "delivery": 3,
        "regions": frozenset({687, 718}),
        **MIDDELBURG,
        "levels": LEVELS.mask_of(["po-7", "po-8"]),
        "themes": frozenset({1}),
        "kind": 1,
        "audience": 1,
    }
    return ActivityRow(**{"id": row_id, **fits, **changes})


def request(row_id: int = 1, **changes: Any) -> RequestRow:
    fits: dict[str, Any] = {
        "municipality": 687,
        **MIDDELBURG,
        "levels": LEVELS.mask_of(["po-7"]),
        "audience": 1,
        "group_size": 28,
        "date_from": datetime.date(2027, 5, 3),
        "date_until": datetime.date(2027, 6, 15),
    }
    return RequestRow(**{"id": row_id, **fits, **changes})
