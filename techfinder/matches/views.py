from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.models import User
from techfinder.activities.gone import gone_regions, warning
from techfinder.matches import access, actions, show
from techfinder.matches.beside import Page, beside
from techfinder.matches.fairness.held import Held, held_of, waiting_of
from techfinder.matches.near import loosened
from techfinder.matches.near.widening import proposals
from techfinder.matches.queries import FEW, Step, matches_of_activity, matches_of_request, why_not
from techfinder.matches.telling.labels import Labels
from techfinder.organisations.queries import own_providers
from techfinder.requests.access import get_request
from techfinder.requests.actions import edit_request
from techfinder.requests.models import Request

PER_PAGE = 20


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Both sides of one person: what waits, own requests, what fits own activities."""
    assert isinstance(request.user, User)
    context = {"board": show.dashboard(request.user), **beside(Page.DASHBOARD, request)}
    return render(request, "matches/dashboard.html", context)


@login_required
@require_safe
def request(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The matches of one request with their reasons; when there are few, what would help."""
    asked = get_request(request.user, uuid)
    is_open = asked.status == Request.Status.OPEN
    page = Paginator(matches_of_request(asked), PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    may_act = access.may_act(request.user, asked)
    added = beside(Page.REQUEST, request, asked)
    held = held_of(asked, request.user, Labels()) if is_open and not asked.is_being_matched else Held()
    context = {
        "asked": asked,
        "page": page,
        "count": count,
        "cards": show.cards(list(page), Labels()),
        "facts": show.request_facts(asked),
        "stages": show.stages(asked, count, held=held.full_count, answer=added.get("answer")),
        "held": held,
        "may_act": may_act,
        # Whoever sees this page and cannot act on it is a moderator.
        "explains": not may_act or request.user.is_staff,
        "loosened": loosened.last(request.session, asked),
        "is_open": is_open,
        "why": why_not(asked) if is_open and not asked.is_being_matched and count < FEW else None,
        **added,
    }
    return render(request, "matches/request.html", context)


@login_required
@require_POST
def loosen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the request as one of the steps says; only a step that still yields something is taken."""
    asked = _own_request(request, uuid)
    step = _step(asked, request.POST.get("loosen", ""))
    if step is None:
        messages.error(request, _("This change no longer helps. Choose another one."))
        return redirect("matches:request", asked.uuid)
    old = {name: getattr(asked, name) for name in step.fields}
    changed = _change(asked, step.fields)
    loosened.remember(request.session, changed, old=old, step=step)
    return redirect("matches:request", asked.uuid)


@login_required
@require_POST
def put_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Undo the last step, when nothing else changed since."""
    asked = _own_request(request, uuid)
    old = loosened.take_back(request.session, asked)
    if old is None:
        messages.error(request, _("Your request was changed since. You can change it yourself."))
    else:
        _change(asked, old)
        messages.success(request, _("Your request is as it was."))
    return redirect("matches:request", asked.uuid)


def _own_request(request: HttpRequest, uuid: UUID) -> Request:
    asked = get_request(request.user, uuid)
    if not access.may_act(request.user, asked):
        raise Http404
    return asked


def _step(asked: Request, value: str) -> Step | None:
    why = why_not(asked)
    steps = [*why.steps, why.online.step] if why.online else why.steps
    return next((step for step in steps if step.value == value), None)


def _change(asked: Request, fields: dict[str, Any]) -> Request:
    """Change it and match it at once: the next page shows what came of it."""
    # The form asks for an audience; leaving it out would set it anew.
    changed = edit_request(request_id=asked.pk, fields={"audience": asked.audience, **fields})
    actions.match_request(request_id=asked.pk)
    return changed


@login_required
@require_safe
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    """The requests that fit one activity."""
    offered = access.get_activity(request.user, slug)
    page = Paginator(matches_of_activity(offered), PER_PAGE).get_page(request.GET.get("page"))
    is_ours = isinstance(request.user, User) and own_providers(request.user).filter(pk=offered.provider_id).exists()
    context = {
        "activity": offered,
        "gone": warning(offered, gone_regions(offered)),
        "page": page,
        "asks": show.asks(list(page), Labels()),
        "is_ours": is_ours,
        "waiting": waiting_of([offered.provider]) if is_ours else [],
        "proposals": proposals(offered) if is_ours else [],
        **beside(Page.ACTIVITY, request, offered),
    }
    return render(request, "matches/activity.html", context)


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Past niet: the pair never comes back."""
    match = access.get_match_of_school(request.user, pk)
    if actions.decline(match_id=match.pk):
        messages.success(request, _("Put aside. This activity does not come back for this request."))
    return redirect("matches:request", match.request.uuid)


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the activity: the room above does."""
    match = access.get_match_of_school(request.user, pk)
    asking = reverse("bookings:ask", args=[match.activity.slug])
    return redirect(f"{asking}?{urlencode({'vraag': str(match.request.uuid)})}")


@login_required
@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer to come: the room above does."""
    match = access.get_match_of_provider(request.user, pk)
    return redirect("bookings:offer", match.request.uuid, match.activity.slug)
