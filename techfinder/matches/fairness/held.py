"""What fits and is not before people yet, as both sides read of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches.fairness.placing import school_year_start
from techfinder.matches.models import BEST_FIRST, Match
from techfinder.matches.telling.labels import Labels
from techfinder.organisations.models import Provider
from techfinder.requests.access import Person, requests_for
from techfinder.requests.models import Request

SHOWN = 10


# ---------------------------------------------------------------- for schools


@dataclass(frozen=True, slots=True)
class Said:
    """What the school did with the same activity under another request; `url` when this person may see that one."""

    title: str
    declined: bool
    url: str


@dataclass(frozen=True, slots=True)
class HeldOffer:
    match: Match
    reasons: list[str]
    said: Said | None = None


@dataclass(slots=True)
class Held:
    """Of one request, the best first: whose provider has enough requests now, and what the school knows already."""

    full: list[HeldOffer] = field(default_factory=list)
    full_count: int = 0
    twice: list[HeldOffer] = field(default_factory=list)
    twice_count: int = 0

    @property
    def count(self) -> int:
        return self.full_count + self.twice_count

    @property
    def full_more(self) -> int:
        return self.full_count - len(self.full)

    @property
    def twice_more(self) -> int:
        return self.twice_count - len(self.twice)


def held_of(request: Request, user: Person, labels: Labels) -> Held:
    """What is held back of this request, with why."""
    matches = Match.objects.held_back().filter(request=request, activity__in=Activity.objects.public())
    counts = matches.aggregate(
        full=Count("pk", filter=Q(held=Match.Held.FULL)), twice=Count("pk", filter=Q(held=Match.Held.TWICE))
    )
    held = Held(full_count=counts["full"], twice_count=counts["twice"])
    if held.full_count:
        full = _best(matches.filter(held=Match.Held.FULL))
        held.full = [HeldOffer(match, labels.reasons(match.reasons)) for match in full]
    if held.twice_count:
        twice = list(_best(matches.filter(held=Match.Held.TWICE)))
        said = _said(request, user, {match.activity_id for match in twice})
        held.twice = [HeldOffer(match, labels.reasons(match.reasons), said.get(match.activity_id)) for match in twice]
    return held


def _best(matches: QuerySet[Match]) -> QuerySet[Match]:
    return matches.select_related("activity__provider").order_by(*BEST_FIRST)[:SHOWN]


def _said(request: Request, user: Person, activity_ids: Collection[int]) -> dict[int, Said]:
    """By activity: the last that the school said of it this school year under another request."""
    start = school_year_start(timezone.now())
    spoken = Q(asked_at__gte=start) | Q(state=Match.State.DECLINED)
    visible = requests_for(user).filter(pk=OuterRef("request")).values("pk")[:1]
    others = (
        Match.objects.filter(spoken, request__school=request.school_id, activity__in=activity_ids)
        .exclude(request=request.pk)
        .annotate(visible=Subquery(visible))
        .select_related("request")
        .order_by("pk")
    )
    return {other.activity_id: _words_of(other) for other in others}


def _words_of(other: Match) -> Said:
    is_visible = other.visible is not None  # type: ignore[attr-defined]
    url = reverse("matches:request", args=[other.request.uuid]) if is_visible else ""
    return Said(other.request.title, other.state == Match.State.DECLINED, url)


# -------------------------------------------------------------- for providers


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests fit a provider and wait for a free place, and how many it gets at once."""

    provider_id: int
    name: str
    count: int
    cap: int
    url: str


def waiting_of(providers: Iterable[Provider]) -> list[Waiting]:
    """Of each of these providers that has some; by name."""
    held = {
        "held": Match.Held.FULL,
        "state": Match.State.OPEN,
        "placed_at": None,
        "request__status": Request.Status.OPEN,
    }
    found = (
        Provider.objects.filter(
            pk__in=[each.pk for each in providers],
            **{f"activities__matches__{name}": value for name, value in held.items()},
        )
        .annotate(held=Count("activities__matches__request", distinct=True))
        .order_by("name", "pk")
    )
    return [_waiting(each) for each in found if each.cap]


def _waiting(provider: Provider) -> Waiting:
    count: int = provider.held  # type: ignore[attr-defined]
    url = reverse("organisations:edit_provider", args=[provider.slug])
    return Waiting(provider.pk, provider.name, count, provider.cap or 0, f"{url}#id_max_open")
