"""Who is signed in, as the header says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from techfinder.pages import queries

register = template.Library()


@dataclass(frozen=True)
class Account:
    """The person in the header: for whom they act, with an icon for the kind of organisation."""

    signed_in: bool = False
    name: str = ""
    icon: str = "user-circle"
    moderates: bool = False


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
    return Account(signed_in=True, name=name, icon=icon, moderates=acting.moderates)
