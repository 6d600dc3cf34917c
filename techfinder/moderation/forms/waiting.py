"""The forms of the waiting list and of the tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.bookings.forms.answering import check_day, words_field
from techfinder.bookings.forms.clean import WordsField
from techfinder.bookings.forms.days import MOST_DAYS, coming_sessions, session_words
from techfinder.bookings.queries.neighbours import Neighbour
from techfinder.moderation.access import Desk
from techfinder.moderation.forms.decisions import SeenField
from techfinder.moderation.waiting_list import DUE, FITS, HANDED, NOTHING, Chosen
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import theme_names
from techfinder.taxonomy.ui import DayField

LARGER = (Region.Type.PROVINCE, Region.Type.NETWORK)
DISTANCES = (5, 10, 25, 50)


class WaitingFilter(forms.Form):
    """What of the list is shown; what is not among the choices chooses nothing."""

    regio = forms.ChoiceField(label=_("Region"), required=False)
    thema = forms.ChoiceField(label=_("Theme"), required=False)
    deel = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("everything that waits")),
            (DUE, _("to look at now")),
            (NOTHING, _("nothing fits")),
            (FITS, _("something fits, not asked yet")),
            (HANDED, _("handed over")),
        ],
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in _regions(desk)}
        regions = [(region.code, region.name) for region in self.regions.values()]
        self.fields["regio"].choices = [("", gettext("all my regions")), *regions]  # type: ignore[attr-defined]
        self.fields["thema"].choices = [("", gettext("every theme")), *theme_names().items()]  # type: ignore[attr-defined]

    def chosen(self) -> Chosen:
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return Chosen(self.regions.get(found.get("regio", "")), found.get("thema", ""), found.get("deel", ""))


def _regions(desk: Desk) -> list[Region]:
    larger = Region.objects.filter(type__in=LARGER).order_by("-type", "name")
    return list(larger if desk.codes is None else larger.filter(code__in=sorted(desk.codes)))


class LookForm(forms.Form):
    """A human looked: what the school reads of it."""

    seen = SeenField()
    words = WordsField(
        label=_("What do you tell the school?"),
        max_length=500,
        help_text=_("The school gets this by mail, with its place and the day of the next look."),
        rows=4,
    )


class HandOverForm(forms.Form):
    """To another region than that of the school, with coordinators."""

    region = forms.ChoiceField(label=_("To which region?"), error_messages={"required": _("Choose a region.")})
    note = WordsField(label=_("What should they know?"), max_length=500)

    def __init__(self, *args: Any, asked: Request, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Region.objects.filter(type__in=LARGER, moderators__is_active=True).distinct().order_by("-type", "name")
        own = asked.school.municipality.parent_id
        self.regions = {region.code: region for region in found if region.pk != own}
        choices = [(region.code, region.name) for region in self.regions.values()]
        self.fields["region"].choices = [("", gettext("choose a region")), *choices]  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return self.regions[self.cleaned_data["region"]]


class DoneForm(forms.Form):
    words = WordsField(
        label=_("What did you do?"),
        required=True,
        max_length=500,
        rows=0,
        help_text=_("A few words, for your colleagues."),
        error_messages={"required": _("Write in a few words what you did.")},
    )


class SearchForm(forms.Form):
    zoek = forms.CharField(label=_("Search in all offers"), required=False, max_length=100)


class TogetherForm(forms.Form):
    """Which neighbours come along, and on which day of the activity."""

    neighbours = forms.MultipleChoiceField(
        label=_("Who comes along?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one neighbour.")},
    )  # fmt: skip
    session = forms.ChoiceField(
        label=_("Which day?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a day")}
    )
    date = DayField(
        label=_("Which day suits best?"), required=False,
        help_text=_("For example 3-5-2027 or 3 May. Nothing filled in? Then the other side proposes a day"),
        widget=forms.TextInput({"class": "tf-w-8"}),
    )  # fmt: skip
    words = words_field(_("Message to the provider"))

    def __init__(
        self, *args: Any, activity: Activity, own: int, neighbours: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["neighbours"].choices = neighbours  # type: ignore[attr-defined]
        sessions = list(coming_sessions(activity)[:MOST_DAYS])
        if sessions:
            choices = [(str(each.pk), session_words(each, own)) for each in sessions]
            self.fields["session"].choices = choices  # type: ignore[attr-defined]
            del self.fields["date"]
        else:
            del self.fields["session"]

    def clean_date(self) -> dt.date | None:
        return check_day(self.cleaned_data["date"])

    def asked(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        session = cleaned.get("session")
        return {"session_id": int(session) if session else None, "date": cleaned.get("date"), "words": cleaned["words"]}


def distance_of(text: str) -> int:
    """One of the distances to choose from; ten kilometres when it is none."""
    return int(text) if text in {str(each) for each in DISTANCES} else 10


def choices_of(found: list[Neighbour]) -> list[tuple[str, str]]:
    """Neighbours as a form shows them: school, town, how far, how many pupils, what they ask."""
    return [(str(each.waiting.request_id), _neighbour(each)) for each in found]


def _neighbour(each: Neighbour) -> str:
    request = each.waiting.request
    words = {
        "school": request.school.name,
        "town": request.school.city or request.school.municipality.name,
        "km": round(each.km),
        "pupils": request.group_size,
        "title": request.title,
    }
    return gettext("%(school)s, %(town)s (%(km)d km), %(pupils)d pupils: %(title)s") % words
