"""A round on the page: started, followed, looked at from both sides, changed by hand, published or dropped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from techfinder.campaigns import actions, proposals
from techfinder.campaigns.access import coordinator_of
from techfinder.campaigns.models import Award, Campaign
from techfinder.taxonomy.http import either


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a worker share out the places."""
    coordinator = coordinator_of(request)
    campaign = coordinator.campaign(slug)
    try:
        started = actions.start_round(campaign_id=campaign.pk, user=coordinator.user)
    except actions.CampaignError as error:
        messages.error(request, str(error))
        return redirect(campaign)
    return redirect("campaigns:round", campaign.slug, started.number)


@require_safe
def round_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How far the worker is; or the proposal, by request, by company, and who gets nothing."""
    found = coordinator_of(request).round(slug, number)
    view = request.GET.get("zicht", "")
    context: dict[str, Any] = {"campaign": found.campaign, "round": found}
    if not found.is_running:
        context |= {"proposal": proposals.proposal_of(found, view, request.GET.get("page"))}
    return render(request, "campaigns/round.html", context)


@require_POST
def drop(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = coordinator_of(request).round(slug, number)
    if actions.drop_round(round_id=found.pk):
        messages.success(request, _("Round %(n)d is dropped. Nobody is mailed.") % {"n": found.number})
    else:
        messages.info(request, _("It was done already."))
    return redirect(found.campaign)


@either
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What publishing will do, how many mails go out; and the doing of it."""
    coordinator = coordinator_of(request)
    found = coordinator.round(slug, number)
    if request.method == "POST":
        try:
            new = actions.publish_round(round_id=found.pk, user=coordinator.user)
        except actions.CampaignError as error:
            messages.error(request, str(error))
            return redirect(found)
        if new:
            messages.success(request, _("Published. The mails are on their way to schools and companies."))
        else:
            messages.info(request, _("It was published already. Nobody is mailed twice."))
        return redirect(found)
    if found.state != found.State.PROPOSED:
        return redirect(found)
    context = {"campaign": found.campaign, "round": found, "effect": proposals.effect_of(found)}
    return render(request, "campaigns/publish.html", context)


@require_POST
def award(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Lock or refuse one pair of a proposal."""
    found = coordinator_of(request).round(slug, number)
    get_object_or_404(Award, pk=pk, round=found)
    try:
        if request.POST.get("do") == "refuse":
            actions.refuse_award(award_id=pk)
            messages.success(request, _("This pair does not come back. Start a new round to fill the place."))
        else:
            actions.lock_award(award_id=pk)
            messages.success(request, _("This pair is locked: a new round keeps it."))
    except actions.CampaignError as error:
        messages.error(request, str(error))
    return redirect(_back(request, found.campaign, number))


@require_POST
def release(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let the next round decide about a pair again."""
    campaign = coordinator_of(request).campaign(slug)
    try:
        if actions.release_pin(campaign_id=campaign.pk, pin_id=pk):
            messages.success(request, _("The next round decides about this pair again."))
        else:
            messages.info(request, _("It was done already."))
    except actions.CampaignError as error:
        messages.error(request, str(error))
    return redirect(_back(request, campaign, 0))


def _back(request: HttpRequest, campaign: Campaign, number: int) -> str:
    """To the list that it was done from; it is named by its parts, so that no address of others is followed."""
    number = number or _number(request.POST.get("ronde", ""))
    if not number:
        return campaign.get_absolute_url()
    address = reverse("campaigns:round", args=[campaign.slug, number])
    view, page = request.POST.get("zicht", ""), _number(request.POST.get("page", ""))
    return f"{address}?zicht={view if view in proposals.VIEWS else ''}&page={page or 1}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
