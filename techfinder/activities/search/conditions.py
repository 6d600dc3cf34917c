"""What a search asks, as one bitmap per criterion: what is found is in all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.utils.functional import cached_property

from matching import bitmaps, days, geo
from matching.arrays import Bools, Floats, Ints, Masks
from techfinder.activities.search.criteria import Criteria, Place
from techfinder.activities.search.geography import MIDDLE
from techfinder.activities.search.index import Index, TextFound
from techfinder.activities.search.numbers import DELIVERIES
from techfinder.taxonomy.data import COUNTRY
from techfinder.taxonomy.models import Delivery

# Beyond any group or distance there is: what an address says may be larger than a column holds.
MOST = 10**6


@dataclass(frozen=True, eq=False)
class Asked:
    """A search on one day (an ordinal), on one index."""

    index: Index
    criteria: Criteria
    today: int

    @cached_property
    def conditions(self) -> dict[str, Masks]:
        """Per criterion that is asked what meets it, as bitmaps of shape (words,)."""
        found = {name: self._any_of(name, codes) for name, codes in self._codes().items() if codes}
        wanted = self.criteria
        if wanted.text:
            found["text"] = bitmaps.pack(self.text.matches)
        if wanted.place or wanted.delivery:
            found["delivery"] = bitmaps.union(self.ways[self._deliveries()])
        if wanted.regions:
            found["region"] = self.index.in_regions(wanted.regions)
        if wanted.months:
            found["month"] = bitmaps.union(self.months[[month - 1 for month in wanted.months if 1 <= month <= 12]])
        return found | self._bounds()

    def _bounds(self) -> dict[str, Masks]:
        wanted, found = self.criteria, {}
        if wanted.date_from or wanted.date_until:
            found["period"] = bitmaps.pack(self._period())
        if wanted.group is not None:
            found["group"] = bitmaps.pack(self._group(min(max(wanted.group, 0), MOST)))
        if wanted.free:
            found["free"] = self.index.free
        if wanted.room:
            found["room"] = self.room
        if wanted.provider:
            found["provider"] = self._provider()
        return found

    def _codes(self) -> dict[str, tuple[str, ...]]:
        wanted = self.criteria
        return {"level": wanted.levels, "theme": wanted.themes, "kind": wanted.kinds, "audience": wanted.audience}

    def _any_of(self, facet: str, codes: Iterable[str]) -> Masks:
        return self.index.any_of(facet, codes)

    def _deliveries(self) -> list[int]:
        """The rows of `ways` that are asked: all when none is named."""
        wanted = self.criteria.delivery
        return [at for at, code in enumerate(DELIVERIES) if not wanted or code in wanted]

    @cached_property
    def text(self) -> TextFound:
        return self.index.look_up(self.criteria.text)

    @cached_property
    def months(self) -> Masks:
        """What can be in each month: shape (12, words)."""
        return self.index.on_day(self.today).month

    @cached_property
    def room(self) -> Masks:
        """What has a free seat for everyone, where seats are counted."""
        group = min(max(self.criteria.group or 1, 1), MOST)
        return bitmaps.pack(self.index.on_day(self.today).room >= group)

    @cached_property
    def ways(self) -> Masks:
        """What can be in each of the deliveries, where the place allows it: shape (deliveries, words)."""
        offered = self.index.bits("delivery")[self.index.numbers.of("delivery", DELIVERIES)]
        return offered if self.criteria.place is None else offered & self._allowed(self.criteria.place)

    def _allowed(self, place: Place) -> Masks:
        """Rule `place` of the matching rules: shape (deliveries, words)."""
        near = self.distance_km - geo.DISTANCE_SLACK_KM
        radius = np.inf if self.criteria.radius is None else min(self.criteria.radius, MOST)
        holding = self.index.geography.holding(place.municipality) or place.covering | {COUNTRY}
        covered = self.index.any_of("region", holding)
        allowed: dict[str, Masks] = {
            Delivery.AT_SCHOOL: covered & bitmaps.pack(near <= self.index.column("max_travel_km")),
            Delivery.AT_PROVIDER: covered & bitmaps.pack(near <= radius),
            Delivery.ONLINE: np.full_like(covered, ~np.uint64(0)),
        }
        return np.stack([allowed[delivery] for delivery in DELIVERIES])

    @cached_property
    def distance_km(self) -> Floats:
        """From the place to each row."""
        place = self.criteria.place
        assert place is not None
        return geo.distance_km(geo.unit_vectors([self._point(place)]), self.index.points)

    def _point(self, place: Place) -> tuple[float, float]:
        if place.lat is not None and place.lon is not None:
            return place.lat, place.lon
        return self.index.geography.points.get(place.municipality, MIDDLE)

    @cached_property
    def somewhere(self) -> Masks:
        """What has a point to which somebody travels: not what the place can only have online."""
        return bitmaps.union(self.ways[:2]) & bitmaps.pack(~np.isnan(self.index.column("lat")))

    @cached_property
    def shown_km(self) -> Floats:
        """The distance where somebody travels; NaN where nobody need to, or where a point is missing."""
        if self.criteria.place is None:
            return np.full(self.index.size, np.nan)
        return np.where(bitmaps.unpack(self.somewhere, self.index.size), self.distance_km, np.nan)

    def _period(self) -> Bools:
        """A coming date in the period; without dates: open in it, in a month of it."""
        start = max(self.criteria.date_from.toordinal() if self.criteria.date_from else 0, self.today)
        end = self.criteria.date_until.toordinal() if self.criteria.date_until else days.NEVER - 1
        found = np.zeros(self.index.size, dtype=np.bool_)
        if end < start:
            return found
        row, day = self.index.sessions
        found[row[(start <= day) & (day <= end)]] = True
        open_then = (self.index.column("from_day") <= end) & (self.index.column("until_day") >= start)
        first, last = days.month_of(np.array([start, end]))
        in_month = (self.index.column("months") & days.month_mask(first, last)) != 0
        return found | (~self.index.dated & open_then & in_month)

    def _group(self, group: int) -> Bools:
        """Rule `group` of the matching rules."""
        return (self.index.column("group_min") <= group) & (group <= self.index.column("group_max"))

    def _provider(self) -> Masks:
        numbers: Ints | list[int] = self.index.numbers.of("provider", [self.criteria.provider])
        return bitmaps.pack(np.isin(self.index.provider, numbers))

    @cached_property
    def found(self) -> Masks:
        """What meets all criteria."""
        return bitmaps.intersections_without_each(list(self.conditions.values()), self.index.live)[0]
