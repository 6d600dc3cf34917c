"""What a region lacks, for moderators: as a page, and its list as a file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from techfinder.moderation.access import desk_of
from techfinder.moderation.lacks import Lacks
from techfinder.moderation.showing import lacks as showing
from techfinder.taxonomy.files import csv_file

PER_PAGE = 20


@require_safe
def lacks(request: HttpRequest) -> HttpResponse:
    """What is missing by rule and by wish, and the requests that wait longest for more matches."""
    found, chosen = _chosen(request)
    page = Paginator(found.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    shown = showing.Page(found, chosen)
    context = {"filter": chosen, "page": page, "shown": shown, "lines": shown.lines(page),
               "few": shown.totals[0], "none": shown.totals[1]}  # fmt: skip
    return render(request, "moderation/lacks.html", context)


@require_safe
def lacks_file(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list that is chosen, as CSV."""
    found, _chosen_filter = _chosen(request)
    return csv_file(showing.table_rows(found.waiting().iterator(chunk_size=500)), name="tekort")


def _chosen(request: HttpRequest) -> tuple[Lacks, showing.LackFilter]:
    desk = desk_of(request)
    chosen = showing.LackFilter(request.GET, desk=desk)
    return Lacks(desk, region=chosen.region, rule=chosen.rule), chosen
