"""From the address of a venue to its point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from techfinder.activities.atlas import find_place


def point_of(values: Mapping[str, Any], *, before: Mapping[str, Any]) -> dict[str, float | None]:
    """The point of a venue whose address changed and whose point was not given by hand."""
    moved = any(values[name] != (before.get(name) or "") for name in ("venue_postcode", "venue_city"))
    by_hand = any(values[name] is not None and values[name] != before.get(name) for name in ("venue_lat", "venue_lon"))
    if by_hand or not (moved or (values["venue_city"] and values["venue_lat"] is None)):
        return {}
    lat, lon = _point(values["venue_postcode"], values["venue_city"])
    return {"venue_lat": lat, "venue_lon": lon}


def _point(postcode: str, city: str) -> tuple[float | None, float | None]:
    """The middle of the schools in the same postcode or town, else the municipality's point."""
    place = find_place(postcode) or find_place(city)
    return (place.lat, place.lon) if place else (None, None)
