"""What a coordinator fills in: the campaign, seats per day, priorities, and what the lists are narrowed by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Session
from techfinder.activities.search import Criteria
from techfinder.campaigns.actions import seat_fault
from techfinder.campaigns.models import Campaign, CampaignRequest
from techfinder.taxonomy.data import LEVEL_BY_CODE, LEVELS
from techfinder.taxonomy.levels import level_name
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import kind_names, theme_names
from techfinder.taxonomy.templatetags.ui import day
from techfinder.taxonomy.ui import DayField, Measure

FARTHEST = dt.timedelta(days=550)
MOST_SEATS = 10_000
# Fine enough to narrow a list: the sectors, the tracks, the levels of mbo.
SHOWN_LEVELS = [level.code for level in LEVELS if level.year is None and level.sector in ("po", "so", "vo", "mbo")]
WHOLE = _("Write a whole number")
WHOLE_SEATS = _("Write a whole number from 0 to 10,000")


COUNT_FAULTS = {
    "invalid": WHOLE,
    "min_value": _("Write %(limit_value)s or more"),
    "max_value": _("Write %(limit_value)s at most"),
}


def _count(most: int, unit: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=most, widget=Measure(unit), error_messages=COUNT_FAULTS, **kwargs)


def _part_min(**kwargs: Any) -> forms.IntegerField:
    return _count(500, _("pupils"), label=_("A part of a split group has at least"), **kwargs)


def _parts_max(**kwargs: Any) -> forms.IntegerField:
    return _count(10, _("parts"), label=_("A group is split into at most"), **kwargs)


def _providers_max(**kwargs: Any) -> forms.IntegerField:
    return _count(10, _("companies"), label=_("The parts go to at most"), **kwargs)


class CampaignForm(forms.Form):
    """Where and when, and how groups may be split. The region stays as it was chosen."""

    title = forms.CharField(
        label=_("Name of the campaign"),
        max_length=120,
        help_text=_("Schools and companies see it in their mail, such as Girls' Day in Zeeland"),
    )
    description = forms.CharField(label=_("Goal"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        empty_label=_("Choose a region"),
        error_messages={"invalid_choice": _("Choose a region.")},
        help_text=_("Requests come from schools here; activities are offered here, or come from here"),
    )
    first_day = DayField(label=_("First day"), widget=forms.TextInput({"class": "tf-w-8"}))
    last_day = DayField(label=_("Last day"), widget=forms.TextInput({"class": "tf-w-8"}))
    parts_max = _parts_max(initial=1, help_text=_("1: no group is split"))
    part_min = _part_min(initial=10)
    providers_max = _providers_max(initial=1)

    def __init__(self, *args: Any, regions: QuerySet[Region] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if regions is None:
            del self.fields["region"]
        else:
            choice = self.fields["region"]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = regions

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if not any(character.isalnum() for character in title):
            raise forms.ValidationError(_("Write the name with letters or digits"))
        return title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last, today = cleaned.get("first_day"), cleaned.get("last_day"), timezone.localdate()
        if last and last < today:
            self.add_error("last_day", _("This day is past. Choose a later day."))
        elif last and last > today + FARTHEST:
            self.add_error("last_day", _("This is too far ahead. Choose a day within a year and a half."))
        elif first and last and last < first:
            self.add_error("last_day", _("The last day is before the first. Choose a later day."))
        return cleaned


CAMPAIGN_FIELDS = ("title", "description", "first_day", "last_day", "parts_max", "part_min", "providers_max")


def initial_of(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in CAMPAIGN_FIELDS}


class Named(forms.Form):
    """A form with one field per row of a list, each named after its row."""

    prefix_of_fields = ""

    def name_of(self, pk: int) -> str:
        return f"{self.prefix_of_fields}-{pk}"

    def values(self) -> dict[int, Any]:
        """What was filled in, by the id of its row."""
        return {int(name.rpartition("-")[2]): value for name, value in self.cleaned_data.items()}


class SeatsForm(Named):
    """How many seats of each day the campaign shares out; empty is none."""

    prefix_of_fields = "seats"

    def __init__(
        self,
        *args: Any,
        sessions: Iterable[Session],
        given: Mapping[int, int],
        pinned: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {session.pk: session for session in sessions}
        self.pinned = pinned
        for pk, session in self.sessions.items():
            self.fields[self.name_of(pk)] = forms.IntegerField(
                label=_("Seats for the campaign: %(title)s, %(day)s")
                % {"title": session.activity.title, "day": day(session.date)},
                required=False,
                min_value=0,
                max_value=MOST_SEATS,
                initial=given.get(pk),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE_SEATS),
                widget=forms.TextInput({"inputmode": "numeric", "class": "tf-w-5"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._misses_a_row():
            self.add_error(None, _("A day is no longer in this list. Nothing is saved: look at the seats again."))
        for pk, session in self.sessions.items():
            name = self.name_of(pk)
            # What stays as it was is not judged again: a day may have filled up since.
            if name in cleaned and name in self.changed_data:
                fault = seat_fault(session, cleaned[name] or 0, self.pinned.get(pk, 0))
                if fault:
                    self.add_error(name, capfirst(fault))
        return cleaned

    def _misses_a_row(self) -> bool:
        """Seats for a day that this list does not have: it was not, or it filled up while the page was open."""
        posted = {name for name in self.data if name.startswith(f"{self.prefix_of_fields}-")}
        return any(self.data[name].strip() for name in posted - self.fields.keys())

    def seats(self) -> dict[int, int]:
        """Seats by the id of the day, of the days that were changed."""
        changed = {name: value or 0 for name, value in self.cleaned_data.items() if name in self.changed_data}
        return {int(name.rpartition("-")[2]): value for name, value in changed.items()}


class PrioritiesForm(Named):
    """How urgent each request is."""

    prefix_of_fields = "priority"

    def __init__(self, *args: Any, asked: Iterable[CampaignRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in asked:
            self.fields[self.name_of(each.pk)] = forms.TypedChoiceField(
                label=_("Priority of %(title)s") % {"title": each.request.title},
                choices=_priorities(),
                coerce=int,
                initial=each.priority,
                error_messages={"invalid_choice": _("Choose one of the four")},
            )


def _priorities() -> list[tuple[int, str]]:
    return [(value, capfirst(str(label))) for value, label in reversed(CampaignRequest.Priority.choices)]


class BoundsForm(forms.Form):
    """What differs for one request; empty is as for all."""

    priority = forms.TypedChoiceField(label=_("Priority"), choices=_priorities, coerce=int)
    parts_max = _parts_max(required=False)
    part_min = _part_min(required=False)
    providers_max = _providers_max(required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("parts_max", "part_min", "providers_max"):
            self.fields[name].help_text = _("Empty: %(n)d, as in the whole campaign") % {"n": getattr(campaign, name)}


# ------------------------------------------------------------- narrowing lists


class _Narrow(forms.Form):
    """From an address: what is not understood is left out."""

    q = forms.CharField(required=False, max_length=100, label=_("Words"))
    theme = forms.ChoiceField(required=False, label=_("Theme"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("theme", _("Every theme"), theme_names(active=True))

    def _offer(self, name: str, every: Any, choices: Mapping[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices.items()]

    def said(self) -> dict[str, Any]:
        """What was understood of the address."""
        self.is_valid()
        text = " ".join(self.cleaned_data.get("q", "").replace("\x00", " ").split())
        return {**self.cleaned_data, "q": text}


class NarrowSessions(_Narrow):
    kind = forms.ChoiceField(required=False, label=_("Kind"))
    van = DayField(required=False, label=_("From"), widget=forms.TextInput({"class": "tf-w-8"}))
    tot = DayField(required=False, label=_("Until"), widget=forms.TextInput({"class": "tf-w-8"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("kind", _("Every kind"), kind_names(active=True))

    def criteria(self) -> Criteria:
        """For the one search definition of activities; the days are looked at by day."""
        said = self.said()
        return Criteria(
            text=said["q"],
            themes=(said["theme"],) if said.get("theme") else (),
            kinds=(said["kind"],) if said.get("kind") else (),
        )


class NarrowRequests(_Narrow):
    level = forms.ChoiceField(required=False, label=_("Level"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = {code: level_name(code) for code in SHOWN_LEVELS if code in LEVEL_BY_CODE}
        self._offer("level", _("Every level"), shown)
