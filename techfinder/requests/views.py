"""The views of a request that exists: the open ones for companies, and what its own people do with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from techfinder.requests import actions
from techfinder.requests.access import get_request
from techfinder.requests.filters import RequestFilter
from techfinder.requests.forms import ExtendForm, QuestionForm, WithdrawForm, initial_of_request
from techfinder.requests.models import Request
from techfinder.requests.queries import public_requests, ways_to_strengthen
from techfinder.requests.show import listed, summary_rows
from techfinder.taxonomy.holidays import coming_holidays
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20


@require_safe
def open_list(request: HttpRequest) -> HttpResponse:
    """Open requests for companies: no school's name, no person."""
    chosen = RequestFilter(request.GET, queryset=public_requests())
    page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "questions": listed(page.object_list)}
    return render(request, "requests/list.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The request as it stands, with what its people can do."""
    asked = get_request(request.user, uuid)
    context = {
        "asked": asked,
        "rows": summary_rows(asked),
        "stronger": ways_to_strengthen(asked) if asked.status in actions.EDITABLE else [],
        "can_edit": asked.status in actions.EDITABLE,
        "can_extend": asked.status in actions.EXTENDABLE,
    }
    return render(request, "requests/detail.html", context)


@login_required
@either
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change an open request."""
    asked = get_request(request.user, uuid)
    if asked.status not in actions.EDITABLE:
        return _closed(request, asked)
    data = request.POST if request.method == "POST" else None
    form = QuestionForm(data, initial=initial_of_request(asked), school=asked.school)
    if form.is_valid():
        actions.edit_request(request_id=asked.pk, fields=form.question())
        messages.success(request, _("Your question is changed. We look again for what fits."))
        return redirect(asked)
    holidays = coming_holidays(asked.school.holiday_region, today=timezone.localdate())
    context = {"form": form, "asked": asked, "school": asked.school, "holidays": holidays}
    return render(request, "requests/edit.html", context, status=status_of(form))


@login_required
@either
def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a request a later last day; one that ran out opens again."""
    asked = get_request(request.user, uuid)
    if asked.status not in actions.EXTENDABLE:
        return _closed(request, asked)
    form = ExtendForm(request.POST if request.method == "POST" else None, current=asked.date_until)
    if form.is_valid():
        actions.extend_request(request_id=asked.pk, date_until=form.cleaned_data["date_until"])
        messages.success(request, _("Your question has a new last day. We look again for what fits."))
        return redirect(asked)
    return render(request, "requests/extend.html", {"form": form, "asked": asked}, status=status_of(form))


@login_required
@either
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a request back, with the reason."""
    asked = get_request(request.user, uuid)
    if asked.status not in actions.EXTENDABLE:
        return _closed(request, asked)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.withdraw_request(request_id=asked.pk, **form.cleaned_data)
        messages.success(request, _("Your question is closed. Companies no longer see it."))
        return redirect(asked)
    return render(request, "requests/withdraw.html", {"form": form, "asked": asked}, status=status_of(form))


def _closed(request: HttpRequest, asked: Request) -> HttpResponse:
    """Someone was first: say what the request is now."""
    messages.info(request, _("This question is closed already: %(status)s.") % {"status": asked.get_status_display()})
    return redirect(asked)
