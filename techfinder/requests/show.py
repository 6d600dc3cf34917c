"""A request in words, for lists and for its own page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from techfinder.requests.models import Request
from techfinder.taxonomy.levels import level_label
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.queries import kind_names, theme_names
from techfinder.taxonomy.templatetags.ui import euro, km, period, pupils

Row = tuple[str, str, str]


@dataclass(frozen=True)
class Listed:
    """What a company sees of an open request: where, which classes, how many, when, themes."""

    title: str
    meta: list[str]


def listed(requests: Iterable[Request]) -> list[Listed]:
    """Open requests as lines of a list, with the vocabularies loaded once."""
    themes = theme_names()
    return [Listed(each.title, [*_meta(each), *_names(themes, each.themes)]) for each in requests]


def _meta(request: Request) -> list[str]:
    return [
        request.school.city or str(request.school.municipality),
        level_label(request.levels, ages=True),
        pupils(request.group_size),
        period(request.date_from, request.date_until),
    ]


def _names(names: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    return [names.get(code, code) for code in codes]


def summary_rows(request: Request, *, contact: bool = True) -> list[Row]:
    """All that was filled in: label and words; an empty value is said by the template. `contact`: with who asks."""
    who_asks = [(_("Contact"), request.contact_name or request.contact_email)] if contact else []
    rows = (*_who(request), *_what(request), *_words(request), *who_asks)
    return [(str(label), value, "") for label, value in rows]


def _who(request: Request) -> list[tuple[str, str]]:
    return [
        (_("School"), f"{request.school}, {request.school.city}"),
        (_("For which classes?"), level_label(request.levels, ages=True)),
        (_("Number of pupils"), pupils(request.group_size)),
        (_("Who is it for?"), ", ".join(str(Audience(code).label) for code in request.audience)),
    ]


def _what(request: Request) -> list[tuple[str, str]]:
    where = ", ".join(str(Delivery(code).label) for code in request.delivery)
    return [
        (_("Theme"), ", ".join(_names(theme_names(), request.themes)) or _("every theme")),
        (_("Kind of help"), ", ".join(_names(kind_names(), request.kinds)) or _("every kind")),
        (_("When"), period(request.date_from, request.date_until)),
        (_("Days and times that suit"), request.date_note),
        (_("How much time do you have?"), _minutes(request.minutes)),
        (_("Where may it be?"), where or _("everywhere")),
        (_("How far can you travel?"), km(request.max_travel_km) if request.max_travel_km else _("any distance")),
        (_("Budget"), euro(request.max_cost)),
    ]


def _minutes(count: int | None) -> str:
    return _("%(count)d minutes") % {"count": count} if count else ""


def _words(request: Request) -> list[tuple[str, str]]:
    return [
        (_("What should the pupils learn?"), request.goals),
        (_("What do they know already?"), request.prior_knowledge),
        (_("Practical matters"), request.practicalities),
    ]
