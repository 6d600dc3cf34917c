"""Where what a provider wrote and what a provider ticked differ. A warning only: the provider chooses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from techfinder.activities.gone import gone_regions, warning
from techfinder.activities.models import Activity, Session
from techfinder.activities.vocabulary import groups, leaves, primary_years
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.templatetags.ui import join_and, long_day, month_name, months
from techfinder.taxonomy.ui import MONTHS

GROUPS = re.compile(
    r"\bgroep(?:en)?\s+((?:[1-8](?!\d)(?:\s*(?:,|en|-|/|t/m|tot en met|tot)\s*)?)+)(?!\d)", re.IGNORECASE
)
RANGE = re.compile(r"([1-8])\s*(?:-|t/m|tot en met|tot)\s*([1-8])")
SECTOR_WORDS = {
    "vo": re.compile(r"\b(?:vmbo|havo|vwo|brugklas)\b", re.IGNORECASE),
    "mbo": re.compile(r"\bmbo\b", re.IGNORECASE),
}
DAY_WORDS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
FULL_MONTHS = {name: number for name, number in MONTHS.items() if len(name) > 4 or name in ("mei", "maart", "juni")}
WEEKDAY = re.compile(rf"\b({'|'.join(DAY_WORDS)})\s+(\d{{1,2}})\s+({'|'.join(FULL_MONTHS)})\b", re.IGNORECASE)
MONTH = re.compile(rf"\b({'|'.join(FULL_MONTHS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Contradiction:
    """What differs, the words of the text that say so, and the step where it can be changed."""

    code: str
    title: str
    text: str
    step: str
    quotes: tuple[str, ...] = ()


def find(activity: Activity, sessions: Iterable[Session] = ()) -> list[Contradiction]:
    """All contradictions of one activity, in the order of the form."""
    dates = list(sessions)
    checks = (_groups(activity), _sectors(activity), _months_and_dates(activity, dates), _window(activity, dates),
              _period_text(activity), _weekdays(activity, dates), _past(dates), _regions(activity))  # fmt: skip
    return [warning for found in checks for warning in found]


def _text(activity: Activity) -> str:
    return " \n".join((activity.title, activity.summary, activity.description, activity.goals))


def years_in(text: str) -> set[int]:
    """The groups that a text names: groep 7 en 8, groep 6-8, groep 5, 6 en 7."""
    return {year for match in GROUPS.finditer(text) for year in _years(match[1])}


def _years(words: str) -> set[int]:
    ranged = {year for first, last in RANGE.findall(words) for year in range(int(first), int(last) + 1)}
    return ranged | {int(digit) for digit in re.findall(r"[1-8]", words)}


def _groups(activity: Activity) -> Iterator[Contradiction]:
    text = _text(activity)
    named, chosen = years_in(text), primary_years(activity.levels)
    if not named or not activity.levels or named == chosen:
        return
    quotes = tuple(match[0].strip(" ,-/\n") for match in GROUPS.finditer(text))
    told = groups(chosen) if chosen else gettext("no group of primary school")
    yield Contradiction(
        "groups",
        gettext("Text and target group differ"),
        gettext("The text says %(named)s. The target group is %(chosen)s.") % {"named": groups(named), "chosen": told},
        "voor-wie",
        quotes,
    )


def _sectors(activity: Activity) -> Iterator[Contradiction]:
    text = _text(activity)
    chosen = {LEVEL_BY_CODE[leaf].sector for leaf in leaves(activity.levels)}
    for sector, pattern in SECTOR_WORDS.items():
        match = pattern.search(text)
        if match and activity.levels and sector not in chosen:
            yield Contradiction(
                f"sector_{sector}",
                gettext("Text and target group differ"),
                gettext("The text says %(word)s, but no class of it was chosen.") % {"word": match[0]},
                "voor-wie",
                (match[0],),
            )


def _months_and_dates(activity: Activity, sessions: list[Session]) -> Iterator[Contradiction]:
    outside = [session for session in sessions if activity.months and session.date.month not in activity.months]
    if outside:
        yield Contradiction(
            "months",
            gettext("Dates and months differ"),
            gettext("You chose %(months)s, but there is a date on %(day)s.")
            % {"months": months(activity.months), "day": _days(outside)},
            "wanneer",
        )


def _window(activity: Activity, sessions: list[Session]) -> Iterator[Contradiction]:
    first, last = activity.available_from, activity.available_until
    outside = [each for each in sessions if (first and each.date < first) or (last and each.date > last)]
    if outside:
        yield Contradiction(
            "window",
            gettext("Dates outside the period"),
            gettext("%(day)s is not between the first and the last day.") % {"day": _days(outside)},
            "wanneer",
        )


def _days(sessions: list[Session]) -> str:
    return join_and([long_day(session.date) for session in sessions[:3]])


def _period_text(activity: Activity) -> Iterator[Contradiction]:
    named = {FULL_MONTHS[match[0].lower()] for match in MONTH.finditer(activity.period_note)}
    if activity.months and named - set(activity.months):
        yield Contradiction(
            "period_note",
            gettext("Text and months differ"),
            gettext("The explanation says %(named)s. You chose %(months)s.")
            % {"named": join_and([month_name(month) for month in sorted(named)]), "months": months(activity.months)},
            "wanneer",
            tuple(match[0] for match in MONTH.finditer(activity.period_note)),
        )


def _weekdays(activity: Activity, sessions: list[Session]) -> Iterator[Contradiction]:
    for match in WEEKDAY.finditer(f"{_text(activity)} {activity.period_note}"):
        day, month = int(match[2]), FULL_MONTHS[match[3].lower()]
        for session in sessions:
            same = (session.date.day, session.date.month) == (day, month)
            if same and DAY_WORDS[session.date.weekday()] != match[1].lower():
                yield Contradiction(
                    "weekday",
                    gettext("Day and date differ"),
                    gettext("The text says %(text)s, but %(day)s is a %(weekday)s.")
                    % {"text": match[0], "day": long_day(session.date), "weekday": DAY_WORDS[session.date.weekday()]},
                    "wanneer",
                    (match[0],),
                )


def _past(sessions: list[Session]) -> Iterator[Contradiction]:
    if sessions and all(session.date < timezone.localdate() for session in sessions):
        yield Contradiction(
            "past", gettext("All dates have been"), gettext("Add a new date, or take the dates away."), "wanneer"
        )


def _regions(activity: Activity) -> Iterator[Contradiction]:
    if gone := gone_regions(activity):
        yield Contradiction("region", gettext("The region no longer exists"), warning(activity, gone), "waar")
