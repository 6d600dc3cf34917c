"""What the page of one activity shows, in words: every field, with "not stated" where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from techfinder.activities import words
from techfinder.activities.models import Activity, Session, Stage
from techfinder.activities.vocabulary import Vocabulary
from techfinder.taxonomy.models import Audience
from techfinder.taxonomy.templatetags.ui import (
    clock_time,
    euro,
    join_and,
    kind_icon,
    long_day,
    months,
    period,
    theme_icon,
    weekday,
)

Pair = tuple[str, str]


@dataclass(frozen=True)
class ActivityPage:
    kind: str
    icon: str
    themes: str
    keys: list[Pair]
    key_facts: list[Pair]
    practical: list[Pair]
    safety: list[Pair]
    stages: list[dict[str, str]]
    sessions: list[dict[str, Any]]
    audience: str
    delivery: str
    address: str
    coverage: str
    travel: str
    provider_url: str
    provider_offers_url: str


def page_of(activity: Activity, stages: list[Stage], sessions: list[Session]) -> ActivityPage:
    """All that the page shows."""
    names = Vocabulary()
    coverage = words.capital(join_and(names.known_region_names(activity.regions)))
    return ActivityPage(
        kind=words.capital(names.kind_name(activity.kind)),
        icon=theme_icon(activity.themes[0]) if activity.themes else kind_icon(activity.kind),
        themes=join_and(names.theme_names(activity.themes)),
        keys=_keys(activity, coverage, sessions),
        key_facts=_key_facts(activity, sessions),
        practical=_practical(activity, sessions, names),
        safety=_safety(activity),
        stages=[_stage(stage, last=stage is stages[-1]) for stage in stages],
        sessions=[_session(session) for session in sessions],
        audience=join_and([str(Audience(code).label) for code in activity.audience if code in Audience.values]),
        delivery=words.capital(words.place_names(activity.delivery)),
        address=words.address(activity),
        coverage=coverage,
        travel=_travel(activity),
        provider_url=_provider_url(activity),
        provider_offers_url=f"{reverse('activities:list')}?provider={activity.provider.slug}",
    )


def _keys(activity: Activity, coverage: str, sessions: list[Session]) -> list[Pair]:
    return [
        (gettext("Period"), _period(activity, sessions)),
        (gettext("Location"), activity.venue_city or words.capital(words.place_names(activity.delivery))),
        (gettext("For whom"), words.capital(words.meant_for(activity.levels, in_full=True))),
        (gettext("Available in"), coverage),
    ]


def _key_facts(activity: Activity, sessions: list[Session]) -> list[Pair]:
    return [
        (gettext("When"), when(activity, sessions)),
        (gettext("Length"), words.amount(activity.duration_amount, activity.duration_unit)),
        (gettext("Cost"), cost(activity)),
        (gettext("Preparation"), words.preparation(activity)),
        (gettext("Group"), words.group_size(activity)),
    ]


def when(activity: Activity, sessions: list[Session]) -> str:
    """Write the coming dates, else the first and last day, else the months."""
    today = timezone.localdate()
    coming = [session for session in sessions if session.date >= today]
    if coming:
        return join_and([long_day(session.date) for session in coming[:3]])
    if activity.available_from or activity.available_until:
        return str(period(activity.available_from, activity.available_until))
    return _period(activity, sessions)


def _period(activity: Activity, sessions: list[Session]) -> str:
    """The months that were chosen; of what has only fixed days, the months of those."""
    return words.capital(months(activity.months or [session.date.month for session in sessions]))


def cost(activity: Activity) -> str:
    """Write Gratis. Reiskosten voor de school."""
    amount = words.capital(euro(activity.cost))
    return f"{amount}. {words.capital(activity.cost_note)}" if activity.cost_note else amount


def _practical(activity: Activity, sessions: list[Session], names: Vocabulary) -> list[Pair]:
    return [
        (gettext("Period"), _period(activity, sessions)),
        *_available(activity),
        (gettext("Length"), words.amount(activity.duration_amount, activity.duration_unit)),
        (gettext("About the period and length"), activity.period_note),
        (gettext("Ask for it"), _lead(activity)),
        (gettext("Preparation"), words.preparation(activity)),
        (gettext("Group"), words.group_size(activity)),
        (gettext("Supervisors from the school"), activity.supervisors),
        (gettext("What the school arranges"), activity.school_arranges),
        (gettext("Languages"), join_and(names.language_names(activity.languages))),
        (gettext("Cost"), cost(activity)),
    ]


def _available(activity: Activity) -> list[Pair]:
    """Without a first or last day there is nothing to say: "whole year" would contradict the months."""
    if not (activity.available_from or activity.available_until):
        return []
    return [(gettext("Available"), str(period(activity.available_from, activity.available_until)))]


def _lead(activity: Activity) -> str:
    if not activity.lead_days:
        return ""
    return gettext("at least %(days)d days beforehand") % {"days": activity.lead_days}


def _safety(activity: Activity) -> list[Pair]:
    vog = words.capital(str(activity.get_vog_display()))
    if activity.vog and activity.vog_date:
        vog = gettext("%(statement)s (stated on %(day)s)") % {"statement": vog, "day": long_day(activity.vog_date)}
    alone = gettext("Pupils are never alone with a guest") if activity.never_alone else ""
    return [
        (gettext("VOG"), vog if activity.vog else ""),
        (gettext("Supervision"), alone),
        (gettext("Safety"), activity.safety_note),
    ]


def _stage(stage: Stage, *, last: bool) -> dict[str, str]:
    return {
        "title": stage.title,
        "text": stage.description,
        "when": long_day(stage.date),
        "state": "end" if last else "",
    }


def _session(session: Session) -> dict[str, Any]:
    hours = " - ".join(clock_time(each) for each in (session.start, session.end) if each)
    return {
        "id": session.pk,
        "day": f"{words.capital(weekday(session.date))} {session.date.year}",
        "hours": hours,
        "seats": words.seats(session),
        "of": session.seats,
        "full": session.free <= 0,
        "past": session.date < timezone.localdate(),
    }


def _travel(activity: Activity) -> str:
    if activity.max_travel_km is None:
        return ""
    return gettext("comes to schools within %(km)d km") % {"km": activity.max_travel_km}


def _provider_url(activity: Activity) -> str:
    try:
        return reverse("organisations:provider", args=[activity.provider.slug])
    except NoReverseMatch:
        return ""
