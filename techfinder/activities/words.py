"""An activity in words: what pages, cards and mails say of it. Unknown is always said."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext

from techfinder.activities import vocabulary as levels
from techfinder.activities.models import Activity, Session
from techfinder.activities.on_cards import Day, OnCard
from techfinder.activities.vocabulary import Vocabulary
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.queries import age_range, level_label
from techfinder.taxonomy.templatetags.ui import day, euro, join_and, kind_icon, months
from techfinder.taxonomy.ui import Card, Fact, facts


def amount(number: Decimal | None, unit: str) -> str:
    """Write 1 dagdeel, 90 minuten, 1,5 uur; empty when not stated."""
    if number is None or not unit:
        return ""
    shown = formats.number_format(number.normalize() if number % 1 else int(number), use_l10n=True)
    count = 1 if number == 1 else 2
    words = {
        Activity.Unit.MINUTES: ngettext("%(number)s minute", "%(number)s minutes", count),
        Activity.Unit.HOURS: ngettext("%(number)s hour", "%(number)s hours", count),
        Activity.Unit.HALF_DAYS: ngettext("%(number)s half day", "%(number)s half days", count),
        Activity.Unit.DAYS: ngettext("%(number)s day", "%(number)s days", count),
    }
    return words[Activity.Unit(unit)] % {"number": shown}


def preparation(activity: Activity) -> str:
    """Write 1 dagdeel, door de gastdocent; empty when nothing was stated."""
    long = amount(activity.preparation_amount, activity.preparation_unit)
    by = activity.get_preparation_by_display() if activity.preparation_by else ""
    if long and by:
        return gettext("%(amount)s, by %(who)s") % {"amount": long, "who": by}
    return long or (gettext("by %(who)s") % {"who": by} if by else "")


def place_names(codes: list[str]) -> str:
    """Write op school en online."""
    names = {
        Delivery.AT_SCHOOL: gettext("at the school"),
        Delivery.AT_PROVIDER: gettext("at the company"),
        Delivery.ONLINE: gettext("online"),
    }
    return join_and([names[Delivery(code)] for code in codes if code in Delivery.values])


def address(activity: Activity) -> str:
    """Write Ritthemsestraat 500, 4389 PA Vlissingen; empty when nothing was stated."""
    street = f"{activity.venue_street} {activity.venue_house_number}".strip()
    town = f"{activity.venue_postcode} {activity.venue_city}".strip()
    return ", ".join(part for part in (activity.venue_name, street, town) if part)


def group_size(activity: Activity) -> str:
    """Write 10 tot 30 leerlingen; empty when open on both sides."""
    smallest, largest = activity.group_min, activity.group_max
    if smallest and largest:
        text = gettext("%(first)d to %(last)d pupils") % {"first": smallest, "last": largest}
    elif largest:
        text = gettext("at most %(last)d pupils") % {"last": largest}
    elif smallest:
        text = gettext("at least %(first)d pupils") % {"first": smallest}
    else:
        text = ""
    if not activity.splittable:
        return text
    split = gettext("a larger group can be split")
    return f"{text}, {split}" if text else split


def meant_for(codes: list[str], *, in_full: bool = False) -> str:
    """Write groep 6-8 (9-12 jaar), in full groep 6-7-8; empty when no level was chosen."""
    wanted = levels.leaves(codes)
    years = levels.primary_years(wanted)
    label = levels.groups(years) if in_full and len(years) == len(wanted) and years else level_label(wanted)
    return f"{label} ({age_range(wanted)})" if label else ""


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def seats(session: Session | Day) -> str:
    """Write nog 12 plekken; vol."""
    if session.free <= 0:
        return gettext("full")
    return ngettext("%(count)d place left", "%(count)d places left", session.free) % {"count": session.free}


def _states(coming: list[Day]) -> tuple[Fact, ...]:
    """The first coming date with room, or that there is none."""
    if not coming:
        return ()
    session = next((each for each in coming if each.free > 0), None)
    if session is None:
        return (Fact("hourglass", gettext("All dates are full")),)
    more = len(coming) - 1
    first = gettext("%(day)s: %(seats)s") % {"day": day(session.date), "seats": seats(session)}
    rest = ngettext("and %(count)d other date", "and %(count)d other dates", more) % {"count": more}
    return (Fact("calendar", first), *((Fact("calendar", rest),) if more else ()))


def card(activity: Activity | OnCard, words: Vocabulary) -> Card:
    """A card of a list; `on_cards` and `queries.for_cards` bring along what it reads."""
    shown = activity if isinstance(activity, OnCard) else OnCard.of(activity)
    coming, language = shown.coming_sessions, get_language()
    kind = words.kind_name(shown.kind)
    period = () if coming and not shown.months else (_months(tuple(shown.months), language),)
    return Card(
        url=_address().replace(SLUG, shown.slug),
        title=shown.title,
        provider=shown.provider_name,
        place=shown.venue_city or shown.provider_city,
        kind=_kind_and_where(kind, tuple(shown.delivery), language),
        icon=kind_icon(shown.kind),
        text=shown.summary,
        facts=(
            *_levels(tuple(shown.levels), language),
            *period,
            *_length(shown.duration_amount, shown.duration_unit, language),
            *_cost(shown.cost, language),
        ),
        states=_states(coming),
        full=bool(coming) and all(session.free <= 0 for session in coming),
        seed=shown.slug,
        picture=shown.picture_url,
    )


# ------------------------------------------------------------------------------ what many cards say in the same words

SLUG = "any-slug"
kept_by_language = lru_cache(maxsize=4096)


@lru_cache(maxsize=1)
def _address() -> str:
    return reverse("activities:detail", args=[SLUG])


@kept_by_language
def _kind_and_where(kind: str, delivery: tuple[str, ...], language: str | None) -> str:
    return " · ".join(part for part in (capital(kind), place_names(list(delivery))) if part)


@kept_by_language
def _levels(codes: tuple[str, ...], language: str | None) -> tuple[Fact, ...]:
    return facts(("users", capital(meant_for(list(codes)))))


@kept_by_language
def _months(numbers: tuple[int, ...], language: str | None) -> Fact:
    return Fact("calendar", capital(months(numbers)))


@kept_by_language
def _length(number: Decimal | None, unit: str, language: str | None) -> tuple[Fact, ...]:
    return facts(("clock", amount(number, unit)))


@kept_by_language
def _cost(cost: Decimal | None, language: str | None) -> tuple[Fact, ...]:
    return facts(("currency-euro", "" if cost is None else capital(euro(cost))))


def ages(activity: Activity) -> str:
    """Write 9-12: for machines, which need no word behind it."""
    terms = [LEVEL_BY_CODE[leaf] for leaf in levels.leaves(activity.levels)]
    if not terms:
        return ""
    return f"{min(term.age_from or 0 for term in terms)}-{max(term.age_until or 0 for term in terms)}"
