"""A round as its page shows it: what it came to, what each side gets, and why some get nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.campaigns import words
from techfinder.campaigns.actions.telling import members_by_provider
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, CampaignSession, Pin, Round, Unserved
from techfinder.campaigns.showing import asked_line
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import number

PER_PAGE = 20
REQUESTS, DAYS, WITHOUT, PINNED = VIEWS = ("vragen", "aanbod", "zonder", "vast")
State, Outcome = Round.State, CampaignRequest.Outcome


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the page of a round shows, one list at a time (`view`)."""

    view: str
    tabs: list[tuple[str, str, int, bool]]
    page: Page[Any]
    rows: list[dict[str, Any]]
    sentence: str
    figures: list[tuple[str, str, str]]
    certainty: str
    problem: str
    is_outdated: bool
    can_change: bool
    serves_nobody: bool
    skipped: int


def proposal_of(found: Round, view: str, page: str | None) -> Proposal:
    """The round as it stands; a list that does not exist is the first one."""
    view = view if view in VIEWS else REQUESTS
    lists = {name: make(found) for name, (make, _rows) in LISTS.items()}
    shown = Paginator(lists[view], PER_PAGE).get_page(page)
    campaign = found.campaign
    stands = found.state == State.PROPOSED and campaign.is_draft
    return Proposal(
        view=view,
        tabs=[(name, TITLES[name](), rows.count(), name == view) for name, rows in lists.items()],
        page=shown,
        rows=LISTS[view][1](found, list(shown)),
        sentence=sentence_of(found.report),
        figures=figures_of(found.report),
        certainty=" ".join(filter(None, (certainty_of(found.report), *reservations(found.report)))),
        problem=words.problem_of(found) if found.state == State.FAILED else "",
        is_outdated=stands and found.version != campaign.version,
        can_change=stands,
        serves_nobody=stands and found.report.get("round", {}).get("served") == 0,
        skipped=_skipped(found).count() if found.state == State.PUBLISHED else 0,
    )


TITLES: dict[str, Callable[[], str]] = {
    REQUESTS: lambda: _("By request"),
    DAYS: lambda: _("By day"),
    WITHOUT: lambda: _("Without a place"),
    PINNED: lambda: _("Settled by hand"),
}


# --------------------------------------------------------------------- figures


def sentence_of(report: dict[str, Any]) -> str:
    """Write: With this proposal 447 requests get a place. One after the other by hand it would be 412."""
    if "round" not in report:
        return ""
    served, by_hand = report["round"]["served"], report["by_hand"]["served"]
    first = ngettext(
        "With this proposal %(n)s of %(all)s requests gets a place.",
        "With this proposal %(n)s of %(all)s requests get a place.",
        served,
    ) % {"n": number(served), "all": number(report["groups"])}
    return first + " " + _("Given out one after the other it would be %(n)s.") % {"n": number(by_hand)}


def figures_of(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rows of (what, in the proposal, by hand)."""
    if "round" not in report:
        return []
    labels = [
        ("served", _("Requests with a place")),
        ("pupils", _("Pupils with a place")),
        ("new_schools", _("Of schools that had nothing yet this school year")),
        ("waiting_days", _("Days waited, on average")),
        ("split", _("Groups in parts")),
        ("score", _("How well it fits, 0 to 100")),
    ]
    return [(label, number(report["round"][name]), number(report["by_hand"][name])) for name, label in labels]


def certainty_of(report: dict[str, Any]) -> str:
    """Whether better is possible."""
    if "proven" not in report:
        return ""
    seconds = {"n": number(max(report["seconds"], 0.1))}
    if report["proven"]:
        return _("It is proven that no other sharing out is better. Worked out in %(n)s seconds.") % seconds
    served = next((stage for stage in report["stages"] if stage["name"] == "served"), None)
    more = round(served["bound"] - served["value"]) if served else 0
    if more > 0:
        text = ngettext(
            "Not everything was tried: at most %(n)d more request could get a place.",
            "Not everything was tried: at most %(n)d more requests could get a place.",
            more,
        )
        return text % {"n": more}
    return _("No sharing out serves more requests. Who gets which place could perhaps be a little better.")


def reservations(report: dict[str, Any]) -> Iterator[str]:
    """What else a coordinator should know of how this came about."""
    if report.get("cut_short"):
        yield _("The machine was too busy to finish this round. Worked out again, it may come out differently.")
    if lapsed := report.get("lapsed"):
        text = ngettext(
            "%(n)d pair that you locked is no longer possible, and was left out.",
            "%(n)d pairs that you locked are no longer possible, and were left out.",
            lapsed,
        )
        yield text % {"n": lapsed}


# ----------------------------------------------------------------- by request


def _placed(found: Round) -> QuerySet[CampaignRequest]:
    asked = CampaignRequest.objects.filter(campaign=found.campaign_id, request__in=found.awards.values("request"))
    return asked.select_related("request__school__municipality").order_by(
        "-priority", "request__school__name", "request_id"
    )


def _placed_rows(found: Round, asked: list[CampaignRequest]) -> list[dict[str, Any]]:
    awards = _awards(found, Q(request__in=[each.request_id for each in asked]))
    pins = _pins(found, awards)
    by_request: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        by_request[award.request_id].append(award)
    return [
        {
            "line": asked_line(each.request),
            "priority": capfirst(each.get_priority_display()) if each.priority > 1 else "",
            "skipped": words.skipped(each.outcome),
            "places": [_place(award, pins) for award in by_request[each.request_id]],
        }
        for each in asked
    ]


def _awards(found: Round, scope: Q) -> list[Award]:
    rows = found.awards.filter(scope).select_related(
        "activity__provider", "session", "booking", "request__school__municipality"
    )
    return list(rows.order_by("date", "request__school__name", "id"))


def _pins(found: Round, awards: Iterable[Award]) -> dict[tuple[int, int], Pin]:
    pins = Pin.objects.filter(campaign=found.campaign_id, request__in={award.request_id for award in awards})
    return {(pin.request_id, pin.session_id): pin for pin in pins}


def _place(award: Award, pins: dict[tuple[int, int], Pin]) -> dict[str, Any]:
    pin = pins.get((award.request_id, award.session_id or 0))
    return {"award": award, "words": words.place_of(award), "pin": pin, "off": words.off_line(award)}


# --------------------------------------------------------------------- by day


def _days(found: Round) -> QuerySet[CampaignSession]:
    places = CampaignSession.objects.filter(campaign=found.campaign_id)
    return places.select_related("session__activity__provider").order_by(
        "session__activity__provider__name", "session__date", "session__start", "session_id"
    )


def _day_rows(found: Round, places: list[CampaignSession]) -> list[dict[str, Any]]:
    awards = _awards(found, Q(session__in=[place.session_id for place in places]))
    pins = _pins(found, awards)
    by_day: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        if award.stands or found.state != State.PUBLISHED:
            by_day[award.session_id or 0].append(award)
    return [_day_row(place, by_day[place.session_id], pins) for place in places]


def _day_row(place: CampaignSession, awards: list[Award], pins: dict[tuple[int, int], Pin]) -> dict[str, Any]:
    used = sum(award.pupils for award in awards)
    session = place.session
    return {
        "title": session.activity.title,
        "url": session.activity.get_absolute_url(),
        "provider": session.activity.provider.name,
        "day": words.day_of(session.date),
        "time": words.times(session),
        "seats": place.seats,
        "used": used,
        "left": max(place.seats - used, 0),
        "groups": [_place(award, pins) | {"line": asked_line(award.request)} for award in awards],
    }


# ------------------------------------------------------------- without a place


def _skipped(found: Round) -> QuerySet[CampaignRequest]:
    skipped = found.campaign.asked.filter(outcome__in=CampaignRequest.SKIPPED)
    return skipped.filter(request__in=found.awards.values("request"))


def _without(found: Round) -> QuerySet[CampaignRequest]:
    asked = found.campaign.asked.filter(
        Q(request__in=found.unserved.values("request")) | Q(pk__in=_skipped(found).values("pk"))
    )
    return asked.select_related("request__school__municipality").order_by("-priority", "request__school__name", "pk")


def _without_rows(found: Round, asked: list[CampaignRequest]) -> list[dict[str, Any]]:
    rows = Unserved.objects.filter(round=found, request__in=[each.request_id for each in asked])
    reasons = {each.request_id: each for each in rows}
    return [_without_row(each, reasons.get(each.request_id)) for each in asked]


def _without_row(asked: CampaignRequest, unserved: Unserved | None) -> dict[str, Any]:
    row = {"line": asked_line(asked.request), "own": asked}
    if unserved is None:
        return row | {"why": words.skipped(asked.outcome), "helps": ""}
    return row | {"why": words.why(unserved.reason, unserved.detail), "helps": words.what_helps(unserved.reason)}


# ------------------------------------------------------------------- by hand


def _pinned(found: Round) -> QuerySet[Pin]:
    pins = Pin.objects.filter(campaign=found.campaign_id)
    return pins.select_related("request__school__municipality", "session__activity__provider").order_by(
        "request__school__name", "request_id", "session__date", "pk"
    )


def _pinned_rows(found: Round, pins: list[Pin]) -> list[dict[str, Any]]:
    return [
        {
            "pin": pin,
            "line": asked_line(pin.request),
            "title": pin.session.activity.title,
            "provider": pin.session.activity.provider.name,
            "day": words.day_of(pin.session.date),
        }
        for pin in pins
    ]


LISTS: dict[str, tuple[Callable[[Round], QuerySet[Any]], Callable[[Round, list[Any]], list[dict[str, Any]]]]] = {
    REQUESTS: (_placed, _placed_rows),
    DAYS: (_days, _day_rows),
    WITHOUT: (_without, _without_rows),
    PINNED: (_pinned, _pinned_rows),
}


# ------------------------------------------------------------------ publishing


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing does as things are now."""

    placed: int
    pupils: int
    unplaced: int
    providers: int
    provider_mails: int
    closed: int

    @property
    def mails(self) -> int:
        return self.placed + self.unplaced + self.provider_mails


def effect_of(found: Round) -> Effect:
    campaign: Campaign = found.campaign
    still_open = campaign.asked.filter(request__status=Request.Status.OPEN)
    awards = found.awards.filter(request__status=Request.Status.OPEN)
    placed = awards.order_by().values("request").distinct().count()
    providers = set(awards.order_by().values_list("activity__provider", flat=True))
    members = members_by_provider(providers)
    return Effect(
        placed=placed,
        pupils=sum(awards.values_list("pupils", flat=True)),
        unplaced=still_open.count() - placed,
        providers=len(providers),
        provider_mails=sum(max(len(members[each]), 1) for each in providers),
        closed=found.awards.exclude(request__status=Request.Status.OPEN).values("request").distinct().count(),
    )
