"""What one fills in about mail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.accounts.models import User
from techfinder.mail.models import DAYS, Frequency, MailPreferences
from techfinder.taxonomy.templatetags.ui import clock_time
from techfinder.taxonomy.ui import Measure

MATCHES = [
    (Frequency.INSTANT, _("As soon as there is something new")),
    (Frequency.DAILY, _("Once a day, in one overview")),
    (Frequency.WEEKLY, _("Once a week, in one overview")),
    (Frequency.NONE, _("Not by mail: I look on the site myself")),
]
TASKS = MATCHES[1:]
LEAST, GREATEST = 1, 50
FIRST_HOUR, LAST_HOUR = 6, 20
NUMBER = _("Fill in a whole number from 1 to 50")
CHOOSE = {"required": _("Choose one of these"), "invalid_choice": _("Choose one of these")}


def hours() -> list[tuple[int, str]]:
    """Write 07.00 uur; 07:00 o'clock in English."""
    return [
        (hour, gettext("%(time)s o'clock") % {"time": clock_time(dt.time(hour))})
        for hour in range(FIRST_HOUR, LAST_HOUR + 1)
    ]


class PreferencesForm(forms.Form):
    matches = forms.ChoiceField(
        label=_("What suits your question or your offer"),
        help_text=_("The first results of a question that you post come at once, except when you want no mail of it."),
        choices=MATCHES,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    most_per_week = forms.IntegerField(
        label=_("How many mails a week with suggestions at most?"),
        help_text=_("What is beyond that waits for the next overview in which there is room."),
        min_value=LEAST,
        max_value=GREATEST,
        widget=Measure(unit=_("a week")),
        error_messages={"required": NUMBER, "invalid": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    )
    digest_hour = forms.TypedChoiceField(
        label=_("At what time do you want an overview?"),
        coerce=int,
        choices=hours,
        error_messages=CHOOSE,
    )
    digest_day = forms.TypedChoiceField(
        label=_("On which day do you want the overview of the week?"), coerce=int, choices=DAYS, error_messages=CHOOSE
    )
    searches = forms.BooleanField(label=_("Mail about the searches that I saved"), required=False)
    reminders = forms.BooleanField(label=_("A reminder before a day that was agreed"), required=False)
    surveys = forms.BooleanField(label=_("Short questions about how it was"), required=False)
    tasks = forms.ChoiceField(
        label=_("Your tasks as a coordinator"), choices=TASKS, widget=forms.RadioSelect, error_messages=CHOOSE
    )

    def __init__(self, data: Any = None, *, chosen: MailPreferences) -> None:
        super().__init__(data, initial=model_to_dict(chosen))
        if not User.objects.filter(email=chosen.email, moderates__isnull=False).exists():
            del self.fields["tasks"]
