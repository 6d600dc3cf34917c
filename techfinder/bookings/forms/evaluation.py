"""What somebody tells afterwards: the two questions of the next day, and the longer ones of a term."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.forms.clean import WordsField
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, Evaluation
from techfinder.taxonomy.ui import Measure, PickOne

Outcome, Again = Evaluation.Outcome, Evaluation.Again

OUTCOMES = {
    Outcome.HAPPENED: _("Yes, it happened"),
    Outcome.NOT_HAPPENED: _("No, it did not happen"),
    Outcome.SCHOOL_ABSENT: _("No, the school did not come"),
    Outcome.PROVIDER_ABSENT: _("No, the company did not come"),
}
MOST_PUPILS, MOST_HOURS = 2000, 500
COUNTED = ("pupils", "hours")
HOURS_HELP = {
    Side.SCHOOL: _("How long the pupils were at work with it"),
    Side.PROVIDER: _("Of all your people together, preparation included"),
}


class EvaluationForm(forms.Form):
    """Did it happen, would you again; and who wants to, says how many. Numbers of pupils, never names."""

    outcome = forms.ChoiceField(
        label=_("Did it happen?"),
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it happened")},
    )
    again = forms.ChoiceField(
        label=_("Would you do this again?"),
        required=False,
        choices=[(value, capfirst(label)) for value, label in Again.choices],
        widget=PickOne(look="months"),
    )
    pupils = forms.IntegerField(
        label=_("How many pupils took part?"),
        required=False,
        min_value=1,
        max_value=MOST_PUPILS,
        localize=True,
        widget=Measure(_("pupils")),
        error_messages={"invalid": _("Write the number of pupils in figures, such as 28")},
    )
    hours = forms.DecimalField(
        label=_("How many hours was it?"),
        required=False,
        min_value=Decimal("0.5"),
        max_value=MOST_HOURS,
        max_digits=5,
        decimal_places=1,
        localize=True,
        widget=Measure(_("hours"), {"inputmode": "decimal"}),
        error_messages={"invalid": _("Write the hours in figures, such as 2 or 1,5")},
    )
    words = WordsField(
        max_length=1000,
        label=_("What went well, what could be better?"),
        help_text=_("The other side reads this. Do not write names or details of pupils here."),
    )

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"].help_text = HOURS_HELP.get(Side(side), "")

    def clean(self) -> dict[str, Any]:
        """What did not happen had no pupils and took no hours."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") != Outcome.HAPPENED:
            cleaned |= dict.fromkeys(COUNTED)
        return cleaned


def initial_of(booking: Booking, told: Evaluation | None) -> dict[str, Any]:
    """What this side told before; else that it happened, with the number of pupils that was agreed."""
    if told is None:
        return {"outcome": Outcome.HAPPENED, "pupils": booking.pupils}
    return {name: getattr(told, name) for name in EvaluationForm.base_fields}


# By question, of 1 to 5. The codes are kept with the answers.
QUESTIONS = {
    "found": _("I found what suited us"),
    "answer": _("I got an answer in time"),
    "day": _("What we agreed was right on the day"),
    "learned": _("The pupils learned from it"),
    "advise": _("I would advise Techfinder to a colleague"),
}
FROM_1_TO_5 = [("1", _("1|not at all")), ("2", "2"), ("3", "3"), ("4", "4"), ("5", _("5|fully"))]


class TermSurveyForm(forms.Form):
    """Five sentences, each from 1 to 5, and words. One answer is enough."""

    words = WordsField(max_length=2000, rows=4, label=_("What should we do better?"))

    field_order = list(QUESTIONS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, sentence in QUESTIONS.items():
            self.fields[code] = forms.ChoiceField(
                label=sentence, required=False, choices=FROM_1_TO_5, widget=PickOne(look="scale")
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            self.add_error(next(iter(QUESTIONS)), _("Choose a number for at least one sentence"))
        return cleaned

    def answers(self) -> dict[str, int]:
        """By question that was answered: 1 to 5."""
        return dict(self._answers())

    def _answers(self) -> Iterator[tuple[str, int]]:
        for code in QUESTIONS:
            if chosen := self.cleaned_data[code]:
                yield code, int(chosen)
