"""The short lists on a card, of which a page has a hundred: each item is drawn once, and kept by its words.

A list that was drawn already stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from techfinder.taxonomy.templatetags.ui import icon
from techfinder.taxonomy.ui import Fact

register = template.Library()


@register.simple_tag
def fact_items(facts: Iterable[Fact] | SafeString) -> SafeString:
    """Draw the items of components/facts.html."""
    if isinstance(facts, SafeString):
        return facts
    return _joined(_fact(fact.icon, str(fact.text)) for fact in facts)


@register.simple_tag
def reason_items(reasons: Iterable[object] | SafeString) -> SafeString:
    """Draw the items of components/reasons.html that say what fits."""
    if isinstance(reasons, SafeString):
        return reasons
    return _joined(_reason(str(reason)) for reason in reasons)


@register.simple_tag
def shortfall_items(shortfalls: Iterable[object] | SafeString) -> SafeString:
    """Draw the items of components/reasons.html that say what falls short."""
    if isinstance(shortfalls, SafeString):
        return shortfalls
    hint = gettext("Does not quite fit:") if shortfalls else ""
    return _joined(_shortfall(hint, str(shortfall)) for shortfall in shortfalls)


@register.simple_tag
def state_lines(states: Iterable[Fact] | SafeString) -> SafeString:
    """Draw how things stand, the first line darker than the others."""
    if isinstance(states, SafeString):
        return states
    return _joined(_state(state.icon, str(state.text), at > 0) for at, state in enumerate(states))


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


@lru_cache(maxsize=4096)
def _fact(name: str, text: str) -> SafeString:
    return format_html("<li>{}{}</li>", icon(name, "sm"), text)


@lru_cache(maxsize=4096)
def _reason(text: str) -> SafeString:
    return format_html('<li class="tf-reason">{}{}</li>', icon("check", "sm"), text)


@lru_cache(maxsize=4096)
def _shortfall(hint: str, text: str) -> SafeString:
    return format_html(
        '<li class="tf-reason tf-reason--short">{}<span class="tf-hidden">{} </span>{}</li>',
        icon("minus", "sm"),
        hint,
        text,
    )


@lru_cache(maxsize=4096)
def _state(name: str, text: str, is_soft: bool) -> SafeString:
    classes = "utrecht-paragraph tf-card__state tf-soft" if is_soft else "utrecht-paragraph tf-card__state"
    return format_html('<p class="{}">{}<span>{}</span></p>', classes, icon(name, "sm"), text)
