"""Matches as the pages show them: cards, lines, stages, counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.accounts.models import User
from techfinder.activities.gone import gone_of, warning
from techfinder.activities.models import Activity
from techfinder.matches.access import own_requests
from techfinder.matches.fairness.held import Waiting, waiting_of
from techfinder.matches.models import Match
from techfinder.matches.near.widening import proposals_of
from techfinder.matches.queries import best_matches
from techfinder.matches.telling.labels import FOR_PROVIDER, Labels, deliveries, levels
from techfinder.matches.telling.words import activity_url, dict_of, distance
from techfinder.organisations.queries import own_providers
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import day, euro, kind_icon, km, period, pupils
from techfinder.taxonomy.ui import Card, Fact, facts

SHOWN = 10
BEST = 3
# Of a request or an activity: what is before both sides.
PLACED = Q(matches__state=Match.State.OPEN, matches__placed_at__isnull=False)


# ---------------------------------------------------------------- for schools


def cards(matches: list[Match], labels: Labels) -> list[Card]:
    """The best one larger; each with its reasons and what one can do."""
    return [_card(match, labels, best=index == 0) for index, match in enumerate(matches)]


def _card(match: Match, labels: Labels, *, best: bool = False) -> Card:
    activity = match.activity
    where = deliveries(dict_of(match.reasons).get("delivery", []))
    kind = labels.kinds.get(activity.kind, activity.kind)
    return Card(
        url=activity.get_absolute_url(),
        title=activity.title,
        provider=activity.provider.name,
        kind=capfirst(f"{kind} · {where}" if where else kind),
        icon=kind_icon(activity.kind),
        text=activity.summary,
        far=distance(match) or _("Online"),
        far_note=activity.venue_city or activity.provider.city,
        states=facts(
            ("calendar", capfirst(_when(match))), ("currency-euro", euro(activity.cost) if activity.cost else "")
        ),
        reasons=tuple(labels.reasons(match.reasons)),
        shortfalls=tuple(labels.shortfalls(match.shortfalls)),
        best=best,
        extra={"match": match},
    )


def _when(match: Match) -> str:
    said = Labels().reasons(match.reasons, only=("session", "months", "all_year"))
    return said[0] if said else ""


def request_facts(request: Request) -> tuple[Fact, ...]:
    """Groep 7-8, 28 leerlingen; 3 mei tot en met 2 juli; op school, tot 25 km; tot 50 euro."""
    far = _("up to %(km)s") % {"km": km(request.max_travel_km)} if request.max_travel_km is not None else ""
    where = deliveries(request.delivery) or _("everywhere")
    budget = "" if request.max_cost is None else _("up to %(euro)s") % {"euro": euro(request.max_cost)}
    free = request.max_cost == 0
    return facts(
        ("users", capfirst(f"{levels(request.levels)}, {pupils(request.group_size)}")),
        ("calendar", period(request.date_from, request.date_until)),
        ("map-pin", capfirst(f"{where}, {far}" if far else where)),
        ("currency-euro", capfirst(euro(request.max_cost) if free else budget)),
    )


def stages(
    request: Request, count: int, *, held: int = 0, answer: dict[str, str] | None = None
) -> list[dict[str, str]]:
    """Where a request stands: posted, matched, asked, agreed. `held`: how many wait for a free place; `answer`: the
    stage of what was asked, when something was."""
    posted = {"title": _("Posted"), "state": "done", "text": day(request.confirmed_at or request.created_at)}
    if request.status == Request.Status.FULFILLED:
        return [posted, {"title": _("Agreed"), "state": "done"}]
    is_open = request.status == Request.Status.OPEN
    may_ask = count and is_open and not request.is_being_matched
    asking = answer or {"title": _("You ask for one"), "state": "now" if may_ask else "todo"}
    return [posted, _looking(request, count, held, is_open), asking, {"title": _("Agreed"), "state": "todo"}]


def _looking(request: Request, count: int, held: int, is_open: bool) -> dict[str, str]:
    if request.is_being_matched:
        return {"title": _("We are looking for what fits"), "state": "now"}
    if held and not count:
        return {"title": _("What fits has no place free yet"), "state": "now", "text": _("We keep looking")}
    found = ngettext("%(count)d match found", "%(count)d matches found", count) % {"count": count}
    still = _("We keep looking") if is_open and not count else ""
    return {"title": found, "state": "done" if count else "now" if is_open else "todo", "text": still}


# -------------------------------------------------------------- for providers


@dataclass(frozen=True, slots=True)
class Ask:
    """A request in the list of a provider, with the match behind it."""

    match: Match
    title: str
    meta: list[str]
    reasons: list[str]
    shortfalls: list[str]
    about: str
    url: str


def asks(matches: list[Match], labels: Labels, *, with_activity: bool = False) -> list[Ask]:
    return [_ask(match, labels, with_activity) for match in matches]


def _ask(match: Match, labels: Labels, with_activity: bool) -> Ask:
    request = match.request
    town = request.school.city or request.school.municipality.name
    meta = [f"{request.school.name}, {town}", pupils(request.group_size), period(request.date_from, request.date_until)]
    if with_activity:
        meta.append(_("for %(activity)s") % {"activity": match.activity.title})
    return Ask(
        match=match,
        title=request.title,
        meta=meta,
        reasons=labels.reasons(match.reasons, only=FOR_PROVIDER),
        shortfalls=labels.shortfalls(match.shortfalls),
        about=_("for %(school)s") % {"school": request.school.name},
        url=activity_url(match.activity),
    )


# ------------------------------------------------------------------ dashboard


@dataclass(slots=True)
class RequestLine:
    request: Request
    count: int
    best: list[str]
    url: str


@dataclass(slots=True)
class Dashboard:
    """What one person's own page shows; each list at most SHOWN, with how many there are."""

    requests: list[RequestLine] = field(default_factory=list)
    request_count: int = 0
    asks: list[Ask] = field(default_factory=list)
    ask_count: int = 0
    activities: list[Activity] = field(default_factory=list)
    activity_count: int = 0
    has_provider: bool = False
    many_providers: bool = False
    held: list[Waiting] = field(default_factory=list)


def dashboard(user: User) -> Dashboard:
    """Everything of both sides that concerns this person."""
    page = Dashboard()
    _fill_school(page, user)
    _fill_provider(page, user)
    return page


def _fill_school(page: Dashboard, user: User) -> None:
    mine = own_requests(user)
    page.request_count = mine.count()
    fits = Count("matches", filter=PLACED, distinct=True)
    rows = mine.annotate(fits=fits).prefetch_related(best_matches(BEST)).order_by("-created_at", "-pk")[:SHOWN]
    page.requests = [_request_line(row) for row in rows]


def _request_line(request: Request) -> RequestLine:
    titles = [match.activity.title for match in request.best]  # type: ignore[attr-defined]
    count: int = request.fits  # type: ignore[attr-defined]
    return RequestLine(request, count, titles, reverse("matches:request", args=[request.uuid]))


def _fill_provider(page: Dashboard, user: User) -> None:
    providers = list(own_providers(user))
    page.has_provider = bool(providers)
    if not providers:
        return
    fits = Count(
        "matches",
        filter=PLACED & Q(matches__request__status=Request.Status.OPEN),
    )
    page.many_providers = len(providers) > 1
    page.held = waiting_of(providers)
    own = Activity.objects.filter(provider__in=providers)
    page.activity_count = own.count()
    shown = own.annotate(fits=fits).exclude(status=Activity.Status.ARCHIVED)
    page.activities = list(shown.order_by("-updated_at", "-pk")[:SHOWN])
    proposed, gone = proposals_of(page.activities), gone_of(page.activities)
    for activity in page.activities:
        activity.gone = warning(activity, gone.get(activity.pk, []))  # type: ignore[attr-defined]
        activity.proposal = next(iter(proposed.get(activity.pk, [])), None)  # type: ignore[attr-defined]
    matches = _placed().filter(activity__provider__in=providers, request__status=Request.Status.OPEN)
    fresh = _best_of_each_request(matches)
    page.ask_count = fresh.count()
    page.asks = asks(list(fresh.order_by("-created_at", "-score")[:SHOWN]), Labels(), with_activity=True)


def _best_of_each_request(matches: QuerySet[Match]) -> QuerySet[Match]:
    """A request that fits three activities is one line; one that was asked or offered is none."""
    spoken = matches.filter(Q(asked_at__isnull=False) | Q(offered_at__isnull=False)).order_by()
    open_ones = matches.filter(request__date_until__gte=timezone.localdate()).exclude(
        request__in=spoken.values("request")
    )
    best = open_ones.order_by("request_id", "-score", "activity_id").distinct("request_id")
    return matches.filter(pk__in=best.values("pk"))


def _placed() -> QuerySet[Match]:
    return Match.objects.placed().select_related(
        "request__school__municipality", "request__contact", "activity__provider"
    )
