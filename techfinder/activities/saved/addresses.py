"""The addresses of a saved search: in mails they are whole."""

from __future__ import annotations

from django.urls import reverse

from techfinder.activities.models import SavedSearch
from techfinder.mail.compose import absolute


def page(saved: SavedSearch, name: str = "manage", *args: str) -> str:
    """The full address of one of its pages."""
    return absolute(reverse(f"saved:{name}", args=[saved.uuid, *args]))
