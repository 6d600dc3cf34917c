"""The face of search: from an address to criteria. What it does not know it leaves out, and says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities import search
from techfinder.activities.atlas import Area, find_area, find_place
from techfinder.activities.models import Activity
from techfinder.activities.search.criteria import DISTANCE, NEWEST, RELEVANCE, SOONEST, TITLE, Criteria, Place
from techfinder.activities.vocabulary import Vocabulary
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.ui import DayField

MOST_VALUES = 40
MOST_REGIONS = 10
LONGEST_TEXT = 100
LARGEST_GROUP = 1000
RADII = (5, 10, 15, 25, 50, 75, 100)
SORTS = (RELEVANCE, DISTANCE, NEWEST, SOONEST, TITLE)


class ShortText(forms.CharField):
    """Text from an address: cut off rather than refused."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.was_cut = False

    def to_python(self, value: Any) -> str:
        text = " ".join(str(value or "")[: self.longest * 10].replace("\x00", " ").split())
        self.was_cut = len(text) > self.longest
        return text[: self.longest].strip()


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


class GroupField(forms.IntegerField):
    """How many pupils come along."""

    default_error_messages = {"invalid": _("Write the size of the group as a whole number from 1 to 1,000")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        found: int | None = super().clean(value)
        if found is not None and not 1 <= found <= LARGEST_GROUP:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class TextFilter(django_filters.Filter):
    field_class = ShortText


class KnownFilter(django_filters.Filter):
    field_class = Known


class SeveralFilter(django_filters.Filter):
    field_class = Several


class DayFilter(django_filters.Filter):
    field_class = DayField


class GroupFilter(django_filters.Filter):
    field_class = GroupField


class Flag(forms.BooleanField):
    """On by any text but 0 and false: a checkbox would take those for on as well."""

    widget = forms.TextInput


class FlagFilter(django_filters.Filter):
    field_class = Flag


class ActivityFilter(django_filters.FilterSet):
    """What can be in the address of a search. `criteria()` is what is searched for, `notes` what was left out."""

    q = TextFilter(label=_("What are you looking for?"))
    plaats = TextFilter(label=_("Town or postcode"), longest=80)
    straal = KnownFilter(label=_("Distance"), codes=[str(km) for km in RADII])
    region = SeveralFilter(label=_("Region"))
    level = KnownFilter(label=_("For whom"), codes=tuple(LEVEL_BY_CODE))
    theme = KnownFilter(label=_("Theme"))
    kind = KnownFilter(label=_("Kind"))
    delivery = KnownFilter(label=_("Where"), codes=Delivery.values)
    audience = KnownFilter(label=_("Who takes part"), codes=Audience.values)
    month = KnownFilter(label=_("When"), codes=[str(month) for month in range(1, 13)])
    van = DayFilter(label=_("From"))
    tot = DayFilter(label=_("Until"))
    groep = GroupFilter(label=_("Number of pupils"), widget=forms.TextInput)
    free = FlagFilter(label=_("Free"))
    room = FlagFilter(label=_("With room only"))
    provider = TextFilter(label=_("Provider"), longest=80)
    sort = KnownFilter(codes=SORTS)

    class Meta:
        model = Activity
        fields: Sequence[str] = ()

    _form_class: ClassVar[type[forms.Form]]

    def __init__(self, data: QueryDict, *args: Any, words: Vocabulary | None = None, **kwargs: Any) -> None:
        # An empty address is a search for everything: bound, so that there is something cleaned to show.
        super().__init__(data or QueryDict("sort="), *args, **kwargs)
        words = words or Vocabulary()
        self.form.fields["theme"].codes = words.themes
        self.form.fields["kind"].codes = words.kinds
        self.notes: list[str] = []
        self.place: Place | None = None
        self.regions: list[Area] = []

    def get_form_class(self) -> type[forms.Form]:
        """The form of these filters, made once: it is the same for every address."""
        kept: type[forms.Form] | None = vars(type(self)).get("_form_class")
        if kept is None:
            kept = type(self)._form_class = super().get_form_class()
        return kept

    def filter_queryset(self, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        """The one search definition does the work, also for who wants rows."""
        return queryset.filter(pk__in=search.find_all(self.criteria()).ids.tolist())

    def criteria(self) -> Criteria:
        """What is searched for; faults in the address are noted and left out."""
        return self._criteria

    @cached_property
    def cleaned(self) -> dict[str, Any]:
        """What was understood of the address, by the names of the filters."""
        self.form.full_clean()
        return self.form.cleaned_data

    @cached_property
    def _criteria(self) -> Criteria:
        cleaned = self.cleaned
        self._note_faults()
        self._find_places(cleaned)
        return Criteria(
            text=cleaned["q"],
            place=self.place,
            radius=self._radius(cleaned),
            regions=tuple(area.code for area in self.regions),
            levels=tuple(cleaned["level"]),
            themes=tuple(cleaned["theme"]),
            kinds=tuple(cleaned["kind"]),
            delivery=tuple(cleaned["delivery"]),
            audience=tuple(cleaned["audience"]),
            months=tuple(int(month) for month in cleaned["month"]),
            date_from=cleaned.get("van"),
            date_until=cleaned.get("tot"),
            group=cleaned.get("groep"),
            free=cleaned["free"],
            room=cleaned["room"],
            provider=cleaned["provider"],
            sort=self._sort(cleaned),
        )

    @property
    def usual_sort(self) -> str:
        """The order when none is asked for: words go before distance, and distance before age."""
        return RELEVANCE if self.cleaned["q"] else DISTANCE if self.place else NEWEST

    def _sort(self, cleaned: dict[str, Any]) -> str:
        """The order asked for, where it can be."""
        wanted = next(iter(cleaned["sort"]), "")
        needs = {RELEVANCE: bool(cleaned["q"]), DISTANCE: self.place is not None}
        return wanted if wanted and needs.get(wanted, True) else self.usual_sort

    def _radius(self, cleaned: dict[str, Any]) -> int | None:
        radius = next(iter(cleaned["straal"]), None)
        if radius and not cleaned["plaats"]:
            self.notes.append(gettext("Fill in a town or postcode to search within a distance."))
        return int(radius) if radius and self.place else None

    def _note_faults(self) -> None:
        for name, field in self.form.fields.items():
            if isinstance(field, Known) and field.unknown:
                self._note_value(", ".join(field.unknown))
            if isinstance(field, ShortText) and field.was_cut:
                text = gettext("That is a long text. We search with the first %(count)d characters of it.")
                self.notes.append(text % {"count": field.longest})
            for error in self.form.errors.get(name, ()):
                self.notes.append(gettext("%(error)s. It is left out.") % {"error": error})
        first, last = self.cleaned.get("van"), self.cleaned.get("tot")
        if first and last and first > last:
            self.notes.append(gettext("The last day lies before the first day: nothing takes place then."))

    def _note_value(self, value: str) -> None:
        self.notes.append(gettext("We do not know the filter “%(value)s”. It is left out.") % {"value": value[:80]})

    def _find_places(self, cleaned: dict[str, Any]) -> None:
        for value in cleaned["region"][:MOST_REGIONS]:
            area = find_area(value)
            if area is None:
                self._note_value(value)
            elif area not in self.regions:
                self.regions.append(area)
        if text := cleaned["plaats"]:
            self.place = find_place(text)
            if self.place is None:
                self.notes.append(
                    gettext("We do not know the place “%(place)s”. You see offers from the whole country.")
                    % {"place": text}
                )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The address as it was given: names and values of filters, without what is empty or not ours."""
        for name in self.base_filters:
            for value in self.data.getlist(name)[:MOST_VALUES]:
                if text := value.replace("\x00", "").strip():
                    yield name, text[: LONGEST_TEXT * 2]
