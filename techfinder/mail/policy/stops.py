"""Addresses at which a mail is stopped that is no matter of preferences: what each room does for its own.

A mail names such a page as its `unsubscribe_at`; a POST to it acts. Whoever unsubscribes by mail posts nothing, so the
room says here what the page does.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

Stop = Callable[[str], None]
_stops: dict[str, Stop] = {}


def register(view_name: str, stop: Stop) -> None:
    """`stop` gets the token that is the last part of the page's address; again is the same, a forged one is nothing."""
    _stops[view_name] = stop


def stop_at(url: str) -> None:
    """Do what a POST to this page of ours does."""
    path = urlsplit(url).path
    try:
        known = _stops.get(resolve(path).view_name)
    except Resolver404:
        return
    if known:
        known(path.rstrip("/").rpartition("/")[2])
