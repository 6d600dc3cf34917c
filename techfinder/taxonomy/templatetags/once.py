"""Parts of a template that are the same for everybody: drawn once by each process, in each language."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of one part; a part that is asked for in more ways starts anew.
MOST = 64


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """Write {% once %} around what depends on the language only, {% once request.path %} on that value too.

    Nothing of one visitor may stand in it: no token of a form, no name.
    """
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inner = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(inner, keys)


class Once(template.Node):
    def __init__(self, nodelist: NodeList, keys: list[FilterExpression]) -> None:
        self.nodelist, self.keys = nodelist, keys
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(each.resolve(context, ignore_failures=True) for each in self.keys))
        if key not in self.kept:
            if len(self.kept) >= MOST:
                self.kept = {}
            self.kept[key] = self.nodelist.render(context)
        return self.kept[key]
