"""Distance on the sphere. Points are kept as unit vectors, so that a pair costs no sine or cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Floats

EARTH_RADIUS_KM = 6371.0088

# A micrometre: two formulas for the same distance differ by less, and "at most 20 km" must not hang on that.
DISTANCE_SLACK_KM = 1e-9


def unit_vectors(points: Sequence[tuple[float, float]]) -> Floats:
    """(latitude, longitude) in degrees to an array of shape (3, n)."""
    lat, lon = np.array(points, dtype=np.float64).reshape(-1, 2).T
    return vectors_of(lat, lon)


def vectors_of(lat: Floats, lon: Floats) -> Floats:
    """Two columns in degrees, of shape (n,), to unit vectors of shape (3, n)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def distance_km(here: Floats, there: Floats) -> Floats:
    """Great circle between points of shape (3, n): the haversine formula, its haversine taken from the chord."""
    chord = here - there
    haversine = (chord[0] * chord[0] + chord[1] * chord[1] + chord[2] * chord[2]) / 4
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(np.sqrt(haversine), 1))
    return distance
