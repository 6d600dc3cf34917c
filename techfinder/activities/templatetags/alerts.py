"""The bar below a list of offers that offers to mail what is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse

from techfinder.activities.saved.reading import can_be_saved
from techfinder.activities.views.saved import CHANGING

register = template.Library()


@register.simple_tag(takes_context=True)
def save_bar(context: Mapping[str, Any]) -> dict[str, Any]:
    """Where to keep the search of this page, or that it needs a place or theme; or which alert it is for."""
    request, address = context["request"], context.get("address", "")
    names = [name for name, values in QueryDict(address).lists() if any(values)]
    uuid = request.session.get(CHANGING)
    page = reverse("saved:change", args=[uuid]) if uuid else reverse("saved:new")
    return {
        "url": f"{page}?{address}",
        "possible": can_be_saved(names),
        "changing": bool(uuid),
        "back_url": reverse("saved:manage", args=[uuid]) if uuid else "",
    }
