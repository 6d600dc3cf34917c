"""What a page says of itself to search engines and to those who share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString

from techfinder.pages.robots import is_private

register = template.Library()


@register.filter
def absolute(path: object) -> str:
    """The address of a page or file of this site as others need it."""
    return settings.BASE_URL.rstrip("/") + str(path)


@register.simple_tag(takes_context=True)
def canonical(context: Mapping[str, Any]) -> str:
    """The address under which this page should be known: without filters, but page 2 is a page of its own."""
    request = context.get("request")
    if request is None:
        return ""
    own = context.get("canonical") or request.path
    number = request.GET.get("page", "")
    # Page 2 of a filtered list is not page 2 of the whole list.
    if own == request.path and set(request.GET) == {"page"} and number.isdecimal() and int(number[:9]) > 1:
        return absolute(f"{own}?page={int(number[:9])}")
    return absolute(own)


@register.simple_tag(takes_context=True)
def personal(context: Mapping[str, Any]) -> bool:
    """Whether this page is of one person or of the desk, and of no use to a search engine."""
    request = context.get("request")
    return isinstance(request, HttpRequest) and is_private(request.path)


@register.simple_tag(takes_context=True)
def block_text(context: Context, name: str) -> SafeString:
    """What the page put into a block, once more, for an attribute: the title in <title> and in what is shared."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    text = " ".join(block.render(context).split()) if block is not None else ""
    # The template has escaped it; of its own words it leaves quotes as they are.
    return SafeString(text.replace('"', "&quot;"))
