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
from techfinder.activities.views.noting import note
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.ways import ask_url, ways

PER_PAGE = 20
LAST = 10**9
# What finds fewer than this gets ways on.
FEW = 3
LONGEST_QUERY_MS = 2000
TRY_AGAIN_SECONDS = 10
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
        # Outside the limit: the first search of a process reads everything, and must get to the end of it.
        now = search.now()
        with limits.at_most(LONGEST_QUERY_MS):
            context = _context(now, params, request.GET.get("page"))
            context["kept"] = kept_among(request, [card.extra["id"] for card in context["cards"]])
    except OperationalError as error:
        if not limits.is_too_slow(error):
            raise
        return _busy(request)
    note(request, context["criteria"], context["count"])
    context |= {"title": title, "intro": intro, "canonical": canonical, "no_index": not context["count"]}
    context["page_title"] = results.page_title(title or context["heading"], context["page"].number)
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
    is_part = htmx is not None and bool(htmx) and not htmx.history_restore_request
    response = render(request, "activities/_refresh.html" if is_part else "activities/list.html", context)
    # The two must not be taken for each other by what keeps pages.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _busy(request: HttpRequest) -> HttpResponse:
    """Drawn without the database: it is that which is too slow."""
    response = render(request, "503.html", {"address": request.get_full_path()}, status=503)
    response["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return response


def _context(now: search.Search, params: QueryDict, page_number: str | None) -> dict[str, Any]:
    words = Vocabulary()
    found = ActivityFilter(params, words=words)
    criteria = found.criteria()
    hits, counts, page = _find(now, criteria, page_number)
    heading = results.heading(hits.total, found)
    return {
        "found": found,
        "criteria": criteria,
        "notes": found.notes,
        "page": page,
        "count": hits.total,
        "heading": heading,
        "cards": results.cards(hits, criteria, words),
        "chips": facets.chips(found, words),
        "address": urlencode(list(found.pairs())),
        "clear_url": reverse("activities:list"),
        "ask_url": ask_url(found),
        "partly": hits.partly,
        **_filters(found, counts, words, hits.total, heading),
        **_ways_on(now, found, words, hits.total),
    }


def _filters(found: ActivityFilter, counts: Facets, words: Vocabulary, total: int, heading: str) -> dict[str, Any]:
    """What the search box and the filters beside the list show."""
    listed = facets.facets(found, counts, words)
    return {
        "facets": listed,
        "state": facets.state(listed, total, heading),
        "radii": facets.radii(found.criteria()),
        "sorts": facets.sorts(found),
        "q": found.cleaned["q"],
        "plaats": found.cleaned["plaats"],
    }


def _find(now: search.Search, criteria: search.Criteria, number: str | None) -> tuple[Hits, Facets, Page[int]]:
    """The hits of a page; of the last page when it lies behind that, of the first when it is no number."""
    start = Paginator(range(LAST), PER_PAGE).get_page(number).start_index() - 1
    hits, counts = now.result(criteria, start, PER_PAGE)
    page = Paginator(range(hits.total), PER_PAGE).get_page(number)
    there = max(0, page.start_index() - 1)
    if there != start:
        hits = now.find(criteria, start=there, limit=PER_PAGE)
    return hits, counts, page


def _ways_on(now: search.Search, found: ActivityFilter, words: Vocabulary, total: int) -> dict[str, Any]:
    """What somebody can do who found little: other words, other filters."""
    if total >= FEW:
        return {"few": False}
    return {"few": True, "ways": ways(found, total, words, now=now), "suggestion": _suggestion(now, found)}


def _suggestion(now: search.Search, found: ActivityFilter) -> dict[str, str] | None:
    """The words as they may have been meant, with the address that searches for them."""
    text = found.criteria().text
    better = now.suggest(text) if text else None
    if not better:
        return None
    pairs = [(name, better if name == "q" else value) for name, value in found.pairs()]
    return {"text": better, "url": f"{reverse('activities:list')}?{urlencode(pairs)}"}
