"""The steps of the form of an activity. A draft may be half empty; what is sent may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from techfinder.activities.changes import STEP_FIELDS
from techfinder.activities.forms.fields import LatLonField, MoneyField, MunicipalitiesField, PostcodeField
from techfinder.activities.gone import gone_regions, warning
from techfinder.activities.models import Activity
from techfinder.activities.vocabulary import LANGUAGES, collapse, leaves
from techfinder.organisations.images import PictureField
from techfinder.taxonomy.data import LEAF_ORDER, LEVEL_BY_CODE
from techfinder.taxonomy.levels import sector_name
from techfinder.taxonomy.models import Audience, Delivery, Region
from techfinder.taxonomy.queries import kind_names, level_name, regions_for_choice, theme_names
from techfinder.taxonomy.templatetags.ui import month_name
from techfinder.taxonomy.ui import Choices, DayField, Measure, Picks

# Without these a teacher cannot decide, or the matcher cannot find it.
NEEDED = ("title", "kind", "themes", "description", "levels", "audience", "delivery")
PICTURE_SIDE = 1600


def several(label: Any, choices: Any = (), *, columns: int = 3, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=Choices(columns=columns), **kwargs
    )


class StepForm(forms.ModelForm):
    """One step. `strict`: what is needed must be there, because it is sent or public already."""

    class Meta:
        model = Activity
        fields: Iterable[str] = ()

    def __init__(self, *args: Any, strict: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strict = strict
        for name, field in self.fields.items():
            field.needed = name in NEEDED or name == "regions"  # type: ignore[attr-defined]
            field.required = name == "title" or (strict and name in NEEDED)
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 6 if name == "description" else 3

    def values(self) -> dict[str, Any]:
        """What to save: the fields of this step."""
        return {name: self.cleaned_data[name] for name in STEP_FIELDS[self.step] if name in self.cleaned_data}

    step = ""
    warning = ""


class WhatForm(StepForm):
    step = "wat"
    kind = forms.ChoiceField(label=_("What kind of activity is it?"), required=False)
    themes = several(_("About which themes?"))
    external_url = forms.URLField(label=_("More on your own site"), required=False, assume_scheme="https")

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["wat"]
        widgets = {"summary": forms.TextInput(), "goals": forms.Textarea(), "description": forms.Textarea()}
        labels = {
            "title": _("What is it called?"),
            "description": _("What will the class do?"),
            "goals": _("What will the pupils learn?"),
            "co_providers": _("Who else takes part?"),
        }
        help_texts = {
            "summary": _("Shown in the list of offers."),
            "description": _("Tell it to a teacher who does not know your company."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "---"), *kind_names(active=True).items()]  # type: ignore[attr-defined]
        self.fields["themes"].choices = list(theme_names(active=True).items())  # type: ignore[attr-defined]


def level_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """All leaves, under their sector or track."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in LEAF_ORDER:
        term = LEVEL_BY_CODE[code]
        parent = term.parent if term.sector in ("vo", "po", "mbo") and term.parent else term.sector
        name = level_name(parent) if parent in LEVEL_BY_CODE else sector_name(parent)
        groups.setdefault(name[:1].upper() + name[1:], []).append((code, level_name(code)))
    return list(groups.items())


class WhomForm(StepForm):
    step = "voor-wie"
    levels = several(_("For which groups and classes?"), level_groups, columns=3)
    audience = several(_("Who takes part?"), Audience.choices)
    languages = several(_("In which languages?"), list(LANGUAGES.items()))

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["voor-wie"]
        widgets = {"group_min": Measure(_("pupils")), "group_max": Measure(_("pupils"))}
        labels = {"for_girls": _("Especially for girls")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A code stands for all leaves under it: every box of it is on.
        self.initial["levels"] = [code for code in LEAF_ORDER if code in leaves(self.initial.get("levels") or ())]

    def clean_levels(self) -> list[str]:
        return collapse(self.cleaned_data["levels"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        smallest, largest = cleaned.get("group_min"), cleaned.get("group_max")
        if smallest and largest and smallest > largest:
            self.add_error("group_max", gettext("The largest group must not be smaller than the smallest group."))
        return cleaned


class WhereForm(StepForm):
    step = "waar"
    delivery = several(_("Where does it take place?"), Delivery.choices)
    regions = several(_("For schools in which regions?"), columns=3)
    municipalities = MunicipalitiesField(
        label=_("Or in these municipalities"), required=False, help_text=_("Names with a comma between them.")
    )
    venue_postcode = PostcodeField(label=_("Postcode"), required=False, max_length=10)
    venue_lat = LatLonField(label=_("Latitude"), low=50.5, high=53.8)
    venue_lon = LatLonField(label=_("Longitude"), low=3.0, high=7.4)

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["waar"]
        widgets = {"max_travel_km": Measure(_("km"))}
        labels = {"max_travel_km": _("How far do you travel to a school, at most?")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        larger = regions_for_choice().exclude(type=Region.Type.MUNICIPALITY)
        choices = list(larger.values_list("code", "name"))
        chosen = self.initial.get("regions") or []
        known = {code for code, _name in choices}
        self.fields["regions"].choices = choices  # type: ignore[attr-defined]
        self.initial["regions"] = [code for code in chosen if code in known]
        gone = gone_regions(self.instance)
        self.warning = warning(self.instance, gone)
        self.initial["municipalities"] = [code for code in chosen if code not in known and code not in gone]
        self.order_fields(["delivery", "regions", "municipalities"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["regions"] = [*cleaned.get("regions", []), *cleaned.get("municipalities", [])]
        only_online = cleaned.get("delivery") == [Delivery.ONLINE]
        if self.strict and not cleaned["regions"] and not only_online and "municipalities" not in self.errors:
            self.add_error("regions", gettext("Choose at least one region."))
        if (cleaned.get("venue_lat") is None) != (cleaned.get("venue_lon") is None) and not self.errors:
            self.add_error("venue_lon", gettext("A point has both numbers, or none."))
        return cleaned


class WhenForm(StepForm):
    step = "wanneer"
    months = forms.TypedMultipleChoiceField(
        label=_("In which months?"), required=False, coerce=int, widget=Picks(look="months"),
        help_text=_("Choose none when it can be the whole year."),
    )  # fmt: skip
    available_from = DayField(label=_("First day"), required=False, help_text=_("Such as 3-5-2027 or 3 May"))
    available_until = DayField(label=_("Last day"), required=False)
    lead_days = forms.IntegerField(
        label=_("How long beforehand must a school ask for it?"), required=False, min_value=0, max_value=730,
        widget=Measure(pgettext_lazy("unit", "days")),
    )  # fmt: skip

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["wanneer"]
        localized_fields = ("duration_amount",)
        labels = {"duration_amount": _("How long does it take?"), "duration_unit": _("In")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = [(month, month_name(month)) for month in range(1, 13)]  # type: ignore[attr-defined]

    def clean_lead_days(self) -> int:
        return self.cleaned_data["lead_days"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("available_from"), cleaned.get("available_until")
        if first and last and last < first:
            self.add_error("available_until", gettext("The last day must not be before the first day."))
        _check_amount(self, cleaned, "duration")
        return cleaned


def _check_amount(form: forms.ModelForm, cleaned: dict[str, Any], name: str) -> None:
    """A length has a unit, and is more than nothing."""
    amount = cleaned.get(f"{name}_amount")
    if amount is not None and amount <= 0:
        form.add_error(f"{name}_amount", gettext("Write a number above 0, or leave this empty."))
    elif amount is not None and not cleaned.get(f"{name}_unit"):
        form.add_error(f"{name}_unit", gettext("Choose minutes, hours, half days or days."))


class PracticalForm(StepForm):
    step = "praktisch"
    cost = MoneyField(
        label=_("What does it cost the school?"), required=False, min_value=0, max_digits=8, decimal_places=2,
        widget=Measure(_("euro")), help_text=_("0 when it is free. Leave it empty when it differs."),
    )  # fmt: skip

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["praktisch"]
        localized_fields = ("preparation_amount",)
        widgets = {"school_arranges": forms.Textarea()}
        labels = {
            "preparation_amount": _("How much preparation does it ask?"),
            "preparation_unit": _("In"),
            "preparation_by": _("Who prepares?"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _check_amount(self, cleaned, "preparation")
        return cleaned


class SafeForm(StepForm):
    step = "veilig"
    vog_date = DayField(label=_("Date of the statement"), required=False)
    picture = PictureField(
        max_side=PICTURE_SIDE, label=_("Picture"), required=False,
        help_text=_("JPG, PNG or WebP, at most 5 MB. No pupils who can be recognised."),
    )  # fmt: skip
    picture_away = forms.BooleanField(label=_("Take the picture away"), required=False)

    class Meta(StepForm.Meta):
        fields = STEP_FIELDS["veilig"]
        help_texts = {"picture_alt": _("For who cannot see the picture. Needed when there is a picture.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.picture:
            del self.fields["picture_away"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("vog_date") and cleaned["vog_date"] > timezone.localdate():
            self.add_error("vog_date", gettext("This day is still to come. When was it stated?"))
        # A new picture in the same form is meant to take its place.
        if cleaned.get("picture_away") and not isinstance(cleaned.get("picture"), ContentFile):
            return cleaned | {"picture": "", "picture_alt": ""}
        if cleaned.get("picture") and not cleaned.get("picture_alt") and "picture" not in self.errors:
            self.add_error("picture_alt", gettext("Say what the picture shows."))
        return cleaned


STEP_FORMS: dict[str, type[StepForm]] = {
    form.step: form for form in (WhatForm, WhomForm, WhereForm, WhenForm, PracticalForm, SafeForm)
}
