"""What schools search for and what of it they do not find, for moderators: as a page, and its list as a file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.moderation.access import desk_of
from techfinder.moderation.seeking import ANYWHERE, MOST, NOT_FOUND, PARTS, Searches, first_day
from techfinder.moderation.showing import sought as showing
from techfinder.taxonomy.files import csv_file

PER_PAGE = 25


@require_safe
def sought(request: HttpRequest) -> HttpResponse:
    """One of three lists: not found, most sought, and without a place."""
    searches, form, part = _chosen(request)
    page = Paginator(searches.together(part), PER_PAGE).get_page(request.GET.get("page"))
    every, nothing = searches.totals()
    context = {
        "form": form,
        "part": part,
        "tabs": _tabs(part, form.chosen),
        "page": page,
        "lines": list(showing.lines(page)),
        "every": every,
        "nothing": nothing,
        "file_url": f"{reverse('moderation:sought_file')}?deel={part}&periode={form.chosen}",
    }
    return render(request, "moderation/sought.html", context)


@require_safe
def sought_file(request: HttpRequest) -> StreamingHttpResponse:
    """The whole list that is chosen, as CSV."""
    searches, _form, part = _chosen(request)
    return csv_file(showing.table_rows(searches.together(part).iterator(chunk_size=500)), name="gezocht")


def _chosen(request: HttpRequest) -> tuple[Searches, showing.PeriodForm, str]:
    desk = desk_of(request)
    form = showing.PeriodForm(request.GET)
    part = request.GET.get("deel", "")
    return Searches(desk, since=first_day(form.chosen)), form, part if part in PARTS else NOT_FOUND


def _tabs(current: str, period: str) -> list[tuple[str, str, bool]]:
    names = {
        NOT_FOUND: gettext("Not found"),
        MOST: gettext("Sought most"),
        ANYWHERE: gettext("In the whole country"),
    }
    url = reverse("moderation:sought")
    return [(f"{url}?deel={part}&periode={period}", name, part == current) for part, name in names.items()]
