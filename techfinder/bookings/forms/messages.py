"""A message to the other side, and a concern for the coordinator."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.forms.clean import NO_PUPILS, no_pupil

LONGEST = 4000


class MessageForm(forms.Form):
    text = forms.CharField(
        max_length=LONGEST,
        label=_("Your message"),
        help_text=NO_PUPILS,
        widget=forms.Textarea({"rows": 5}),
        validators=[no_pupil],
        error_messages={"required": _("Write your message")},
    )


class ConcernForm(forms.Form):
    words = forms.CharField(
        max_length=1000,
        label=_("What is your concern?"),
        help_text=_("Only the coordinator reads this. Do not write names of pupils."),
        widget=forms.Textarea({"rows": 5}),
        validators=[no_pupil],
        error_messages={"required": _("Write what your concern is")},
    )
