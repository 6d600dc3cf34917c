"""What the home page and the header read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.activities.queries import for_cards
from techfinder.mail.models import Suppression
from techfinder.matches.models import Match
from techfinder.organisations.models import Membership, School
from techfinder.pages.dotmap import DotMap, draw
from techfinder.requests.models import Request
from techfinder.taxonomy.hexagons import Point, home_points
from techfinder.taxonomy.levels import level_label
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import kind_names, theme_names
from techfinder.taxonomy.templatetags import ui as words
from techfinder.taxonomy.ui import Card, facts

SHOWN_ASKS = 5
SHOWN_OFFERS = 3
SHOWN_SHORTAGES = 4
MAP_KEPT_SECONDS = 3600

# ------------------------------------------------------------------- header


@dataclass(frozen=True)
class ActingFor:
    """The organisation whose name stands in the header."""

    organisation: str
    icon: str
    moderates: bool
    # Their address takes no mail, or shall get none.
    is_unmailed: bool = False


def acting_for(user: User) -> ActingFor:
    """Find the first organisation of a person, whether the person moderates, and is mailed: one query."""
    moderates = User.moderates.through.objects.filter(user_id=OuterRef("pk"))
    unmailed = Suppression.objects.standing().filter(email=Lower(OuterRef("email")))
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(is_moderator=Exists(moderates), is_unmailed=Exists(unmailed))
        .values("is_moderator", "is_unmailed")
        .annotate(**_organisation_names())
        .first()
    )
    if row is None:
        return ActingFor("", "user-circle", False)
    icons = {"school": "school", "provider": "building-factory-2", "board": "building-community"}
    kind = next((kind for kind in icons if row[kind]), "")
    return ActingFor(
        organisation=row[kind] if kind else "",
        icon=icons.get(kind, "user-circle"),
        moderates=row["is_moderator"] or user.is_superuser,
        is_unmailed=row["is_unmailed"],
    )


def _organisation_names() -> dict[str, Any]:
    active = Membership.objects.filter(user_id=OuterRef("pk"), status=Membership.Status.ACTIVE).order_by("id")
    return {
        kind: active.filter(**{f"{kind}__isnull": False}).values(f"{kind}__name")[:1]
        for kind in ("school", "provider", "board")
    }


# --------------------------------------------------------------------- home


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and its definition."""

    number: int
    what: str
    note: str


@dataclass(frozen=True)
class Ask:
    """An open question of a school, without names of people."""

    title: str
    meta: list[str]
    url: str


@dataclass(frozen=True)
class Shortage:
    """A theme that is asked for more than it is offered."""

    theme: str
    asked: int
    offered: int


def home() -> dict[str, Any]:
    """Read everything of the home page, in a number of queries that does not grow."""
    activities = Activity.objects.public()
    requests = Request.objects.open()
    open_requests = requests.count()
    shortages = _shortages(activities, requests)
    return {
        "figures": _figures(activities.count(), open_requests),
        "open_requests": open_requests,
        "asks": asks(requests, limit=SHOWN_ASKS),
        "shortages": shortages,
        "most_asked": max((shortage.asked for shortage in shortages), default=0),
        "offers": _offers(activities),
        "dotmap": dotmap(),
        "searches": SEARCHES,
    }


# What people look for often, as a query of the search page and as words.
SEARCHES = (
    ("q=robotica", gettext_lazy("robotics")),
    ("q=energie", gettext_lazy("energy")),
    ("kind=gastles", gettext_lazy("guest lesson")),
    ("kind=bedrijfsbezoek", gettext_lazy("company visit")),
    ("kind=leskist", gettext_lazy("borrow a lesson kit")),
)


def _figures(activities: int, requests: int) -> list[Figure]:
    providers = Activity.objects.public().values("provider").distinct().count()
    matched = Match.objects.open().values("request__school").distinct().count()
    return [
        Figure(activities, gettext("activities to book"), gettext("Approved by a coordinator, and not paused")),
        Figure(requests, gettext("open requests from schools"), gettext("Confirmed by e-mail, last day not past")),
        Figure(providers, gettext("companies and other providers"), gettext("With at least one activity to book")),
        Figure(matched, gettext("schools with a match"), gettext("With at least one activity that fits their request")),
    ]


def asks(requests: Any, *, limit: int) -> list[Ask]:
    """The newest of these open requests, without a name of a school or a person."""
    rows = list(requests.select_related("school").order_by("-confirmed_at", "-id")[:limit])
    return [
        Ask(
            title=row.title,
            meta=[
                word
                for word in (
                    _sentence(level_label(row.levels)),
                    words.pupils(row.group_size),
                    row.school.city,
                    words.period(row.date_from, row.date_until),
                    words.waiting(row.confirmed_at or row.created_at),
                )
                if word
            ],
            url=_address("activities:new"),
        )
        for row in rows
    ]


def _shortages(activities: Any, requests: Any) -> list[Shortage]:
    asked = Counter(code for codes in requests.values_list("themes", flat=True).iterator() for code in codes)
    offered = Counter(code for codes in activities.values_list("themes", flat=True).iterator() for code in codes)
    short = sorted((code for code in asked if asked[code] > offered[code]), key=lambda code: (-asked[code], code))
    names = theme_names()
    return [Shortage(_sentence(names.get(code, code)), asked[code], offered[code]) for code in short[:SHOWN_SHORTAGES]]


def _offers(activities: Any) -> list[Card]:
    rows = list(for_cards(activities.order_by("-published_at", "-id"))[:SHOWN_OFFERS])
    kinds = kind_names()
    return [
        Card(
            url=row.get_absolute_url(),
            title=row.title,
            provider=row.provider.name,
            place=row.venue_city or row.provider.city,
            kind=_sentence(kinds.get(row.kind, row.kind)),
            icon=words.theme_icon(row.themes[0]) if row.themes else words.kind_icon(row.kind),
            text=row.summary,
            facts=facts(
                ("users", _sentence(level_label(row.levels))),
                ("calendar", _months(row)),
            ),
            seed=row.slug,
            picture=row.picture.url if row.picture else "",
        )
        for row in rows
    ]


def _months(row: Any) -> str:
    """Of what has only fixed days, the months of those."""
    return _sentence(words.months(row.months or [session.date.month for session in row.coming_sessions]))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def dotmap() -> DotMap:
    """Draw the country from the schools in the register; kept for an hour."""
    kept = cache.get("pages.dotmap")
    if isinstance(kept, DotMap):
        return kept
    drawn = draw(home_points(_school_points()))
    cache.set("pages.dotmap", drawn, MAP_KEPT_SECONDS)
    return drawn


def _school_points() -> list[Point]:
    schools = School.objects.open().filter(sector=School.Sector.PO).values_list("lat", "lon")
    towns = Region.objects.filter(type=Region.Type.MUNICIPALITY).values_list("lat", "lon")
    return _points(schools) or _points(towns)


def _points(rows: Iterable[tuple[float | None, float | None]]) -> list[Point]:
    return [(lat, lon, 1) for lat, lon in rows if lat is not None and lon is not None]
