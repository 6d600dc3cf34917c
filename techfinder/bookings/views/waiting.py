"""The waiting list, for the school: where its request stands. Looking changes nothing."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from techfinder.bookings.links.waiting import read_token
from techfinder.bookings.show.waiting import page_of, standing_of
from techfinder.matches.access import may_act
from techfinder.requests.access import get_request, requests_for
from techfinder.requests.models import Request


@login_required
@require_safe
def waiting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For the people of the school, and the coordinators of its region."""
    asked = get_request(request.user, uuid)
    return _page(request, asked, by_link=False)


@never_cache
@require_safe
def waiting_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link of a mail, without an account: what can be done is behind the door."""
    found = Request.objects.exclude(status=Request.Status.UNCONFIRMED).select_related("school__municipality__parent")
    uuid = read_token(token)
    if uuid is None:
        raise Http404
    asked = get_object_or_404(found, uuid=uuid)
    by_link = not requests_for(request.user).filter(pk=asked.pk).exists()
    return _page(request, asked, by_link=by_link)


def _page(request: HttpRequest, asked: Request, *, by_link: bool) -> HttpResponse:
    standing = standing_of(asked)
    context = {"asked": asked, "standing": None, "by_link": by_link, "may_act": may_act(request.user, asked)}
    if standing:
        context |= page_of(asked, standing)
    return render(request, "bookings/waiting.html", context)
