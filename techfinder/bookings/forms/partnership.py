"""The forms of a partnership: what it is about, what is planned, and asking for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.bookings.forms.again import AgainForm
from techfinder.bookings.forms.clean import WordsField
from techfinder.bookings.models import Partnership, Plan
from techfinder.requests.levels import level_choices, offered_levels
from techfinder.taxonomy.templatetags.ui import month_name
from techfinder.taxonomy.ui import Picks

# From August on.
MONTHS_OF_YEAR = (8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7)


class PartnershipForm(forms.Form):
    """What two want to do together."""

    words = WordsField(
        max_length=Partnership._meta.get_field("words").max_length,
        label=_("What do you want to do together?"),
        help_text=_("For example: a guest lesson in autumn and a visit in spring. The other side reads this"),
    )


class PlanForm(forms.Form):
    """One thing for one school year."""

    activity = forms.ModelChoiceField(
        Activity.objects.none(),
        label=_("Activity"),
        empty_label=_("Choose an activity"),
        error_messages={"required": _("Choose an activity")},
    )
    year = forms.TypedChoiceField(
        label=_("School year"), coerce=int, error_messages={"required": _("Choose a school year")}
    )
    month = forms.TypedChoiceField(label=_("Month"), coerce=int, empty_value=None, required=False)
    words = WordsField(
        max_length=Plan._meta.get_field("words").max_length,
        rows=0,
        label=_("For whom?"),
        help_text=_("For example: both groups 7. No names of pupils"),
    )

    def __init__(self, *args: Any, partnership: Partnership, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Activity.objects.public().filter(provider=partnership.provider_id).order_by("title")
        self.fields["activity"].queryset = offered  # type: ignore[attr-defined]
        self._choices("year").choices = [(each, f"{each}-{each + 1}") for each in (year, year + 1)]
        months = [(number, capfirst(month_name(number))) for number in MONTHS_OF_YEAR]
        self._choices("month").choices = [("", _("whenever it suits")), *months]

    def _choices(self, name: str) -> Any:
        return self.fields[name]


class AskPlanForm(AgainForm):
    """Asking for what was planned: for which classes, with how many, on which day."""

    levels = forms.MultipleChoiceField(
        label=_("For which classes?"),
        widget=Picks(look="groups"),
        error_messages={
            "required": _("Choose at least one class"),
            "invalid_choice": _("Choose a class that this school has"),
        },
    )
    field_order = ["session", "date", "start", "end", "levels", "pupils", "delivery", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = level_choices(offered_levels(self.request.school))
        self.fields["levels"].choices = groups if len(groups) > 1 else groups[0][1]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        return {**super().asked(), "levels": self.cleaned_data["levels"]}
