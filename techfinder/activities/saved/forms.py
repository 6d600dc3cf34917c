"""What one fills in about a saved search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import SavedSearch

Frequency = SavedSearch.Frequency
OFTEN = [
    (Frequency.AT_ONCE, _("As soon as there is something new")),
    (Frequency.DAILY, _("At most one mail a day")),
    (Frequency.WEEKLY, _("At most one mail a week")),
]


class FrequencyForm(forms.Form):
    frequency = forms.ChoiceField(
        label=_("How often do you want mail?"),
        choices=OFTEN,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how often you want mail"), "invalid_choice": _("Choose one of these")},
    )


class SaveForm(FrequencyForm):
    """For somebody who is not signed in; who is has no `email`."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We first send you a mail with a button. Nothing is on before you press that."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Fill in your e-mail address"),
            "invalid": _("Fill in an e-mail address such as naam@school.nl"),
        },
    )
    field_order = ("email", "frequency")

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["email"]


class LessForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What do you want to leave out?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to leave out"), "invalid_choice": _("Choose one of these")},
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = list(choices)  # type: ignore[attr-defined]
