"""What takes part: days of activities with their seats, and requests with their priority."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from techfinder.activities.models import Session
from techfinder.campaigns import actions, showing
from techfinder.campaigns.access import coordinator_of
from techfinder.campaigns.forms import BoundsForm, NarrowRequests, NarrowSessions, PrioritiesForm, SeatsForm
from techfinder.campaigns.models import Campaign
from techfinder.campaigns.queries import (
    chosen_places,
    chosen_requests,
    narrowed,
    pinned_seats,
    requests_in_reach,
    seats_of,
    sessions_in_reach,
)
from techfinder.matches.campaign_pairs import Market

PER_PAGE = 20
READ = ["GET", "HEAD", "POST"]
CHOSEN = "gekozen"


# ------------------------------------------------------------------------ days


@require_http_methods(READ)
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """Search days in the region, and say how many seats of each are shared out."""
    campaign = coordinator_of(request).campaign(slug)
    narrow, chosen = NarrowSessions(request.GET), CHOSEN in request.GET
    found = _chosen_sessions(campaign) if chosen else _sessions(campaign, narrow)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST" and "all" in request.POST:
        return _give_all(request, campaign, found)
    form = SeatsForm(
        request.POST if request.method == "POST" else None,
        sessions=page.object_list,
        given=dict(campaign.places.values_list("session", "seats")),
        pinned=pinned_seats(campaign),
    )
    if form.is_valid() and _saved(request, form, campaign):
        return redirect(request.get_full_path())
    context = {
        "campaign": campaign, "page": page, "form": form, "narrow": narrow, "chosen": chosen,
        "rows": [(session, form[form.name_of(session.pk)]) for session in page],
        "seats": seats_of(campaign), "days": campaign.places.count(),
    }  # fmt: skip
    return render(request, "campaigns/sessions.html", context, status=422 if form.is_bound else 200)


def _sessions(campaign: Campaign, narrow: NarrowSessions) -> QuerySet[Session]:
    found = sessions_in_reach(campaign, narrow.criteria())
    said = narrow.said()
    if said.get("van"):
        found = found.filter(date__gte=said["van"])
    return found.filter(date__lte=said["tot"]) if said.get("tot") else found


def _chosen_sessions(campaign: Campaign) -> QuerySet[Session]:
    return (
        Session.objects.filter(pk__in=chosen_places(campaign).order_by().values("session"))
        .select_related("activity__provider")
        .order_by("date", "activity__title", "start", "id")
    )


def _saved(request: HttpRequest, form: SeatsForm, campaign: Campaign) -> bool:
    try:
        actions.give_seats(campaign_id=campaign.pk, seats=form.seats())
    except actions.CampaignError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


def _give_all(request: HttpRequest, campaign: Campaign, found: QuerySet[Session]) -> HttpResponse:
    """All free seats of every day that the search finds."""
    given = set(campaign.places.values_list("session", flat=True))
    new = {session.pk: session.free for session in found if session.pk not in given}
    try:
        count = actions.give_seats(campaign_id=campaign.pk, seats=new)
    except actions.CampaignError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, ngettext("%(n)d day added.", "%(n)d days added.", count) % {"n": count})
    return redirect(request.get_full_path())


# -------------------------------------------------------------------- requests


@require_http_methods(READ)
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Search open requests of the region and let them take part; those that do, with their priority."""
    campaign = coordinator_of(request).campaign(slug)
    narrow, chosen = NarrowRequests(request.GET), CHOSEN in request.GET
    if request.method == "POST" and not chosen:
        return _add(request, campaign, narrow)
    form = None
    if chosen:
        page = Paginator(chosen_requests(campaign), PER_PAGE).get_page(request.GET.get("page"))
        form = PrioritiesForm(request.POST if request.method == "POST" else None, asked=page.object_list)
        if request.method == "POST" and _changed(request, campaign, form):
            return redirect(request.get_full_path())
    else:
        page = Paginator(_requests(campaign, narrow), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign, "page": page, "form": form, "narrow": narrow, "chosen": chosen,
        "rows": _rows(page, form), "taking_part": campaign.asked.count(),
    }  # fmt: skip
    return render(request, "campaigns/requests.html", context, status=422 if form and form.is_bound else 200)


def _requests(campaign: Campaign, narrow: NarrowRequests) -> Any:
    said = narrow.said()
    found = requests_in_reach(campaign)
    return narrowed(found, text=said["q"], theme=said.get("theme", ""), level=said.get("level", ""))


def _rows(page: Page[Any], form: PrioritiesForm | None) -> list[dict[str, Any]]:
    if form is None:
        return [{"asked": showing.asked_line(each), "pk": each.pk} for each in page]
    return [
        {"asked": showing.asked_line(each.request), "pk": each.pk, "own": each, "field": form[form.name_of(each.pk)]}
        for each in page
    ]


def _add(request: HttpRequest, campaign: Campaign, narrow: NarrowRequests) -> HttpResponse:
    """Those that were ticked, or all of the list for which a chosen day fits."""
    found = _requests(campaign, narrow)
    if "fitting" in request.POST:
        ids = _fitting(campaign, list(found.values_list("pk", flat=True)))
    else:
        ticked = [each for each in request.POST.getlist("request") if each.isascii() and each.isdigit()]
        ids = list(found.filter(pk__in=[each for each in ticked if len(each) < 19]).values_list("pk", flat=True))
    try:
        count = actions.add_requests(campaign_id=campaign.pk, request_ids=ids)
    except actions.CampaignError as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    if count:
        messages.success(request, ngettext("%(n)d request added.", "%(n)d requests added.", count) % {"n": count})
    elif "fitting" in request.POST:
        messages.warning(request, _("None of these requests fits a day that you chose."))
    else:
        messages.warning(request, _("Tick the requests that take part first."))
    return redirect(request.get_full_path())


def _fitting(campaign: Campaign, request_ids: list[int]) -> list[int]:
    days = campaign.places.values_list("session", flat=True)
    market = Market(request_ids=request_ids, session_ids=list(days))
    return sorted({fit.request_id for fit in market.fits()})


def _changed(request: HttpRequest, campaign: Campaign, form: PrioritiesForm) -> bool:
    """One is taken out by its button, or all priorities of this page are saved."""
    try:
        if out := request.POST.get("out", ""):
            actions.remove_requests(
                campaign_id=campaign.pk, asked_ids=[int(out)] if out.isascii() and out.isdigit() else []
            )
            messages.success(request, _("The request takes no part any more."))
            return True
        if form.is_valid():
            actions.set_priorities(campaign_id=campaign.pk, priorities=form.values())
            messages.success(request, _("Saved."))
            return True
    except actions.CampaignError as error:
        messages.error(request, str(error))
        return True
    return False


@require_http_methods(READ)
def bounds(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What differs for one request."""
    campaign = coordinator_of(request).campaign(slug)
    asked = get_object_or_404(chosen_requests(campaign), pk=pk)
    names = ("priority", "parts_max", "part_min", "providers_max")
    form = BoundsForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(asked, name) for name in names},
        campaign=campaign,
    )
    if form.is_valid():
        try:
            actions.set_bounds(campaign_id=campaign.pk, asked_id=asked.pk, **form.cleaned_data)
        except actions.CampaignError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{showing.requests_url(campaign)}?{CHOSEN}=1")
    context = {"campaign": campaign, "form": form, "asked": asked, "line": showing.asked_line(asked.request)}
    return render(request, "campaigns/bounds.html", context, status=422 if form.is_bound else 200)
