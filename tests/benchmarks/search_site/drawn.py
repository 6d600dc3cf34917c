"""What drawing alone costs: the same page with the same templates, of which everything was worked out before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from techfinder.activities import results, search
from techfinder.activities.views import listing

_ready: dict[str, dict[str, Any]] = {}


def render_page(request: HttpRequest) -> HttpResponse:
    address = request.get_full_path()
    if address not in _ready:
        _ready[address] = _work_out(request)
    return listing._drawn(request, dict(_ready[address]))


def _work_out(request: HttpRequest) -> dict[str, Any]:
    context = listing._context(search.now(), request.GET, request.GET.get("page"))
    heading = results.page_title(context["heading"], context["page"].number)
    return {**context, "kept": frozenset(), "page_title": heading, "no_index": not context["count"]}
