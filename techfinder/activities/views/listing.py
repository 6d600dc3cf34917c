"""The list of offers: one search, as a whole page and as the part of it that htmx asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from techfinder import limits
from techfinder.activities import facets, results, search
from techfinder.activities.favourites.queries import kept_among
from techfinder.activities.filters import ActivityFilter
from techfinder.activities.search.found import Facets, Hits
from techfinder.activities.vocabulary import Vocabulary

PER_PAGE = 20
# What finds fewer than this gets ways on.
FEW = 3
LONGEST_QUERY_MS = 2000
TRY_AGAIN_SECONDS = 10
# What a request has in common with a search, and how the form of a request calls it.
SHARED = {"plaats": "plaats", "level": "niveau", "theme": "thema", "kind": "soort"}
# How the parts of a landing page are passed on: whatever it says of itself.
Preset = Mapping[str, Sequence[str]]


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """Every public activity, filtered by what is in the address."""
    return render_list(request)


def render_list(
    request: HttpRequest, *, preset: Preset | None = None, title: str = "", intro: str = "", canonical: str = ""
) -> HttpResponse:
    """The list with what is in the address, else with the filters of `preset`, such as {"region": ["NL-ZE"]}.

    `title` takes the place of the heading and `intro` stands above the search, as long as nothing else is searched.
    """
    params = _params(request.GET, preset or {})
    try:
        with limits.at_most(LONGEST_QUERY_MS):
            context = _context(params, request.GET.get("page"))
            context["kept"] = kept_among(request, [card.extra["id"] for card in context["cards"]])
    except OperationalError as error:
        if not limits.is_too_slow(error):
            raise
        return _busy(request)
    context |= {"title": title, "intro": intro, "canonical": canonical, "no_index": not context["count"]}
    return _drawn(request, context)


def _params(query: QueryDict, preset: Preset) -> QueryDict:
    if not preset:
        return query
    params = query.copy()
    for name, values in preset.items():
        if name not in query:
            params.setlist(name, list(values))
    return params


def _drawn(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    is_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, "activities/_refresh.html" if is_part else "activities/list.html", context)
    # The two must not be taken for each other by what keeps pages.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _busy(request: HttpRequest) -> HttpResponse:
    """Drawn without the database: it is that which is too slow."""
    response = render(request, "503.html", {"address": request.get_full_path()}, status=503)
    response["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _context(params: QueryDict, page_number: str | None) -> dict[str, Any]:
    words = Vocabulary()
    found = ActivityFilter(params, words=words)
    hits, counts, page = _find(found, page_number)
    pairs, heading = list(found.pairs()), results.heading(hits.total, found)
    listed = facets.facets(found, counts, words)
    return {
        "found": found,
        "criteria": found.criteria(),
        "notes": found.notes,
        "page": page,
        "count": hits.total,
        "heading": heading,
        "cards": results.cards(hits, found.criteria(), words),
        "chips": facets.chips(found, words),
        "facets": listed,
        "state": facets.state(found, listed, hits.total, heading),
        "radii": facets.radii(found.criteria()),
        "sorts": facets.sorts(found),
        "q": found.cleaned["q"],
        "plaats": found.cleaned["plaats"],
        "address": urlencode(pairs),
        "clear_url": reverse("activities:list"),
        "ask_url": f"{reverse('requests:new')}?{urlencode(_shared(pairs))}",
        "few": hits.total < FEW,
        "suggestion": _suggestion(found, hits),
    }


def _find(found: ActivityFilter, page_number: str | None) -> tuple[Hits, Facets, Page[int]]:
    """The hits of a page; of the last page when it lies behind that, of the first when it is no number."""
    criteria, now = found.criteria(), search.now()
    asked = Paginator(range(10**9), PER_PAGE).get_page(page_number)
    start = asked.start_index() - 1
    hits, counts = now.result(criteria, start, PER_PAGE)
    page = Paginator(range(hits.total), PER_PAGE).get_page(page_number)
    there = max(0, page.start_index() - 1)
    if there != start:
        hits = now.find(criteria, start=there, limit=PER_PAGE)
    return hits, counts, page


def _suggestion(found: ActivityFilter, hits: Hits) -> dict[str, str] | None:
    """The words as they may have been meant, when they found little, with the address that searches for them."""
    text = found.criteria().text
    better = search.suggest(text) if text and hits.total < FEW else None
    if not better:
        return None
    pairs = [(name, better if name == "q" else value) for name, value in found.pairs()]
    return {"text": better, "url": f"{reverse('activities:list')}?{urlencode(pairs)}"}


def _shared(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(SHARED[name], value) for name, value in pairs if name in SHARED]
