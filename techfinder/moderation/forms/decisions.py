"""The decision: a verdict by the button that was pressed, a reason where one is owed. And the weights of the score."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.matches.fairness.weights import components, current_weights
from techfinder.moderation.models import Decision

Verdict, Reason = Decision.Verdict, Decision.Reason


class SeenField(forms.CharField):
    """The moment of what somebody saw, as the page said it; what is no moment is None."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, max_length=40)

    def clean(self, value: Any) -> dt.datetime | None:  # type: ignore[override]
        try:
            seen = dt.datetime.fromisoformat(super().clean(value))
        except ValueError:
            return None
        return seen if timezone.is_aware(seen) else None


class DecideForm(forms.Form):
    seen = SeenField()  # without it nothing is settled
    reason = forms.ChoiceField(label=_("Reason, if you reject"), required=False, choices=[("", "---"), *Reason.choices])
    message = forms.CharField(
        label=_("Message to whom it concerns"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )  # fmt: skip
    verdict = forms.ChoiceField(
        choices=Verdict.choices, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Press one of the three buttons.")),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        verdict, message = cleaned.get("verdict"), cleaned.get("message")
        if verdict == Verdict.REJECTED and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Choose a reason."))
        if (
            not message
            and "message" not in self.errors
            and (verdict == Verdict.CHANGES or cleaned.get("reason") == Reason.OTHER)
        ):
            self.add_error("message", gettext("Write what you ask, or why."))
        if verdict != Verdict.REJECTED:
            cleaned["reason"] = ""
        return cleaned

    def decision(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("verdict", "reason", "message")}


class WeightField(forms.DecimalField):
    """A number from 0 to 100, with a comma or a point."""

    def __init__(self, *, label: str, help_text: str) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "tf-w-5", "maxlength": 10})
        super().__init__(label=label, help_text=help_text, min_value=0, max_value=100, decimal_places=2, widget=widget)
        number = gettext("%(name)s: type a number from 0 to 100, such as 2.5.") % {"name": label}
        self.error_messages |= dict.fromkeys(("required", "invalid", "min_value", "max_value"), number)
        decimals = gettext("%(name)s: type at most two digits behind the comma.") % {"name": label}
        self.error_messages["max_decimal_places"] = decimals

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return weight_text(value) if isinstance(value, int | float) else value


def weight_text(value: float) -> str:
    """25; 2,5."""
    return formats.number_format(f"{value:.10g}", use_l10n=True)


class WeightsForm(forms.Form):
    """One field per part of the score, and why they should be like this."""

    note = forms.CharField(
        label=_("Why do you want to change this?"), max_length=250,
        help_text=_("One sentence. It stays in the history of the weights."),
        error_messages={"required": _("Write in one sentence why.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.components = components()
        for each in self.components:
            self.fields[each.name] = WeightField(label=each.label, help_text=each.text)
        # Errors come in the order of the page, where the reason stands below the numbers.
        self.order_fields([each.name for each in self.components])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(each.name in self.errors for each in self.components):
            self._check(self.values())
        return cleaned

    def _check(self, values: dict[str, float]) -> None:
        if not any(values.values()):
            self.add_error(None, gettext("All weights are 0. Give at least one part more than 0."))
        elif values == dict(current_weights().items()):
            self.add_error(None, gettext("These are the weights that hold now. Change at least one of them."))

    def values(self) -> dict[str, float]:
        return {each.name: float(self.cleaned_data[each.name]) for each in self.components}


class ApplyForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I have seen what changes, and want to apply these weights"),
        error_messages={"required": _("Tick that you have seen what changes.")},
    )
