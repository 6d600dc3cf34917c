"""The campaigns of a coordinator: the list, the form, and where one campaign stands."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from techfinder.campaigns import actions, showing
from techfinder.campaigns.access import coordinator_of
from techfinder.campaigns.forms import CampaignForm, initial_of

PER_PAGE = 20
READ = ["GET", "HEAD", "POST"]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    found = showing.with_counts(coordinator_of(request).campaigns())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "campaigns/list.html", {"page": page})


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    coordinator = coordinator_of(request)
    form = CampaignForm(request.POST if request.method == "POST" else None, regions=coordinator.regions())
    if form.is_valid():
        campaign = actions.create_campaign(user=coordinator.user, **form.cleaned_data)
        messages.success(request, _("The campaign is there. Now choose the activities whose seats you share out."))
        return redirect("campaigns:sessions", campaign.slug)
    return render(request, "campaigns/form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(READ)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what was filled in; the region stays."""
    campaign = coordinator_of(request).campaign(slug)
    form = CampaignForm(request.POST if request.method == "POST" else None, initial=initial_of(campaign))
    if form.is_valid():
        try:
            actions.edit_campaign(campaign_id=campaign.pk, **form.cleaned_data)
        except actions.CampaignError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(campaign)
    context = {"form": form, "campaign": campaign}
    return render(request, "campaigns/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a campaign stands, and what to do next."""
    campaign = coordinator_of(request).campaign(slug)
    return render(request, "campaigns/detail.html", {"campaign": campaign, "board": showing.board_of(campaign)})


@require_http_methods(READ)
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """What stopping without publishing means; and the doing of it."""
    campaign = coordinator_of(request).campaign(slug)
    if request.method != "POST":
        return (
            render(request, "campaigns/close.html", {"campaign": campaign}) if campaign.is_draft else redirect(campaign)
        )
    if actions.close_campaign(campaign_id=campaign.pk):
        messages.success(request, _("The campaign is closed. Nobody is mailed."))
    else:
        messages.info(request, _("It was done already."))
    return redirect(campaign)
