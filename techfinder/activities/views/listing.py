"""The list of offers."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from techfinder.activities import queries
from techfinder.activities.facets import chips, facets
from techfinder.activities.filters import ActivityFilter
from techfinder.activities.models import Activity
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.words import card

PER_PAGE = 20
# What a request has in common with a search, and how the form of a request calls it.
SHARED = {"plaats": "plaats", "level": "niveau", "theme": "thema", "kind": "soort"}


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """Every public activity, filtered by what is in the address."""
    words = Vocabulary()
    # An empty address is a search for everything: bound, so that there is something cleaned to show.
    found = ActivityFilter(request.GET or QueryDict("sort="), words=words)
    page: Page[Activity] = Paginator(queries.for_cards(found.qs), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/list.html", _context(request, found, page, words))


def _context(request: HttpRequest, found: ActivityFilter, page: Page[Activity], words: Vocabulary) -> dict[str, Any]:
    cleaned = found.form.cleaned_data
    return {
        "page": page,
        "count": page.paginator.count,
        "cards": [card(activity, words) for activity in page.object_list],
        "chips": chips(found, request.GET, words),
        "clear_url": reverse("activities:list"),
        "facets": facets(found, words),
        "form": found.form,
        "notes": found.notes,
        "q": cleaned.get("q", ""),
        "plaats": cleaned.get("plaats", ""),
        "place": found.place,
        "sort": next(iter(cleaned.get("sort", ())), ""),
        "search_hidden": _hidden(request.GET, leave_out={"q", "plaats", "page"}),
        "facet_hidden": _hidden(request.GET, keep={"q", "plaats", "provider"}),
        "ask_url": f"{reverse('requests:new')}?{urlencode(_shared(request.GET), doseq=True)}",
    }


def _hidden(
    query: QueryDict, *, keep: set[str] | None = None, leave_out: set[str] | None = None
) -> list[tuple[str, str]]:
    """Values of the address that a form on the page must not lose."""
    names = [name for name in query if (keep is None or name in keep) and name not in (leave_out or ())]
    return [(name, value[:200]) for name in names[:20] for value in query.getlist(name)[:40]]


def _shared(query: QueryDict) -> dict[str, list[str]]:
    return {
        there: [value[:100] for value in query.getlist(here)[:20]] for here, there in SHARED.items() if here in query
    }
