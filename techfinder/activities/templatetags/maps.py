"""What templates say of maps."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def tiles() -> dict[str, str]:
    """The ground under maps: the address of its tiles, their host, and whom to name as the source; empty without."""
    return {"url": settings.TILES, "host": urlsplit(settings.TILES).hostname or "", "credit": settings.TILES_CREDIT}
