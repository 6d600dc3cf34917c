"""What a moderator looks at: what changed, what the checks say, and who did what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from techfinder.accounts.models import User
from techfinder.activities import changes, contradictions, words
from techfinder.activities.models import Activity, Session
from techfinder.activities.readiness import missing
from techfinder.activities.vocabulary import Vocabulary
from techfinder.moderation.models import Decision
from techfinder.organisations.models import Provider
from techfinder.requests.pupil_data import suspicions
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.templatetags.ui import euro, join_and, long_day, months

MOST_EVENTS = 30


@dataclass(frozen=True)
class Row:
    """One field: old is None when all is new."""

    label: str
    old: str | None
    new: str


@dataclass(frozen=True)
class Check:
    tone: str
    title: str
    text: str


# ---------------------------------------------------------------------------------------------------- what is different


def rows(activity: Activity, names: Vocabulary) -> tuple[list[Row], list[str]]:
    """The fields that differ (all that are filled in when it is new), and the labels of those that do not."""
    current = changes.current(activity)
    now = _with_units(current)
    if not activity.is_approved:
        # The description stands below, with its marks.
        filled = [
            (name, value) for name, value in now.items() if value not in ("", None, [], False) and name != "description"
        ]
        return [Row(label(name), None, shown(name, value, names)) for name, value in filled], []
    wanted = _with_units({**current, **(activity.pending or {})})
    changed = [
        Row(label(name), shown(name, now[name], names), shown(name, value, names))
        for name, value in wanted.items()
        if value != now[name]
    ]
    return changed, [label(name) for name in now if wanted[name] == now[name]]


def _with_units(values: dict[str, Any]) -> dict[str, Any]:
    """A length with its unit in one row: 90 minuten."""
    for name in ("duration", "preparation"):
        amount = changes.decode(f"{name}_amount", values[f"{name}_amount"])
        values = values | {f"{name}_amount": words.amount(amount, values[f"{name}_unit"])}
        del values[f"{name}_unit"]
    return values


def label(name: str) -> str:
    own = {"stages": gettext("steps"), "sessions": gettext("dates")}
    text = own.get(name) or str(Activity._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words.capital(text)


def shown(name: str, value: Any, names: Vocabulary) -> str:
    """A value of `changes.current` in words."""
    if value in ("", None, []):
        return gettext("not stated")
    if name == "picture":
        return gettext("see below")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return _listed(name, value, names)
    if name.endswith("_amount"):
        return str(value)
    if name == "kind":
        return names.kind_name(value)
    if name == "cost":
        return euro(changes.decode(name, value))
    if isinstance(changes.decode(name, value), dt.date):
        return long_day(changes.decode(name, value))
    return _chosen(name, value)


def _chosen(name: str, value: Any) -> str:
    choices = dict(getattr(Activity._meta.get_field(name), "choices", None) or [])
    return str(choices.get(value, value))


def _listed(name: str, value: list[Any], names: Vocabulary) -> str:
    if name == "levels":
        return words.meant_for(value)
    if name == "months":
        return months(value)
    if name in ("stages", "sessions"):
        return "; ".join(_row_words(name, row) for row in value)
    labels = {
        "themes": names.theme_names, "regions": names.region_names, "languages": names.language_names,
        "delivery": lambda codes: [str(Delivery(code).label) for code in codes],
        "audience": lambda codes: [str(Audience(code).label) for code in codes],
    }  # fmt: skip
    return join_and(labels[name](value))


def _row_words(name: str, row: dict[str, Any]) -> str:
    if name == "sessions":
        session = Session(**changes.decode_row(row, Session))
        hours = "-".join(f"{each:%H:%M}" for each in (session.start, session.end) if each)
        return " ".join(part for part in (long_day(session.date), hours, f"({session.seats})") if part)
    day = long_day(dt.date.fromisoformat(row["date"])) if row.get("date") else ""
    return ": ".join(part for part in (" ".join(p for p in (row["title"], day) if p), row["description"]) if part)


def marked(text: str, quotes: Iterable[str]) -> SafeString:
    """The text, escaped, with the words that a check is about marked."""
    escaped = str(conditional_escape(text))
    for quote in dict.fromkeys(quotes):
        safe = str(conditional_escape(quote))
        escaped = escaped.replace(safe, f'<mark class="tf-mark-text">{safe}</mark>')
    return mark_safe(escaped)  # noqa: S308  escaped above, only our own mark added


# --------------------------------------------------------------------------------------------------------------- checks


def warnings_of(activity: Activity) -> list[contradictions.Contradiction]:
    return contradictions.find(changes.with_pending(activity), changes.sessions_of(activity, pending=True))


def checks(activity: Activity, warnings: list[contradictions.Contradiction]) -> list[Check]:
    """Warnings first, then what is in order, then what approving does."""
    wanted = changes.with_pending(activity)
    told = [Check("warn", warning.title, warning.text) for warning in warnings]
    told += [Check("warn", gettext("Something lacks"), text) for _step, text in missing(wanted)]
    found = [_address(wanted), _pupils(wanted), _doubles(wanted), _safety(wanted)]
    ordered = sorted(found, key=lambda check: check.tone != "warn")
    return [*told, *ordered, _effect(activity)]


def same_kvk(provider: Provider) -> list[tuple[str, str]]:
    """Others with the same number: perhaps the same company, registered twice."""
    others = Provider.objects.filter(kvk=provider.kvk).exclude(kvk="").exclude(pk=provider.pk).order_by("name")
    names = join_and([f"{other.name} ({other.city})" for other in others[:5]])
    return [(gettext("Also has this number"), names)] if names else []


def _address(activity: Activity) -> Check:
    if activity.venue_lat is not None:
        return Check("ok", gettext("Address found"), words.address(activity))
    if Delivery.AT_PROVIDER in activity.delivery:
        return Check("warn", gettext("No point on the map"), gettext("Distances are reckoned from the provider."))
    return Check("ok", gettext("No place of its own"), gettext("Distances are reckoned from the provider."))


def _pupils(activity: Activity) -> Check:
    text = "\n".join((activity.title, activity.summary, activity.description, activity.goals))
    if found := suspicions(text, today=timezone.localdate()):
        return Check("warn", gettext("Perhaps data of a pupil"), ", ".join(found)[:200])
    return Check("ok", gettext("No data of pupils"), gettext("As far as a machine can see."))


def _doubles(activity: Activity) -> Check:
    same = Activity.objects.filter(title__iexact=activity.title).exclude(pk=activity.pk)
    count = same.exclude(status__in=[Activity.Status.ARCHIVED, Activity.Status.REJECTED]).count()
    if count:
        return Check(
            "warn", gettext("Perhaps a double"), gettext("Other offers with this title: %(count)d") % {"count": count}
        )
    return Check("ok", gettext("No double"), gettext("No other offer has this title."))


def _safety(activity: Activity) -> Check:
    if activity.vog or activity.never_alone or activity.safety_note:
        return Check("ok", gettext("Safety is stated"), str(activity.get_vog_display()))
    return Check("warn", gettext("Safety is not stated"), gettext("No word about a VOG or supervision."))


def _effect(activity: Activity) -> Check:
    if activity.provider.status != Provider.Status.VERIFIED:
        text = gettext("It is public as soon as the provider is approved too.")
    elif activity.is_approved:
        text = gettext("Visitors see the new text at once; matches are made anew.")
    else:
        text = gettext("It is public at once, and schools whose request fits hear of it.")
    return Check("", gettext("If you approve"), text)


# -------------------------------------------------------------------------------------------------------------- history


@dataclass(frozen=True)
class Event:
    at: dt.datetime
    who: str
    what: str


def history(activity: Activity) -> list[Event]:
    """Who did what, the newest first: from the database's own record, which sees bulk and raw changes too."""
    recorded: QuerySet[Any] = activity.events.select_related("pgh_context")  # type: ignore[attr-defined]
    events = list(recorded.order_by("-pgh_created_at", "-pgh_id")[: MOST_EVENTS + 1])
    people = _people(event.pgh_context for event in events)
    pairs = zip(events, [*events[1:], None], strict=True)
    told = [Event(event.pgh_created_at, _who(event, people), _what(event, before)) for event, before in pairs]
    return [each for each in told if each.what][:MOST_EVENTS]


def _people(contexts: Iterable[Any]) -> dict[int, str]:
    ids = {context.metadata.get("user") for context in contexts if context} - {None}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}


def _who(event: Any, people: dict[int, str]) -> str:
    user_id = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return people.get(user_id, gettext("somebody")) if user_id else gettext("the system")


def _what(event: Any, before: Any) -> str:
    if before is None:
        return gettext("made") if event.pgh_label == "insert" else ""
    if event.status != before.status:
        return str(event.get_status_display())
    changed = [name for name in changes.FIELDS if getattr(event, name) != getattr(before, name)]
    if event.pending != before.pending:
        if not event.pending:
            return gettext("change settled")
        changed += list(event.pending)
    if not changed:
        return ""
    return gettext("changed: %(fields)s") % {
        "fields": ", ".join(label(name).lower() for name in dict.fromkeys(changed))
    }


def decisions_of(**about: Any) -> list[Decision]:
    """Earlier decisions about one thing, the newest first."""
    return list(Decision.objects.filter(**about).select_related("moderator")[:10])


def provider_record(provider: Provider) -> dict[str, int]:
    """How often this provider's offers were approved and sent back."""
    verdicts = list(Decision.objects.filter(activity__provider=provider).values_list("verdict", flat=True))
    approved = verdicts.count(Decision.Verdict.APPROVED)
    return {"approved": approved, "returned": len(verdicts) - approved}
