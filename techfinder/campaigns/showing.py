"""Campaigns as the pages show them: the list, where one stands, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.campaigns.models import Award, Campaign, CampaignRequest, CampaignSession, Round
from techfinder.campaigns.queries import called_off, left_out, seats_of
from techfinder.campaigns.words import group_of, off_line, place_of
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import join_and, period

MOST_ROUNDS = 20
MOST_NAMED = 5
MOST_CALLED_OFF = 20
Outcome = CampaignRequest.Outcome


def requests_url(campaign: Campaign) -> str:
    return reverse("campaigns:requests", args=[campaign.slug])


def with_counts(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """With the number of days and of requests: `day_count`, `request_count`."""
    days = CampaignSession.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    asked = CampaignRequest.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return campaigns.annotate(
        day_count=Coalesce(Subquery(days.annotate(n=Count("pk")).values("n")), 0),
        request_count=Coalesce(Subquery(asked.annotate(n=Count("pk")).values("n")), 0),
    )


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A request in a list of the coordinator. No name of a person."""

    title: str
    school: str
    town: str
    group: str
    when: str
    url: str


def asked_line(request: Request) -> AskedLine:
    return AskedLine(
        title=request.title,
        school=request.school.name,
        town=request.school.city or request.school.municipality.name,
        group=group_of(request),
        when=period(request.date_from, request.date_until),
        url=request.get_absolute_url(),
    )


# ---------------------------------------------------------------- one campaign


@dataclass(frozen=True, slots=True)
class Board:
    """Where a campaign stands. `proposal`: the round that can be published now."""

    days: int
    seats: int
    requests: int
    warnings: list[str]
    rounds: list[Round]
    running: Round | None
    proposal: Round | None
    published: Round | None
    outcomes: list[tuple[str, int]]
    called_off: list[dict[str, Any]]
    called_off_count: int
    stages: list[dict[str, str]]

    @property
    def can_start(self) -> bool:
        return bool(self.days and self.requests and not self.running)


def board_of(campaign: Campaign) -> Board:
    rounds = list(campaign.rounds.select_related("started_by", "campaign").order_by("-number")[:MOST_ROUNDS])
    days, requests = campaign.places.count(), campaign.asked.count()
    proposal = _first(rounds, Round.State.PROPOSED)
    off = called_off(campaign) if campaign.state == Campaign.State.PUBLISHED else Award.objects.none()
    return Board(
        days=days,
        seats=seats_of(campaign),
        requests=requests,
        warnings=warnings_of(campaign) if campaign.is_draft else [],
        rounds=rounds,
        running=next((each for each in rounds if each.is_running), None),
        proposal=proposal,
        published=_first(rounds, Round.State.PUBLISHED),
        outcomes=_outcomes(campaign),
        called_off=[_off(award) for award in off[:MOST_CALLED_OFF]],
        called_off_count=off.count(),
        stages=_stages(campaign, days, requests, proposal),
    )


def _off(award: Award) -> dict[str, Any]:
    return {
        "school": award.request.school.name,
        "words": place_of(award),
        "off": off_line(award),
        "said": award.booking.end_words if award.booking else "",
        "url": award.booking.get_absolute_url() if award.booking else "",
    }


def _first(rounds: Iterable[Round], state: str) -> Round | None:
    return next((each for each in rounds if each.state == state), None)


def _outcomes(campaign: Campaign) -> list[tuple[str, int]]:
    rows = campaign.asked.exclude(outcome="").order_by("outcome").values_list("outcome").annotate(n=Count("pk"))
    counted = dict(rows)
    return [(capfirst(str(outcome.label)), counted[outcome]) for outcome in Outcome if outcome in counted]


def _stages(campaign: Campaign, days: int, requests: int, proposal: Round | None) -> list[dict[str, str]]:
    done = campaign.state == Campaign.State.PUBLISHED
    steps = [
        (_("Choose activities"), bool(days) or done),
        (_("Choose requests"), bool(requests) or done),
        (_("Start a round"), bool(proposal) or done),
        (_("Publish the proposal"), done),
    ]
    now = next((index for index, (_title, ready) in enumerate(steps) if not ready), None)
    states = {True: "done", False: "todo"}
    return [
        {"title": title, "state": "now" if index == now and campaign.is_draft else states[ready]}
        for index, (title, ready) in enumerate(steps)
    ]


def warnings_of(campaign: Campaign) -> list[str]:
    """What was chosen and does not take part, each as one sentence with what to do."""
    out = left_out(campaign)
    said = [
        (out.not_public, _("No longer public, so left out: %(names)s. Take their days out of the campaign.")),
        (
            out.no_region,
            _("The region no longer exists of: %(names)s. Nobody can be placed there now. Take it out."),
        ),
        (out.full, _("Full, so left out: %(names)s.")),
        (out.past, _("Past, so left out: %(names)s.")),
    ]
    found = [text % {"names": _names([each.title for each in left])} for left, text in said if left]
    if out.closed_requests:
        text = ngettext(
            "%(n)d request is no longer open, so left out: %(names)s.",
            "%(n)d requests are no longer open, so left out: %(names)s.",
            len(out.closed_requests),
        )
        found.append(text % {"n": len(out.closed_requests), "names": _names(out.closed_requests)})
    return found


def _names(titles: list[str]) -> str:
    named = titles[:MOST_NAMED]
    rest = len(titles) - len(named)
    if rest:
        named.append(ngettext("%(n)d other", "%(n)d others", rest) % {"n": rest})
    return join_and(named)
