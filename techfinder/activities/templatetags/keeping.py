"""The cards of a list, with the buttons to keep and compare."""

from __future__ import annotations

from collections.abc import Collection

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from techfinder.activities.remembered import for_a_while
from techfinder.taxonomy.ui import Card

register = template.Library()

# Stand for one activity in what the buttons of all of them share.
SLUG, TITLE = "stands-for-any-slug", "\x02"


@register.simple_tag
def list_card(card: Card, kept: Collection[int]) -> SafeString:
    """Draw a card of a list, or take it as it was drawn for another page: whatever it shows is the same then."""
    return _card(card, card.extra["id"] in kept, get_language())


@for_a_while
def _card(card: Card, is_kept: bool, language: str | None) -> SafeString:
    kept = {card.extra["id"]} if is_kept else ()
    return render_to_string("components/card.html", {"card": card, "heading": 2, "keep": True, "kept": kept})


@register.simple_tag
def keep_buttons(card: Card, kept: Collection[int]) -> SafeString:
    """Draw activities/_keep.html for a card of a list."""
    layout = _layout(card.extra["id"] in kept, get_language())
    filled = layout.replace(SLUG, escape(card.extra["slug"])).replace(TITLE, escape(card.title))
    return mark_safe(filled)  # noqa: S308 - the template escapes; so is what is filled in


@for_a_while
def _layout(is_kept: bool, language: str | None) -> str:
    """The template without the words of one card: a list has twenty."""
    stand_in = {"title": TITLE, "extra": {"id": 1, "slug": SLUG}}
    return render_to_string("activities/_keep.html", {"card": stand_in, "kept": {1} if is_kept else ()})
