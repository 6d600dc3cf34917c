"""Who is signed in, as the header says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from techfinder.pages import queries
from techfinder.taxonomy.remembered import for_a_while

register = template.Library()


@dataclass(frozen=True)
class Account:
    """The person in the header: for whom they act, with an icon for the kind of organisation."""

    signed_in: bool = False
    name: str = ""
    icon: str = "user-circle"
    moderates: bool = False
    is_unmailed: bool = False


STRANGER = Account()


@register.simple_tag(takes_context=True)
def account(context: Mapping[str, Any]) -> Account:
    """Look up for whom the person acts, in one query and only when signed in."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return STRANGER
    acting = queries.acting_for(user)
    name = acting.organisation or str(user)
    icon = acting.icon
    return Account(True, name, icon, moderates=acting.moderates, is_unmailed=acting.is_unmailed)


@register.simple_tag
def footer() -> SafeString:
    """Draw components/footer.html, which is the same on every page."""
    return _footer(get_language())


@for_a_while
def _footer(language: str | None) -> SafeString:
    return render_to_string("components/footer.html")
