"""The mails about a place that was called off: one to each side, and one to the coordinator."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side
from techfinder.campaigns import words
from techfinder.campaigns.actions.telling import (
    GROUPS,
    contact_address,
    language_of,
    members_by_provider,
    readers_of,
)
from techfinder.campaigns.models import Award
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.requests.models import Request

# A day so near that its mail cannot wait for the morning.
NEAR = dt.timedelta(days=2)


def tell_off(award: Award) -> None:
    """To the contact of the school, to everyone who acts for the company, and to who published the campaign."""
    for side, address, person in _readers(award):
        language = language_of(person)
        with translation.override(language):
            context = off_context(award, side)
        queue_mail(
            key=f"campaign-off:{award.pk}:{address}",
            to=address,
            recipient=person,
            language=language,
            template="campaign_off",
            context=context,
            thread=award.request.thread if side == Side.SCHOOL else "",
            urgent=side == award.off_side or award.date <= timezone.localdate() + NEAR,
        )


def _readers(award: Award) -> list[tuple[Side, str, User | None]]:
    request, provider, campaign = award.request, award.activity.provider, award.round.campaign
    members = members_by_provider([provider.pk])[provider.pk]
    desk = campaign.published_by or campaign.created_by
    return [
        (Side.SCHOOL, contact_address(request), request.contact),
        *((Side.PROVIDER, *reader) for reader in readers_of(provider, members)),
        *([(Side.COORDINATOR, desk.email, desk)] if desk else []),
    ]


def off_context(award: Award, side: Side) -> dict[str, Any]:
    """What was called off and what happens next, to one side, in the active language."""
    request = award.request
    return {
        "campaign": award.round.campaign.title,
        "place": words.place_of(award),
        "school": request.school.name,
        "title": request.title,
        "is_school": side == Side.SCHOOL,
        "is_provider": side == Side.PROVIDER,
        "by_me": side == award.off_side,
        "by_coordinator": award.off_side == Side.COORDINATOR,
        "who": words.who_called_off(award),
        "reason": words.off_reason(award),
        "said": award.off_words,
        "reopened": request.status == Request.Status.OPEN,
        "keeps_other": request.status == Request.Status.FULFILLED,
        "button_url": absolute(award.page_of(side)) + (GROUPS if side == Side.PROVIDER else ""),
    }
