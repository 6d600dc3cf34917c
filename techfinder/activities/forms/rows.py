"""Rows of a step: stages and dates. Without scripts: there are always blank rows, and a button for more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from techfinder.activities.forms.fields import ClockField
from techfinder.taxonomy.ui import DayField, Measure

MOST_ROWS = 60
BLANK_ROWS = 2


class StageForm(forms.Form):
    title = forms.CharField(label=_("Step"), max_length=120)
    description = forms.CharField(label=_("What happens?"), max_length=400, required=False)
    date = DayField(label=_("On which day?"), required=False)


class SessionForm(forms.Form):
    date = DayField(label=_("Day"), help_text=_("Such as 18-6-2027 or 18 June"))
    start = ClockField(label=_("From"), required=False)
    end = ClockField(label=pgettext_lazy("time", "Until"), required=False)
    seats = forms.IntegerField(label=_("Places for pupils"), min_value=1, max_value=30_000, widget=Measure(_("pupils")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("start") and cleaned.get("end") and cleaned["end"] <= cleaned["start"]:
            self.add_error("end", gettext("The end must be after the start."))
        return cleaned


class Rows(forms.BaseFormSet):
    """A formset that gives back what was filled in, in order, without the rows that were taken away."""

    default_error_messages = {"missing_management_form": _("The rows did not come along. Try it once more.")}

    def rows(self) -> list[dict[str, Any]]:
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        filled = [form.cleaned_data for form in kept if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [{name: value for name, value in row.items() if name != "DELETE"} for row in filled]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this row away")
        if index is None or index >= self.initial_form_count():
            del form.fields["DELETE"]


class SessionRows(Rows):
    """A date stands once, and is not taken away once places are taken."""

    def clean(self) -> None:
        if any(self.errors):
            return
        rows = self.rows()
        keys = [(row["date"], row["start"]) for row in rows]
        if len(set(keys)) < len(keys):
            raise forms.ValidationError(gettext("The same day and time stands here twice."), code="twice")
        seats = {key: row["seats"] for key, row in zip(keys, rows, strict=True)}
        for session in self.taken:
            if seats.get((session.date, session.start), 0) < session.taken:
                raise forms.ValidationError(
                    gettext("On %(day)s %(taken)d places are taken already. Keep this day, with at least those places.")
                    % {"day": session.date.strftime("%-d-%-m-%Y"), "taken": session.taken},
                    code="taken",
                )

    def __init__(self, *args: Any, taken: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = [session for session in taken if session.taken]


def _factory(form: type[forms.Form], rows: type[Rows]) -> Any:
    return forms.formset_factory(
        form, formset=rows, extra=BLANK_ROWS, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 20,
        validate_max=True,
    )  # fmt: skip


StageFormSet = _factory(StageForm, Rows)
SessionFormSet = _factory(SessionForm, SessionRows)
