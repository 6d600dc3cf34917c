"""What no form of a booking takes: a text that looks as if it names a pupil."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.requests.pupil_data import suspicions

NO_PUPILS = _("Do not write names or details of pupils here")


def no_pupil(text: str) -> None:
    """Refuse a text with what looks like data of a pupil."""
    found = suspicions(text, today=timezone.localdate())
    if found:
        raise ValidationError(gettext("This looks like a pupil: “%(text)s”. Take it out") % {"text": found[0]})


class WordsField(forms.CharField):
    """Free text about what was done together, never about a pupil. Optional."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", NO_PUPILS)
        kwargs.setdefault("widget", forms.Textarea({"rows": rows}) if rows else forms.TextInput())
        super().__init__(validators=[no_pupil], **kwargs)
