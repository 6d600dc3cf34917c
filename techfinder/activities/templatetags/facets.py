"""The boxes of the filters. A page has a hundred: from a text that is laid out once each, not from template nodes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from techfinder.activities.facets import Option

register = template.Library()

INPUT = '<input class="{}" type="checkbox" form="zoek" id="{}" name="{}" value="{}"{}>'
CHECKBOX = "utrecht-checkbox utrecht-checkbox--custom utrecht-checkbox--html-input"
COUNT = '<span data-count="{}">{}</span><span class="tf-hidden"> {}</span>'
# What differs from page to page: the class of a zero, whether it is chosen, the number.
NONE, CHECKED, NUMBER = "\x01", "\x02", "\x03"


@register.simple_tag
def boxes(options: Iterable[Option]) -> SafeString:
    """Draw options below each other, each with its count."""
    return _drawn(options, " tf-option--none", is_pick=False)


@register.simple_tag
def picks(options: Iterable[Option]) -> SafeString:
    """Draw options as tiles, each with its count."""
    return _drawn(options, "tf-none", is_pick=True)


def _drawn(options: Iterable[Option], none: str, *, is_pick: bool) -> SafeString:
    word = gettext("results")
    return mark_safe(  # noqa: S308 - only of parts that are escaped below
        "".join(
            _layout(option.id, option.name, option.value, option.label, word, is_pick)
            .replace(NONE, none if option.none else "")
            .replace(CHECKED, " checked" if option.checked else "")
            .replace(NUMBER, escape(option.count))
            for option in options
        )
    )


@lru_cache(maxsize=1024)
def _layout(box_id: str, name: str, value: str, label: str, word: str, is_pick: bool) -> str:
    """The markup of one box with marks where it differs."""
    count = format_html(COUNT, box_id, NUMBER, word)
    if is_pick:
        box = format_html(INPUT, "tf-pick__box", box_id, name, value, CHECKED)
        return format_html(
            '<label class="tf-pick">{}<span>{} <small class="{}">{}</small></span></label>', box, label, NONE, count
        )
    box = format_html(INPUT, CHECKBOX, box_id, name, value, CHECKED)
    return format_html(
        '\n<div class="tf-option{}">{}<label class="utrecht-form-label tf-option__label" for="{}"><span>{}</span> '
        '<span class="tf-option__count">{}</span></label></div>',
        NONE, box, box_id, label, count,
    )  # fmt: skip
