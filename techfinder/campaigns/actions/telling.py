"""The mails of a published campaign: one per request, one per person of a company with all that come.

The places become bookings with them, so that who reads of a place can go on with it. What is to be told is rows
(`told_at` empty), written by the publishing; keys make a mail exist once, whatever runs twice.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side
from techfinder.campaigns import words
from techfinder.campaigns.actions.settling import settle
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Round, Unserved
from techfinder.campaigns.places import BOOKED, booking_url, calendar_of
from techfinder.celery import wake
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.matches.telling.words import request_line, request_url
from techfinder.organisations.models import Membership, Provider
from techfinder.requests.models import Request

AT_ONCE = 50
# Of the own bookings those that are settled.
AGREED = "?stand=afgesproken"
# Well within the time limit of a task, with all companies still to come.
SECONDS_PER_RUN = 40
Outcome = CampaignRequest.Outcome


def tell(*, campaign_id: int, seconds: float = SECONDS_PER_RUN) -> None:
    """Write the mails that a published campaign still owes; what the time is too short for, the next run does."""
    campaign = Campaign.objects.filter(pk=campaign_id, state=Campaign.State.PUBLISHED, told_at=None).first()
    if campaign is None:
        return
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _tell_schools(campaign):
            _tell_providers(campaign)
            Campaign.objects.filter(pk=campaign_id, told_at=None).update(told_at=timezone.now())
            return
    wake("campaigns.tell", campaign_id)


# --------------------------------------------------------------------- schools


def _tell_schools(campaign: Campaign) -> int:
    """The next few schools."""
    owed = campaign.asked.exclude(outcome="").filter(told_at=None).order_by("pk").values_list("pk", flat=True)
    ids = list(owed[:AT_ONCE])
    for asked_id in ids:
        _tell_school(campaign, asked_id)
    return len(ids)


@transaction.atomic
def _tell_school(campaign: Campaign, asked_id: int) -> None:
    """One school, and the bookings that its places become. Another worker that has it in hand is waited for."""
    rows = campaign.asked.filter(told_at=None).select_for_update(of=("self",), no_key=True)
    asked = rows.select_related("request__school__municipality", "request__contact").filter(pk=asked_id).first()
    if asked is None:
        return
    if asked.outcome == Outcome.PLACED:
        _mail_placed(campaign, asked.request, settle(campaign, request_id=asked.request_id))
    else:
        _mail_unplaced(campaign, asked)
    campaign.asked.filter(pk=asked.pk).update(told_at=timezone.now())


def _mail_placed(campaign: Campaign, request: Request, awards: list[Award]) -> None:
    with translation.override(language_of(request.contact)):
        context = placed_context(campaign, request, awards)
        calendar = calendar_of(awards, Side.SCHOOL, contact_address(request))
    companies = {award.activity.provider.email for award in awards}
    reply_to = companies.pop() if len(companies) == 1 else ""
    _mail_school(campaign, request, "campaign_placed", context, reply_to=reply_to, calendar=calendar)


def placed_context(campaign: Campaign, request: Request, awards: Iterable[Award]) -> dict[str, Any]:
    """Where a group goes, in the active language."""
    places = [
        {"place": words.place_of(award), "url": booking_url(award, Side.SCHOOL, contact_address(request))}
        for award in awards
    ]
    return _about(campaign, request) | {"places": places, "split": len(places) > 1}


def _mail_unplaced(campaign: Campaign, asked: CampaignRequest) -> None:
    published = Unserved.objects.filter(round__campaign=campaign, round__state=Round.State.PUBLISHED)
    reason = published.filter(request=asked.request_id).values_list("reason", flat=True).first() or ""
    with translation.override(language_of(asked.request.contact)):
        context = unplaced_context(campaign, asked, reason)
    _mail_school(campaign, asked.request, "campaign_unplaced", context)


def unplaced_context(campaign: Campaign, asked: CampaignRequest, reason: str) -> dict[str, Any]:
    """Why there is no place, in the active language."""
    return _about(campaign, asked.request) | {"why": words.why_to_school(asked.outcome, reason)}


def _mail_school(campaign: Campaign, request: Request, template: str, context: dict[str, Any], **more: Any) -> None:
    """`more` is what else `queue_mail` takes."""
    queue_mail(
        key=f"campaign-school:{campaign.pk}:{request.pk}",
        to=contact_address(request),
        recipient=request.contact,
        language=language_of(request.contact),
        template=template,
        context=context,
        thread=request.thread,
        **more,
    )


def language_of(person: User | None) -> str:
    return person.language if person else "nl"


def _about(campaign: Campaign, request: Request) -> dict[str, Any]:
    return {
        "campaign": campaign.title,
        "title": request.title,
        "line": request_line(request),
        "school_name": request.school.name,
        "button_url": request_url(request),
    }


# ------------------------------------------------------------------- providers


def _tell_providers(campaign: Campaign) -> None:
    awards = (
        Award.objects.standing()
        .filter(round__campaign=campaign)
        .select_related("activity__provider", "session", "request__school__municipality", "request__contact", *BOOKED)
    )
    by_provider: dict[int, list[Award]] = defaultdict(list)
    for award in awards.order_by("date", "session__start", "request__school__name", "id"):
        by_provider[award.activity.provider_id].append(award)
    members = members_by_provider(by_provider)
    for provider_id, own in sorted(by_provider.items()):
        with transaction.atomic():
            _mail_provider(campaign, own[0].activity.provider, own, members[provider_id])


def members_by_provider(provider_ids: Iterable[int]) -> dict[int, list[User]]:
    """Who acts for each of these providers, in one query."""
    found: dict[int, list[User]] = defaultdict(list)
    active = Membership.objects.filter(
        provider__in=list(provider_ids), status=Membership.Status.ACTIVE, user__is_active=True
    )
    for each in active.select_related("user").order_by("pk"):
        found[each.provider_id or 0].append(each.user)
    return found


def _readers(provider: Provider, members: list[User]) -> list[tuple[str, User | None]]:
    """Everyone who acts for it; without any, the address that it gave."""
    people: list[tuple[str, User | None]] = [(member.email, member) for member in members]
    return people or [(provider.email, None)]


def _mail_provider(campaign: Campaign, provider: Provider, awards: list[Award], members: list[User]) -> None:
    alone = len({award.request_id for award in awards}) == 1
    for address, person in _readers(provider, members):
        language = language_of(person)
        with translation.override(language):
            context = provider_context(campaign, provider, awards, reader=address)
            calendar = calendar_of(awards, Side.PROVIDER, address)
        queue_mail(
            key=f"campaign-provider:{campaign.pk}:{provider.pk}:{address}",
            to=address,
            recipient=person,
            language=language,
            template="campaign_provider",
            context=context,
            reply_to=contact_address(awards[0].request) if alone else "",
            calendar=calendar,
        )


def provider_context(campaign: Campaign, provider: Provider, awards: list[Award], *, reader: str) -> dict[str, Any]:
    """Who comes to a company, in the active language."""
    return {
        "campaign": campaign.title,
        "provider": provider.name,
        "count": len({award.request_id for award in awards}),
        "groups": [_group(award) | {"url": booking_url(award, Side.PROVIDER, reader)} for award in awards],
        "button_url": absolute(reverse("bookings:list")) + AGREED,
    }


def _group(award: Award) -> dict[str, Any]:
    request = award.request
    return {
        "place": words.place_of(award),
        "title": request.title,
        "school": request.school.name,
        "town": request.school.city or request.school.municipality.name,
        "address": f"{request.school.street} {request.school.house_number}, {request.school.postcode}".strip(" ,"),
        "levels": words.levels(request.levels),
        "contact": request.contact_name,
        "email": contact_address(request),
        "date_note": request.date_note,
        "practicalities": request.practicalities,
    }


def contact_address(request: Request) -> str:
    return request.contact.email if request.contact else request.contact_email
