"""A point for an address, from whoever knows: off by default, or the national address register over HTTP."""

from __future__ import annotations

import hashlib
import logging
import re
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.cache import cache as store
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

Point = tuple[float, float]
# The site asks no host but these, whatever a setting or an answer says; tests and proxies run on the machine itself.
ALLOWED_HOSTS = ("api.pdok.nl", "localhost", "127.0.0.1")
TIMEOUT = httpx.Timeout(3.0, connect=2.0)
KEPT_SECONDS = 30 * 24 * 3600
UNKNOWN = "unknown"


class Geocoder(Protocol):
    def locate(self, address: str) -> Point | None:
        """Return latitude and longitude of an address or postcode, or None when nobody knows."""


class NoGeocoder:
    """The default: every address is unknown, and nothing leaves the site."""

    def locate(self, address: str) -> Point | None:
        return None


class PdokGeocoder:
    """PDOK Locatieserver; answers are kept, and a fault is an unknown address and never an error page."""

    def __init__(self, base_url: str) -> None:
        host = urlsplit(base_url).hostname
        if host not in ALLOWED_HOSTS:
            raise ImproperlyConfigured(f"GEOCODER_URL: {host} is not a geocoder that this site may ask")
        self.url = f"{base_url.rstrip('/')}/free"

    def locate(self, address: str) -> Point | None:
        asked = " ".join(address.split())
        key = f"geocode:{hashlib.sha256(asked.lower().encode()).hexdigest()}"
        if not asked:
            return None
        if (kept := store.get(key)) is not None:
            return None if kept == UNKNOWN else (kept[0], kept[1])
        try:
            point = self._ask(asked)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("The geocoder gave no answer: %s", type(error).__name__)
            return None
        store.set(key, point or UNKNOWN, KEPT_SECONDS)
        return point

    def _ask(self, address: str) -> Point | None:
        params = {"q": address, "rows": "1", "fl": "centroide_ll", "fq": "type:(adres OR postcode OR woonplaats)"}
        response = httpx.get(self.url, params=params, timeout=TIMEOUT, follow_redirects=False)
        response.raise_for_status()
        found = response.json()["response"]["docs"]
        return _point(found[0]["centroide_ll"]) if found else None


def _point(text: str) -> Point:
    """Read POINT(5.123 52.456): longitude first."""
    match = re.fullmatch(r"POINT\((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)", text)
    if match is None:
        raise ValueError("no point")
    return float(match[2]), float(match[1])


@cache
def _pdok(base_url: str) -> PdokGeocoder:
    return PdokGeocoder(base_url)


def geocoder() -> Geocoder:
    """Return the geocoder of this installation."""
    return _pdok(settings.GEOCODER_URL) if settings.GEOCODER_URL else NoGeocoder()
