"""Which requests of the list are a search that somebody meant."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

from techfinder.activities.search.criteria import Criteria
from techfinder.activities.sought import note_search

# The same search in another order, or further on in it.
SAME = ("sort", "page")


def note(request: HttpRequest, criteria: Criteria, results: int) -> None:
    """Count the search, unless it is a further page, a new order, a single letter, or a page fetched beforehand."""
    if request.method != "GET" or request.GET.get("page", "1") != "1":
        return
    if request.headers.get("X-Typing") or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    if _is_same(request):
        return
    note_search(criteria=criteria, results=results, user_agent=request.headers.get("User-Agent", ""))


def _is_same(request: HttpRequest) -> bool:
    """By what htmx says of the page that it stands on."""
    before = request.headers.get("HX-Current-URL")
    return before is not None and _filters(urlsplit(before).query) == _filters(request.GET.urlencode())


def _filters(query: str) -> dict[str, list[str]]:
    given = QueryDict(query)
    return {name: values for name in given if name not in SAME and any(values := given.getlist(name))}
