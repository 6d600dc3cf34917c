"""Everything of one provider, on the page of that provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from techfinder.activities import queries, words
from techfinder.activities.models import Activity
from techfinder.activities.vocabulary import Vocabulary
from techfinder.organisations.beside import register
from techfinder.organisations.models import Provider
from techfinder.taxonomy.templatetags.ui import join_and

PER_PAGE = 12
# Enough to say where and about what; nobody reads more names.
MOST_READ, MOST_NAMED, MOST_THEMES = 300, 8, 3


@register
def offers_of(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """Its public offers, a page at a time; where it is active, and how to ask for something."""
    public = Activity.objects.public().filter(provider=provider).order_by("-published_at", "-id")
    page = Paginator(queries.for_cards(public), PER_PAGE).get_page(request.GET.get("page"))
    names = Vocabulary()
    read = list(public.values_list("venue_city", "regions", "themes")[:MOST_READ])
    themes = _most((code for _town, _regions, codes in read for code in codes), MOST_THEMES)
    return {
        "page": page,
        "cards": [words.card(activity, names) for activity in page],
        "towns": join_and(_most((town for town, _regions, _themes in read if town), MOST_NAMED)),
        "areas": join_and(
            names.known_region_names({code for _town, regions, _themes in read for code in regions})[:MOST_NAMED]
        ),
        "themes": join_and(names.theme_names(themes)),
        "ask_url": f"{reverse('requests:new')}?{urlencode([('thema', code) for code in themes])}",
    }


def _most(found: Iterable[str], count: int) -> list[str]:
    """Those that occur most; of as many the first by name."""
    return sorted((times := Counter(found)), key=lambda each: (-times[each], each))[:count]
