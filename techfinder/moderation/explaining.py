"""One pair in words: what each rule compares, how the score adds up, what would do, and what is stored of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.gone import gone_regions, warning
from techfinder.activities.models import Activity
from techfinder.activities.vocabulary import Vocabulary
from techfinder.matches.explain import Story, explain_pair, find_activity, find_request
from techfinder.matches.fairness.weights import components
from techfinder.matches.models import Match
from techfinder.matches.queries import change_words
from techfinder.matches.telling.labels import Labels, audiences, deliveries, levels
from techfinder.moderation.access import Desk
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import day, euro, join_and, long_day, months, number, period, pupils

MOST_SESSIONS = 5


class PairForm(forms.Form):
    """Which request and which activity. Each field finds its row, among those of this desk."""

    vraag = forms.CharField(
        label=_("Request"), max_length=300, help_text=_("Its reference, or the address of its page."),
        error_messages={"required": _("Say which request.")},
    )  # fmt: skip
    aanbod = forms.CharField(
        label=_("Activity"), max_length=300, help_text=_("Its reference, or the address of its page."),
        error_messages={"required": _("Say which activity.")},
    )  # fmt: skip

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk = desk

    def clean_vraag(self) -> Request:
        found = find_request(self.cleaned_data["vraag"], self.desk.requests())
        if found is None:
            raise forms.ValidationError(gettext("There is no such request in your regions."))
        return found

    def clean_aanbod(self) -> Activity:
        found = find_activity(self.cleaned_data["aanbod"], self.desk.known_activities())
        if found is None:
            raise forms.ValidationError(gettext("There is no such activity in your regions."))
        return found

    def story(self) -> Story:
        return explain_pair(request=self.cleaned_data["vraag"], activity=self.cleaned_data["aanbod"])


@dataclass(frozen=True, slots=True)
class RuleRow:
    name: str
    asked: str
    offered: str
    holds: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    name: str
    value: str
    weight: str
    points: str


@dataclass(frozen=True, slots=True)
class Told:
    """The story of one pair as the page shows it."""

    request: Request
    activity: Activity
    gone: str
    verdict: str
    eligible: bool
    rules: list[RuleRow]
    parts: list[PartRow]
    score: str
    helps: list[str]
    stored: list[tuple[str, str]]


def told(story: Story) -> Told:
    """A story in words of the active language."""
    explanation = story.explanation
    words = _Words(story)
    return Told(
        request=story.request,
        activity=story.activity,
        gone=warning(story.activity, gone_regions(story.activity)),
        verdict=_verdict(story),
        eligible=explanation.eligible,
        rules=[_rule(verdict, words) for verdict in explanation.verdicts],
        parts=_parts(story),
        score=_decimal(explanation.score, 1),
        helps=[_help(mend, story) for mend in story.mends],
        stored=_stored(story),
    )


def _verdict(story: Story) -> str:
    broken = len(story.mends)
    if not broken:
        return gettext("This pair fits: all ten rules hold.")
    refused = ngettext(
        "This pair does not fit: %(count)d rule refuses it.",
        "This pair does not fit: %(count)d rules refuse it.",
        broken,
    )
    return refused % {"count": broken}


def _decimal(value: float, digits: int) -> str:
    return formats.number_format(value, decimal_pos=digits, use_l10n=True)


# ------------------------------------------------------------------ the rules


class _Words:
    """What both sides bring to each rule, in words; names of the vocabularies are read once."""

    def __init__(self, story: Story) -> None:
        self.request, self.activity = story.request, story.activity
        self.match = story.match
        self.labels, self.names = Labels(), Vocabulary()

    def live(self, _asked: Any, _offered: Any) -> tuple[str, str]:
        provider = self.activity.provider
        paused = gettext("paused") if provider.paused else ""
        states = [self.activity.get_status_display(), f"{provider.name}: {provider.get_status_display()}", paused]
        return self.request.get_status_display(), ", ".join(state for state in states if state)

    def place(self, asked: Any, offered: Any) -> tuple[str, str]:
        school = self.request.school.municipality.name
        covered = gettext("%(town)s lies in it") if offered["covered"] else gettext("%(town)s does not lie in it")
        regions = join_and(self.names.region_names(offered["regions"])) or gettext("no region")
        distance = gettext("%(km)s km away") % {"km": _decimal(offered["distance_km"], 1)}
        wanted = [school, deliveries(asked["delivery"]) or gettext("everywhere"), _up_to(asked["max_travel_km"])]
        given = [regions, covered % {"town": school}, deliveries(offered["delivery"]), _up_to(offered["max_travel_km"])]
        return "; ".join(part for part in wanted if part), "; ".join([*(part for part in given if part), distance])

    def level(self, asked: Any, offered: Any) -> tuple[str, str]:
        return levels(asked), levels(offered)

    def theme(self, asked: Any, offered: Any) -> tuple[str, str]:
        themes = join_and(self.names.theme_names(asked)) or gettext("every theme")
        return themes, join_and(self.names.theme_names(offered))

    def kind(self, asked: Any, offered: Any) -> tuple[str, str]:
        return join_and(map(self.names.kind_name, asked)) or gettext("every kind"), self.names.kind_name(offered)

    def audience(self, asked: Any, offered: Any) -> tuple[str, str]:
        return audiences(asked), audiences(offered)

    def period(self, asked: Any, offered: Any) -> tuple[str, str]:
        first = gettext("at the earliest on %(day)s") % {"day": day(offered["first_day"])}
        if "sessions" in offered:
            given = _sessions(offered["sessions"])
        elif offered["from"] or offered["until"]:
            given = f"{months(offered['months'])}; {period(offered['from'], offered['until'])}"
        else:
            given = months(offered["months"])
        return period(asked["date_from"], asked["date_until"]), f"{given}; {first}"

    def group(self, asked: Any, offered: Any) -> tuple[str, str]:
        least, most = offered["min"], offered["max"]
        bounds = [
            gettext("at least %(count)d") % {"count": least} if least else "",
            gettext("at most %(count)d") % {"count": most} if most else "",
            gettext("may be split") if offered["splittable"] else "",
        ]
        return pupils(asked), ", ".join(bound for bound in bounds if bound) or gettext("every size")

    def cost(self, asked: Any, offered: Any) -> tuple[str, str]:
        budget = gettext("no limit") if asked is None else gettext("up to %(euro)s") % {"euro": euro(asked)}
        return gettext("free") if asked == 0 else budget, euro(offered or 0)

    def pair(self, _asked: Any, _offered: Any) -> tuple[str, str]:
        settled = self.match is not None and self.match.state in Match.SETTLED
        state = self.match.get_state_display() if self.match and settled else gettext("not put aside by anybody")
        return state, state


def _up_to(distance: float | None) -> str:
    return "" if distance is None else gettext("up to %(km)s km") % {"km": number(distance)}


def _sessions(sessions: tuple[tuple[dt.date, int], ...]) -> str:
    said = [
        gettext("%(day)s (%(seats)d places)") % {"day": day(date), "seats": max(0, seats)}
        for date, seats in sessions[:MOST_SESSIONS]
    ]
    more = len(sessions) - len(said)
    rest = [ngettext("%(count)d more date", "%(count)d more dates", more) % {"count": more}] if more else []
    return ", ".join([*said, *rest])


RULES = {
    "live": _("Open and public"),
    "place": _("Place"),
    "level": _("Class"),
    "theme": _("Theme"),
    "kind": _("Kind"),
    "audience": _("For whom"),
    "period": _("Period"),
    "group": _("Group size"),
    "cost": _("Cost"),
    "pair": _("Put aside before"),
}


def _rule(verdict: Any, words: _Words) -> RuleRow:
    in_words: Callable[[Any, Any], tuple[str, str]] = getattr(words, verdict.rule)
    asked, offered = in_words(verdict.request_value, verdict.activity_value)
    return RuleRow(str(RULES[verdict.rule]), capfirst(asked), capfirst(offered), verdict.holds)


def _help(mend: Any, story: Story) -> str:
    """The rule, and the least that the request would have to give way on it."""
    rule, change = str(RULES[mend.rule]), mend.change
    if change is None:
        return gettext("%(rule)s: no change of the request helps here.") % {"rule": rule}
    words = change_words(story.request, change.field, change.value, story.world)
    return gettext("%(rule)s: %(change)s (now: %(now)s).") % {"rule": rule, "change": words.title, "now": words.now}


# ------------------------------------------------------- the score, the store


def _parts(story: Story) -> list[PartRow]:
    names = {each.name: each.label for each in components()}
    return [
        PartRow(
            str(names.get(part.component, part.component)),
            _decimal(part.value, 2),
            number(part.weight),
            _decimal(part.points, 1),
        )
        for part in story.explanation.parts
    ]


def _stored(story: Story) -> list[tuple[str, str]]:
    match = story.match
    if match is None:
        return [(gettext("Stored"), gettext("no")), (gettext("Why"), _why_not_stored(story))]
    rows = [
        (gettext("State"), capfirst(match.get_state_display())),
        (gettext("Found"), long_day(match.created_at)),
        (gettext("Stored score"), _decimal(match.score, 1)),
    ]
    if match.state == Match.State.OPEN:
        rows.append((gettext("Rank within the request"), str(story.rank)))
        rows.append((gettext("Put before people"), _placed(match)))
    moments = {gettext("Closed"): match.closed_at, gettext("Asked by the school"): match.asked_at,
               gettext("Offered by the provider"): match.offered_at}  # fmt: skip
    return rows + [(name, long_day(moment)) for name, moment in moments.items() if moment]


def _placed(match: Match) -> str:
    if match.held:
        return gettext("No: %(why)s") % {"why": match.get_held_display()}
    return long_day(match.placed_at) if match.placed_at else gettext("yes")


def _why_not_stored(story: Story) -> str:
    if not story.explanation.eligible:
        return gettext("The pair does not fit.")
    request, activity = story.request, story.activity
    if request.is_being_matched or activity.version > activity.matched_version:
        return gettext("One of the two changed a moment ago and is matched soon.")
    return gettext("It fits, but neither side has it among its ten best.")
