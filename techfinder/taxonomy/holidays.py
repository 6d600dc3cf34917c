"""School holidays per region, so that a school does not ask for days on which nobody is there.

Source: Rijksoverheid, "Overzicht schoolvakanties" 2026-2027 and 2027-2028 (Ministry of Education). The autumn and
spring dates are advice, and a school may add a week in May: the page says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NORTH, MIDDLE, SOUTH = "Noord", "Midden", "Zuid"
EVERYWHERE = (NORTH, MIDDLE, SOUTH)

AUTUMN = _("autumn holiday")
CHRISTMAS = _("Christmas holiday")
SPRING = _("spring holiday")
MAY = _("May holiday")
SUMMER = _("summer holiday")


@dataclass(frozen=True)
class Holiday:
    """A holiday in some of the three regions, first and last day included."""

    name: Promise
    regions: tuple[str, ...]
    first: date
    last: date


HOLIDAYS = (
    Holiday(AUTUMN, (NORTH,), date(2026, 10, 10), date(2026, 10, 18)),
    Holiday(AUTUMN, (MIDDLE, SOUTH), date(2026, 10, 17), date(2026, 10, 25)),
    Holiday(CHRISTMAS, EVERYWHERE, date(2026, 12, 19), date(2027, 1, 3)),
    Holiday(SPRING, (SOUTH,), date(2027, 2, 13), date(2027, 2, 21)),
    Holiday(SPRING, (NORTH, MIDDLE), date(2027, 2, 20), date(2027, 2, 28)),
    Holiday(MAY, EVERYWHERE, date(2027, 4, 24), date(2027, 5, 2)),
    Holiday(SUMMER, (NORTH,), date(2027, 7, 10), date(2027, 8, 22)),
    Holiday(SUMMER, (MIDDLE,), date(2027, 7, 17), date(2027, 8, 29)),
    Holiday(SUMMER, (SOUTH,), date(2027, 7, 24), date(2027, 9, 5)),
    Holiday(AUTUMN, (NORTH, MIDDLE), date(2027, 10, 16), date(2027, 10, 24)),
    Holiday(AUTUMN, (SOUTH,), date(2027, 10, 23), date(2027, 10, 31)),
    Holiday(CHRISTMAS, EVERYWHERE, date(2027, 12, 25), date(2028, 1, 9)),
    Holiday(SPRING, (NORTH,), date(2028, 2, 19), date(2028, 2, 27)),
    Holiday(SPRING, (MIDDLE, SOUTH), date(2028, 2, 26), date(2028, 3, 5)),
    Holiday(MAY, EVERYWHERE, date(2028, 4, 29), date(2028, 5, 7)),
    Holiday(SUMMER, (MIDDLE,), date(2028, 7, 8), date(2028, 8, 20)),
    Holiday(SUMMER, (NORTH,), date(2028, 7, 15), date(2028, 8, 27)),
    Holiday(SUMMER, (SOUTH,), date(2028, 7, 22), date(2028, 9, 3)),
)


def holidays_in(region: str) -> Iterator[Holiday]:
    """The holidays of one region ("Noord", "Midden", "Zuid"), in order; none for an unknown region."""
    return (holiday for holiday in HOLIDAYS if region.strip().capitalize() in holiday.regions)


def coming_holidays(region: str, *, today: date, limit: int = 4) -> list[Holiday]:
    """The next holidays that are not over yet."""
    return [holiday for holiday in holidays_in(region) if holiday.last >= today][:limit]


def holiday_around(region: str, first: date, last: date) -> Holiday | None:
    """The holiday that swallows a window whole, if one does."""
    return next((holiday for holiday in holidays_in(region) if holiday.first <= first and last <= holiday.last), None)
