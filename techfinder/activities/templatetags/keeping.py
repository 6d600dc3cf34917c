"""The cards of a list, with the buttons to keep and compare.

A list has twenty, and cards differ in their words only: the template is drawn once for each form that a card can have,
with marks where the words go.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from techfinder.taxonomy.templatetags.cards import fact_items, reason_items, shortfall_items, state_lines
from techfinder.taxonomy.ui import Card

register = template.Library()

# Of the forms a card can have in one language: which parts it has, and the icon of its kind.
MOST = 1024
# An address is made of it, so that it must look like one.
SLUG = "stands-for-any-slug"
# What takes the place of each text; nobody types these, and if so they are not looked for in what is filled in.
TEXTS = ("url", "title", "provider", "kind", "place", "text", "far", "far_note")
DRAWN = ("facts", "reasons", "shortfalls", "states")
MARKS = {name: chr(0xE000 + at) for at, name in enumerate((*TEXTS, *DRAWN))}
SPLIT = re.compile(f"([{''.join(MARKS.values())}]|{SLUG})")


@register.simple_tag
def list_card(card: Card, kept: Collection[int]) -> SafeString:
    """Draw components/card.html for a card of a list, with its buttons."""
    there = tuple(name for name in MARKS if getattr(card, name))
    layout = _layout(there, card.icon, card.full, card.best, card.extra["id"] in kept, get_language())
    words = {
        **{MARKS[name]: escape(getattr(card, name)) for name in TEXTS},
        MARKS["facts"]: fact_items(card.facts),
        MARKS["reasons"]: reason_items(card.reasons),
        MARKS["shortfalls"]: shortfall_items(card.shortfalls),
        MARKS["states"]: state_lines(card.states),
        SLUG: escape(card.extra["slug"]),
    }
    # The template escapes what is its own; so is what is filled in.
    return mark_safe("".join(words.get(part, part) for part in layout))  # noqa: S308


@lru_cache(maxsize=MOST)
def _layout(
    there: tuple[str, ...], icon: str, full: bool, best: bool, is_kept: bool, language: str | None
) -> tuple[str, ...]:
    """The template with marks, cut at each mark."""
    marks: dict[str, Any] = {name: mark_safe(MARKS[name]) if name in there else "" for name in MARKS}  # noqa: S308
    stand_in = Card(icon=icon, full=full, best=best, extra={"id": 1, "slug": SLUG}, **marks)
    context = {"card": stand_in, "heading": 2, "keep": True, "kept": {1} if is_kept else ()}
    return tuple(SPLIT.split(render_to_string("components/card.html", context)))
