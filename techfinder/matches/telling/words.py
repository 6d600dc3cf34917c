"""A match in words, for mails and pages: both show the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst

from techfinder.activities.models import Activity
from techfinder.mail.compose import absolute
from techfinder.matches.models import Match
from techfinder.matches.telling.labels import FOR_PROVIDER, FOR_SCHOOL, Labels, deliveries, levels
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import km, period, pupils


@dataclass(frozen=True, slots=True)
class OfferWords:
    """An activity as a school sees it among its matches."""

    match_id: int
    title: str
    kind: str
    provider: str
    town: str
    place: str
    far: str
    url: str
    reasons: list[str]
    shortfalls: list[str]


@dataclass(frozen=True, slots=True)
class AskWords:
    """A request as a provider sees it among its matches. No name of a person."""

    match_id: int
    title: str
    school: str
    town: str
    group: str
    when: str
    activity: str
    url: str
    reasons: list[str]
    shortfalls: list[str]


def offer_words(match: Match, labels: Labels) -> OfferWords:
    activity = match.activity
    return OfferWords(
        match_id=match.pk,
        title=activity.title,
        kind=capfirst(labels.kinds.get(activity.kind, activity.kind)),
        provider=activity.provider.name,
        town=activity.venue_city or activity.provider.city,
        place=deliveries(dict_of(match.reasons).get("delivery", [])),
        far=distance(match),
        url=absolute(activity.get_absolute_url()),
        reasons=labels.reasons(match.reasons, only=FOR_SCHOOL),
        shortfalls=labels.shortfalls(match.shortfalls),
    )


def ask_words(match: Match, labels: Labels) -> AskWords:
    request = match.request
    return AskWords(
        match_id=match.pk,
        title=request.title,
        school=request.school.name,
        town=request.school.city or request.school.municipality.name,
        group=capfirst(f"{levels(request.levels)}, {pupils(request.group_size)}"),
        when=period(request.date_from, request.date_until),
        activity=match.activity.title,
        url=absolute(activity_url(match.activity)),
        reasons=labels.reasons(match.reasons, only=FOR_PROVIDER),
        shortfalls=labels.shortfalls(match.shortfalls),
    )


def dict_of(reasons: list[list[object]]) -> dict[str, list[str]]:
    return {str(code): value for code, value in reasons}  # type: ignore[misc]


def distance(match: Match) -> str:
    """Write 8 km; empty when it is online only."""
    found = dict(match.reasons)
    return km(found["distance_km"]) if "distance_km" in found else ""


def activity_url(activity: Activity) -> str:
    return reverse("matches:activity", args=[activity.slug])


def request_url(request: Request) -> str:
    return absolute(reverse("matches:request", args=[request.uuid]))


def request_line(request: Request) -> str:
    """Write groep 7-8, 28 leerlingen, 3 mei tot en met 2 juli."""
    when = period(request.date_from, request.date_until)
    return capfirst(f"{levels(request.levels)}, {pupils(request.group_size)}, {when}")
