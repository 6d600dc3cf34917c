"""For what rooms above add beside what is matched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(values: object, key: Any) -> Any:
    """What was added for this key; None when nothing was."""
    return values.get(key) if isinstance(values, Mapping) else None
