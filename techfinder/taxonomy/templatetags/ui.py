"""What templates say and draw: icons, dates in words, distances, money, form fields.

Dates, numbers and lists follow the active language; unknown is always said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from techfinder.taxonomy import levels, ui

register = template.Library()

# ------------------------------------------------------------------- icons

KIND_ICONS = {
    "gastles": "presentation",
    "bedrijfsbezoek": "building-factory-2",
    "excursie": "bus",
    "project": "puzzle",
    "wedstrijd": "trophy",
    "leskist": "package",
    "online-les": "device-laptop",
    "speeddate": "message-2",
    "masterclass": "certificate",
    "docentenstage": "briefcase",
    "co-ontwikkeling": "users-group",
    "hybride-docent": "heart-handshake",
    "stage": "backpack",
}

THEME_ICONS = {
    "energie": "solar-panel",
    "water": "droplet",
    "bouw": "hammer",
    "metaal": "settings",
    "elektro": "bolt",
    "ict": "code",
    "robotica": "robot",
    "chemie": "flask",
    "voeding": "plant-2",
    "zorg": "stethoscope",
    "mobiliteit": "car",
    "logistiek": "truck",
    "maritiem": "ship",
    "luchtvaart": "rocket",
    "wetenschap": "microscope",
    "ontwerp": "palette",
    "circulair": "recycle",
    "natuur": "leaf",
}


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of img/icons.svg; size is "", "sm" or "lg". Never the only bearer of a meaning."""
    classes = f"tf-icon tf-icon--{size}" if size else "tf-icon"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("img/icons.svg"),
        name,
    )


@register.filter
def kind_icon(kind: object) -> str:
    """Return the icon of a kind, given as its code or as an object with a code."""
    return KIND_ICONS.get(_code(kind), "atom-2")


@register.filter
def theme_icon(theme: object) -> str:
    """Return the icon of a theme, given as its code or as an object with a code."""
    return THEME_ICONS.get(_code(theme), "atom-2")


def _code(value: object) -> str:
    return str(getattr(value, "code", value))


# ------------------------------------------------------------------- dates


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


def _written(value: dt.date, pattern: str) -> str:
    # English puts the month after the day too: one order in both languages.
    return formats.date_format(value, pattern)


@register.filter
def day(value: object) -> str:
    """18 juni, or 18 juni 2028 when it is another year."""
    moment = _day(value)
    if moment is None:
        return ""
    return _written(moment, "j F" if moment.year == timezone.localdate().year else "j F Y")


@register.filter
def long_day(value: object) -> str:
    """18 juni 2027."""
    moment = _day(value)
    return _written(moment, "j F Y") if moment else ""


@register.filter
def weekday(value: object) -> str:
    """Write vrijdag 12 maart."""
    moment = _day(value)
    return _written(moment, "l j F") if moment else ""


@register.filter
def before(value: object) -> str:
    """Write vóór vrijdag 12 maart."""
    moment = _day(value)
    return gettext("before %(day)s") % {"day": _written(moment, "l j F")} if moment else ""


@register.filter
def clock_time(value: object) -> str:
    """10.30, as Dutch writes it; 10:30 in English."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if not isinstance(value, dt.datetime | dt.time):
        return ""
    return value.strftime("%H.%M" if (get_language() or "nl").startswith("nl") else "%H:%M")


@register.simple_tag
def period(first: object, last: object) -> str:
    """Write 3 mei tot en met 2 juli; 22 tot en met 26 maart; vanaf 3 mei; tot en met 2 juli; 18 juni."""
    start, end = _day(first), _day(last)
    if start is None and end is None:
        return gettext("whole year")
    if start is None:
        return gettext("until %(day)s") % {"day": day(end)}
    if end is None:
        return gettext("from %(day)s") % {"day": day(start)}
    if start == end:
        return day(start)
    if whole := _whole_months(start, end):
        return whole
    same_month = (start.year, start.month) == (end.year, end.month)
    opening = str(start.day) if same_month else _written(start, "j F")
    if start.year != end.year:
        opening = _written(start, "j F Y")
    return gettext("%(first)s to %(last)s") % {"first": opening, "last": day(end)}


def _whole_months(first: dt.date, last: dt.date) -> str:
    """Write april, or april tot en met juni, when a period is made of whole months of one year."""
    if first.day != 1 or (last + dt.timedelta(days=1)).day != 1 or first.year != last.year:
        return ""
    names = (
        [month_name(first.month)] if first.month == last.month else [month_name(first.month), month_name(last.month)]
    )
    year = "" if first.year - timezone.localdate().year in (0, 1) else f" {first.year}"
    if len(names) == 1:
        return names[0] + year
    return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[1] + year}


@register.filter
def month_name(number: int) -> str:
    """Write maart."""
    return _written(dt.date(2024, int(number), 1), "F")


@register.filter
def months(numbers: Iterable[int] | None) -> str:
    """Write mei en juni; maart tot en met juni; hele jaar."""
    chosen = sorted({int(number) for number in numbers or ()})
    if len(chosen) in (0, 12):
        return gettext("whole year")
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return gettext("%(first)s to %(last)s") % {
            "first": month_name(chosen[0]),
            "last": month_name(chosen[-1]),
        }
    return join_and([month_name(number) for number in chosen])


@register.filter
def waiting(since: object) -> str:
    """Write wacht 6 dagen."""
    moment = _day(since)
    if moment is None:
        return ""
    days = (timezone.localdate() - moment).days
    if days <= 0:
        return gettext("posted today")
    return ngettext("waiting for %(days)d day", "waiting for %(days)d days", days) % {"days": days}


# ------------------------------------------------------------------ levels


@register.simple_tag
def level_table(codes: Iterable[str]) -> list[ui.LevelRow]:
    """Return a row per sector for components/levels.html, groups of primary school as boxes."""
    meant = levels.level_leaves(codes)
    return [
        ui.LevelRow(
            name=row.name,
            text=row.label,
            ages=row.ages,
            years=tuple((str(year), f"po-{year}" in meant) for year in range(1, 9)) if row.sector == "po" else (),
        )
        for row in levels.level_rows(codes)
    ]


# ------------------------------------------------------- numbers and words


@register.filter
def number(value: float | None) -> str:
    """3.417."""
    return "" if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def km(value: float | None) -> str:
    """Write 8 km; minder dan 1 km."""
    if value is None:
        return gettext("distance unknown")
    if value < 1:
        return gettext("less than 1 km")
    return gettext("%(km)s km") % {"km": number(round(value))}


@register.filter
def euro(value: Any) -> str:
    """Write gratis; € 75; € 12,50; niet opgegeven."""
    if value is None or value == "":
        return gettext("not stated")
    if value == 0:
        return gettext("free")
    whole = value == int(value)
    return "€\N{NO-BREAK SPACE}" + formats.number_format(
        value, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True
    )


@register.filter
def pupils(count: int | None) -> str:
    """Write 28 leerlingen."""
    if count is None:
        return gettext("number of pupils not stated")
    return ngettext("%(count)d pupil", "%(count)d pupils", count) % {"count": count}


@register.filter
def or_unknown(value: object) -> object:
    """Say niet opgegeven instead of nothing."""
    return gettext("not stated") if value in (None, "", [], ()) else value


@register.filter
def join_and(words: Iterable[object]) -> str:
    """Write mei, juni en juli."""
    items = [str(word) for word in words]
    if len(items) < 2:
        return "".join(items)
    return pgettext("joins the last two of a list", "%(first)s and %(last)s") % {
        "first": ", ".join(items[:-1]),
        "last": items[-1],
    }


@register.filter
def initials(name: str) -> str:
    """HT, for Huis van de Techniek."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    capitals = [word for word in words if word[0].isupper() or word[0].isdigit()] or words
    if not capitals:
        return "?"
    return (capitals[0][0] + (capitals[-1][0] if len(capitals) > 1 else "")).upper()


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """Write Firefox, Windows: what a person calls the device, from what a browser calls itself."""
    program = next((name for sign, name in BROWSERS if sign in user_agent), gettext("unknown browser"))
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{program}, {system}" if system else program


# -------------------------------------------------------------- navigation


@register.simple_tag(takes_context=True)
def current(context: Mapping[str, Any], url: str) -> str:
    """Give aria-current to the link of this page, or of the part of the site it lies in."""
    request = context.get("request")
    if request is None or not url:
        return ""
    if request.path == url:
        return SafeString(' aria-current="page"')
    inside = url != "/" and request.path.startswith(url)
    return SafeString(' aria-current="true"') if inside else ""


@register.simple_tag(takes_context=True)
def page_url(context: Mapping[str, Any], page: int, name: str = "page") -> str:
    """Return the address of this list at another page, filters kept."""
    kept = [(key, value) for key, values in context["request"].GET.lists() if key != name for value in values]
    return "?" + urlencode([*kept, (name, page)])


@register.simple_tag
def elided_pages(page: Any) -> Sequence[int | str]:
    """List the page numbers to show, with gaps."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# ------------------------------------------------------------------- forms


@register.filter
def at(values: object, key: Any) -> Any:
    """What a mapping holds for a key that the template has; None without either."""
    return values.get(key) if isinstance(values, Mapping) else None


@register.filter
def layout(field: BoundField) -> str:
    """Say how components/field.html lays out this field: input, check, choices, picks."""
    return ui.layout_of(field.field.widget)


@register.filter
def columns_of(field: BoundField) -> int:
    """Return in how many columns the choices of a field stand: radios below each other."""
    alone = 1 if field.widget_type == "radioselect" else 2
    return int(getattr(field.field.widget, "columns", alone))


@register.simple_tag
def choice_groups(field: BoundField) -> list[ui.ChoiceGroup]:
    """Return the choices of a group of checkboxes or radios, by optgroup, ready to draw."""
    return ui.choice_groups(field)


@register.filter
def error_texts(field: BoundField) -> list[str]:
    """List what is wrong with a field, in the words of the summary."""
    return ui.error_texts(field)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw the control of a field, without label, hint and error."""
    return ui.control(field)


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of the error and the hint of a field, for aria-describedby."""
    return ui.described_by(field)


@register.filter
def all_errors(form: Any) -> list[ui.FormError]:
    """Return every error of a form or formset: where it is, and the words at the field."""
    return ui.all_errors(form)


# ----------------------------------------------------------------- drawing


@register.simple_tag
def art(seed: object) -> ui.Trace:
    """Return one of the traces of theme art, always the same one for the same thing."""
    return ui.ART[sum(str(seed).encode()) % len(ui.ART)]


@register.simple_tag
def clock(days_left: int, of: int = 10) -> ui.Clock:
    """Return how to draw the clock of an answer: segments filled, tone, figure."""
    return ui.Clock.of_days(days_left, of)


@register.simple_tag
def bar(value: float, top: float) -> str:
    """Return a width out of 100 for a bar on a common scale."""
    return f"{100 * value / top:.1f}" if top else "0"
