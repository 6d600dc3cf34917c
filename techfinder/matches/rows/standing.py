"""What all items share and what seldom changes, kept per process as long as one statement says that nothing did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from matching import Weights
from techfinder.matches.fairness.weights import current_weights
from techfinder.matches.rows import geography
from techfinder.matches.rows.numbers import given_out
from techfinder.prepared import prepared_cursor

T = TypeVar("T")

# As for the regions: of what is read here, so that a roll-back, an import and another database all show in it.
NUMBERS = "(SELECT sum(hashtextextended(concat_ws('/', id, vocabulary, code, number), 0)) FROM matches_number)"
WEIGHTS = "(SELECT sum(hashtextextended(concat_ws('/', id, applied_at, values), 0)) FROM matches_weightset)"
STAMP = f"SELECT {geography.STAMP}, {NUMBERS}, {WEIGHTS}"


class Standing(NamedTuple):
    """The regions and areas, the numbers by code of each vocabulary, and the weights in force."""

    geography: geography.Geography
    numbers: dict[str, dict[str, int]]
    weights: Weights


class _Kept(Generic[T]):
    """What was read last, with the stamp that was read before it."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._known: tuple[Any, T] | None = None

    def at(self, stamp: Any) -> T:
        """What was read under this stamp, or what is there now."""
        known = self._known
        if known is None or known[0] != stamp:
            self._known = known = stamp, self._read()
        return known[1]


_numbers, _weights = _Kept(given_out), _Kept(current_weights)


def current_standing() -> Standing:
    """What the tables have now: one small query while nothing changed."""
    with prepared_cursor() as cursor:
        cursor.execute(STAMP)
        *of_regions, numbers, weights = cursor.fetchone()
    database = of_regions[0]
    return Standing(
        geography.current_geography(of_regions), _numbers.at((database, numbers)), _weights.at((database, weights))
    )
