"""What a region lacks, for moderators: as a page, and its list as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from techfinder.moderation import showing_lacks as showing
from techfinder.moderation.access import desk_of
from techfinder.moderation.lacks import Lacks

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
    rows = csv.writer(_Echo())
    lines = (rows.writerow(row) for row in showing.table_rows(found.waiting().iterator(chunk_size=500)))
    headers = {"Content-Disposition": f'attachment; filename="tekort-{timezone.localdate():%Y-%m-%d}.csv"'}
    return StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _chosen(request: HttpRequest) -> tuple[Lacks, showing.LackFilter]:
    desk = desk_of(request)
    chosen = showing.LackFilter(request.GET, desk=desk)
    return Lacks(desk, region=chosen.region, rule=chosen.rule), chosen


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _with_mark(lines: Iterator[str]) -> Iterator[str]:
    """Spreadsheets read the letters rightly when the file begins with this mark."""
    yield "\ufeff"
    yield from lines
