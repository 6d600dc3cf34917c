"""The decision: a verdict by the button that was pressed, a reason where one is owed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.moderation.models import Decision

Verdict, Reason = Decision.Verdict, Decision.Reason


class DecideForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    reason = forms.ChoiceField(label=_("Reason, if you reject"), required=False, choices=[("", "---"), *Reason.choices])
    message = forms.CharField(
        label=_("Message to whom it concerns"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )  # fmt: skip
    verdict = forms.ChoiceField(
        choices=Verdict.choices, widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Press one of the three buttons.")),
    )  # fmt: skip

    def clean_seen(self) -> dt.datetime | None:
        """The moment of what the moderator saw; None when it is none, and then nothing is settled."""
        try:
            seen = dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None
        return seen if timezone.is_aware(seen) else None

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
