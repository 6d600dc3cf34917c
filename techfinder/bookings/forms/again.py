"""The forms with which something is asked once more: next year, for parallel classes, as a row of lessons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.actions.asking import Part
from techfinder.bookings.forms.answering import words_field
from techfinder.bookings.forms.asking import AskForm
from techfinder.bookings.queries.next_year import row_of_days
from techfinder.taxonomy.ui import Choices
from techfinder.taxonomy.workdays import Workdays

FEWEST_CLASSES, MOST_CLASSES = 2, 8
MOST_TIMES = 12
MOST_WEEKS_BETWEEN = 4
SOME, ALL = "some", "all"


class AgainForm(AskForm):
    """The same, on another day; of what has days with places one of these. The day is proposed, and checked here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "date" in self.fields:
            self.fields["date"].required = True
            self.fields["date"].help_text = _("For example 3-5-2027 or 3 May")
            self.fields["date"].error_messages["required"] = _("Write the day")


class ClassForm(AgainForm):
    """One of the parallel classes: its day, and with how many."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("words", "delivery"):
            self.fields.pop(name, None)
        self.fields["pupils"].label = _("How many pupils?")

    def part(self) -> Part:
        """The class as the action takes it."""
        cleaned = self.cleaned_data
        session = self.sessions.get(cleaned.get("session", ""))
        if session:
            return Part(cleaned["pupils"], session.pk, session.date, session.start, session.end)
        return Part(cleaned["pupils"], None, cleaned["date"], cleaned["start"], cleaned["end"])


class _ClassFormSet(BaseFormSet):  # type: ignore[type-arg]
    """Two classes are not in the same place at the same moment."""

    def clean(self) -> None:
        if any(self.errors):
            return
        parts = [form.part() for form in self.forms]
        moments = [(part.date, part.start) for part in parts if not part.session_id and part.start]
        if len(moments) != len(set(moments)):
            raise forms.ValidationError(gettext("Two classes have the same day and time. Give each its own."))


ClassFormSet = formset_factory(
    ClassForm, formset=_ClassFormSet, extra=0, max_num=MOST_CLASSES, absolute_max=MOST_CLASSES, validate_max=True
)


class CountForm(forms.Form):
    """How many classes: the number in the address."""

    klassen = forms.TypedChoiceField(
        label=_("How many classes?"),
        coerce=int,
        empty_value=None,
        choices=[(n, str(n)) for n in range(FEWEST_CLASSES, MOST_CLASSES + 1)],
        widget=forms.Select({"class": "tf-w-5"}),
    )


class TogetherForm(forms.Form):
    """What holds for all parts together."""

    fit = forms.ChoiceField(
        label=_("And if there are too few places?"),
        choices=[
            (SOME, _("As many as there are; the rest waits in the queue")),
            (ALL, _("All or nothing")),
        ],
        initial=SOME,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what we do then")},
    )
    words = words_field(_("Wishes or questions"))

    def __init__(self, *args: Any, has_places: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_places:
            del self.fields["fit"]

    @property
    def all_or_none(self) -> bool:
        return bool(self.cleaned_data.get("fit") == ALL)


class RowForm(AgainForm):
    """A row of lessons: from which day, how often and with how many weeks between; or on which days with places."""

    dates = forms.MultipleChoiceField(
        label=_("On which days?"), widget=Choices(columns=1), error_messages={"required": _("Choose at least two days")}
    )
    weeks = forms.TypedChoiceField(
        label=_("How often?"),
        coerce=int,
        initial=1,
        choices=[
            (n, ngettext_lazy("every week", "every %(n)d weeks", n) % {"n": n})
            for n in range(1, MOST_WEEKS_BETWEEN + 1)
        ],
        widget=forms.Select(),
    )
    times = forms.TypedChoiceField(
        label=_("How many times?"),
        coerce=int,
        initial=4,
        choices=[(n, str(n)) for n in range(2, MOST_TIMES + 1)],
        help_text=_("School holidays are skipped and do not count"),
        widget=forms.Select({"class": "tf-w-5"}),
    )
    field_order = ["dates", "date", "start", "end", "weeks", "times", "pupils", "words"]

    def __init__(self, *args: Any, days: Workdays, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        self.fields.pop("delivery", None)
        if "session" in self.fields:
            self.fields["dates"].choices = self.fields.pop("session").choices  # type: ignore[attr-defined]
            for name in ("weeks", "times"):
                del self.fields[name]
        else:
            del self.fields["dates"]
            self.fields["date"].label = _("First day")

    def clean_dates(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["dates"]
        if len(chosen) < 2:
            raise forms.ValidationError(gettext("Choose at least two days"))
        if len(chosen) > MOST_TIMES:
            raise forms.ValidationError(gettext("Choose at most %(most)d days") % {"most": MOST_TIMES})
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and "weeks" in self.fields and len(self._row()) < cleaned["times"]:
            self.add_error("date", gettext("On this day of the week school is closed. Choose another day."))
        return cleaned

    def _row(self) -> list[dt.date]:
        cleaned = self.cleaned_data
        return row_of_days(cleaned["date"], weeks=cleaned["weeks"], times=cleaned["times"], days=self.days)

    def parts(self) -> list[Part]:
        """The days as the action takes them."""
        cleaned = self.cleaned_data
        if "dates" in cleaned:
            sessions = [self.sessions[key] for key in cleaned["dates"]]
            return [Part(cleaned["pupils"], each.pk, each.date, each.start, each.end) for each in sessions]
        return [Part(cleaned["pupils"], None, day, cleaned["start"], cleaned["end"]) for day in self._row()]
