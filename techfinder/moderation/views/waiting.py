"""The waiting list, for coordinators: who waits longest, and one request at a time."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from techfinder.bookings.actions import waiting as actions
from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.neighbours import neighbours
from techfinder.bookings.show.waiting import page_of, standing_of
from techfinder.moderation.access import desk_of
from techfinder.moderation.forms.waiting import HandOverForm, LookForm, WaitingFilter
from techfinder.moderation.showing import waiting as showing
from techfinder.moderation.waiting_list import waiting_of, waiting_row
from techfinder.requests.show import summary_rows
from techfinder.taxonomy.http import either

PER_PAGE = 20
NEIGHBOURS_KM = 10


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The longest first, each with what is missing."""
    desk = desk_of(request)
    chosen = WaitingFilter(request.GET, desk=desk)
    found = showing.for_lines(waiting_of(desk, chosen.chosen()))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "lines": showing.lines(page), "is_filtered": any(request.GET.values())}
    return render(request, "moderation/waiting.html", context)


@either
def waiting_one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One request: where it stands, what is near, and a word to the school."""
    desk = desk_of(request)
    row = waiting_row(desk, uuid)
    form = LookForm(request.POST if request.method == "POST" else None, initial=_seen(row))
    if form.is_valid():
        if actions.look_at(waiting_id=row.pk, by=desk.user, **form.cleaned_data):
            messages.success(request, gettext("The school is told that you looked."))
        else:
            messages.info(request, gettext("A colleague looked at it a moment ago. Read what was told."))
        return redirect("moderation:waiting_one", uuid)
    return _show(request, row, form, HandOverForm(asked=row.request))


def _seen(row: Waiting) -> dict[str, str]:
    return {"seen": row.looked_at.isoformat() if row.looked_at else ""}


def _show(request: HttpRequest, row: Waiting, form: LookForm, hand_over: HandOverForm) -> HttpResponse:
    asked = row.request
    standing = standing_of(asked)
    context = {
        "row": row,
        "asked": asked,
        "meta": showing.meta_of(asked),
        "rows": summary_rows(asked),
        "form": form,
        "hand_over": hand_over,
        "neighbours": neighbours(row, km=NEIGHBOURS_KM),
        "neighbours_km": NEIGHBOURS_KM,
        **(page_of(asked, standing) if standing else {}),
    }
    is_wrong = form.errors or hand_over.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "moderation/waiting_one.html", context, status=status)


@require_POST
def hand_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """To the coordinators of another region, or back to those of the school."""
    desk = desk_of(request)
    row = waiting_row(desk, uuid)
    if "back" in request.POST:
        actions.hand_over(waiting_id=row.pk, by=desk.user, region=None)
        messages.success(request, gettext("It is with the region of the school again."))
        return redirect("moderation:waiting")
    form = HandOverForm(request.POST, asked=row.request)
    if not form.is_valid():
        return _show(request, row, LookForm(initial=_seen(row)), form)
    region = form.cleaned_data["region"]
    if actions.hand_over(waiting_id=row.pk, by=desk.user, region=region, words=form.cleaned_data["note"]):
        messages.success(
            request, gettext("Handed over. The coordinators of %(region)s get a mail.") % {"region": region}
        )
    else:
        messages.info(request, gettext("It was theirs already."))
    return redirect("moderation:waiting")
