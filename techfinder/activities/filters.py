"""The face of `queries.search`: from an address to criteria. What it does not know it leaves out, and says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities import queries
from techfinder.activities.models import Activity
from techfinder.activities.places import find_municipality, find_regions
from techfinder.activities.vocabulary import Vocabulary
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Delivery, Region
from techfinder.taxonomy.ui import DayField

MOST_VALUES = 40
MOST_REGIONS = 10
SORTS = (queries.BEST, queries.NEWEST, queries.TITLE)


class ShortText(forms.CharField):
    """Text from an address: cut off rather than refused."""

    def __init__(self, *, longest: int = 100, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        return " ".join(str(value or "").replace("\x00", " ")[: self.longest].split())


class Several(forms.Field):
    """Any number of texts from an address."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        found = [str(each).replace("\x00", "")[:80].strip() for each in list(value or [])[:MOST_VALUES]]
        return list(dict.fromkeys(each for each in found if each))


class Known(Several):
    """As Several, only codes that exist; keeps what it left out."""

    def __init__(self, *, codes: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes = codes
        self.unknown: list[str] = []

    def clean(self, value: Any) -> list[str]:
        given = self.to_python(value)
        self.unknown = [each for each in given if each not in self.codes]
        return [each for each in given if each in self.codes]


class TextFilter(django_filters.Filter):
    field_class = ShortText


class KnownFilter(django_filters.Filter):
    field_class = Known


class SeveralFilter(django_filters.Filter):
    field_class = Several


class DayFilter(django_filters.Filter):
    field_class = DayField


class FlagFilter(django_filters.Filter):
    field_class = forms.BooleanField


class ActivityFilter(django_filters.FilterSet):
    """What can be in the address of the list of offers."""

    q = TextFilter(label=_("What are you looking for?"))
    plaats = TextFilter(label=_("Town or postcode"), longest=80)
    region = SeveralFilter(label=_("Region"))
    level = KnownFilter(label=_("For whom"), codes=tuple(LEVEL_BY_CODE))
    theme = KnownFilter(label=_("Theme"), codes=())
    kind = KnownFilter(label=_("Kind"), codes=())
    delivery = KnownFilter(label=_("Where"), codes=Delivery.values)
    month = KnownFilter(label=_("When"), codes=[str(month) for month in range(1, 13)])
    van = DayFilter(label=_("From"))
    tot = DayFilter(label=_("Until"))
    free = FlagFilter(label=_("Free"))
    provider = TextFilter(label=_("Provider"), longest=80)
    sort = KnownFilter(codes=SORTS)

    class Meta:
        model = Activity
        fields: Sequence[str] = ()

    def __init__(self, *args: Any, words: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Terms are rows: read once for the whole page.
        self.form.fields["theme"].codes = words.themes
        self.form.fields["kind"].codes = words.kinds
        self.notes: list[str] = []
        self.place: Region | None = None
        self.regions: list[Region] = []

    def filter_queryset(self, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        """The one search definition does the work: pages, feeds and saved searches find the same."""
        return queries.search(self.criteria())

    def criteria(self) -> queries.Criteria:
        """What is searched for; faults in the address are noted and left out."""
        cleaned = self.form.cleaned_data
        self._note_unknown()
        self._find_regions(cleaned)
        return queries.Criteria(
            text=cleaned.get("q", ""),
            regions=self.regions,
            place=self.place,
            levels=cleaned.get("level", ()),
            themes=cleaned.get("theme", ()),
            kinds=cleaned.get("kind", ()),
            delivery=cleaned.get("delivery", ()),
            months=[int(month) for month in cleaned.get("month", ())],
            date_from=cleaned.get("van"),
            date_until=cleaned.get("tot"),
            free=bool(cleaned.get("free")),
            provider=cleaned.get("provider", ""),
            sort=next(iter(cleaned.get("sort", ())), ""),
        )

    def _note_unknown(self) -> None:
        for name, field in self.form.fields.items():
            if isinstance(field, Known) and field.unknown and name != "sort":
                self._note_value(", ".join(field.unknown))

    def _note_value(self, value: str) -> None:
        self.notes.append(gettext("We do not know the filter “%(value)s”. It is left out.") % {"value": value[:80]})

    def _find_regions(self, cleaned: dict[str, Any]) -> None:
        wanted = cleaned.get("region", ())[:MOST_REGIONS]
        self.regions = find_regions(wanted) if wanted else []
        known = {key for region in self.regions for key in (region.code.lower(), region.slug)}
        for value in wanted:
            if value.lower() not in known:
                self._note_value(value)
        if place := cleaned.get("plaats"):
            self.place = find_municipality(place)
            if self.place is None:
                self.notes.append(
                    gettext("We do not know the place “%(place)s”. You see offers from the whole country.")
                    % {"place": place}
                )
