"""The short forms with which a school asks for an activity, and a provider offers one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.forms.fields import ClockField
from techfinder.activities.models import Activity
from techfinder.bookings.actions.errors import BookingError, CannotAskError, NoDateError, Why
from techfinder.bookings.forms.answering import check_day, check_hours, day_of, words_field
from techfinder.bookings.forms.days import MOST_DAYS, coming_sessions, session_words
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.ui import DayField, Measure

MOST_PUPILS = 2000


class AskForm(forms.Form):
    """One activity for one request: which day, where, with how many."""

    session = forms.ChoiceField(
        label=_("Which day?"),
        help_text=_(
            "A day without enough places? Then you stand in the queue, and get a mail as soon as there is one."
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a day")},
    )
    date = DayField(
        label=_("Which day suits best?"),
        required=False,
        help_text=_("For example 3-5-2027 or 3 May. Nothing filled in? Then the other side proposes a day"),
        widget=forms.TextInput({"class": "tf-w-8"}),
    )
    start = ClockField(label=_("From what time"), required=False, widget=forms.TimeInput({"class": "tf-w-5"}))
    end = ClockField(label=_("Until what time"), required=False, widget=forms.TimeInput({"class": "tf-w-5"}))
    delivery = forms.ChoiceField(
        label=_("Where?"), widget=forms.RadioSelect, error_messages={"required": _("Choose where it takes place")}
    )
    pupils = forms.IntegerField(
        label=_("How many pupils take part?"),
        min_value=1,
        max_value=MOST_PUPILS,
        localize=True,
        widget=Measure(_("pupils")),
        error_messages={
            "required": _("Write how many pupils take part"),
            "invalid": _("Write the number of pupils in figures, such as 28"),
        },
    )
    words = words_field(_("Wishes or questions"))

    def __init__(self, *args: Any, activity: Activity, request: Request, offers: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {"pupils": request.group_size} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.activity, self.request = activity, request
        if offers:
            # A provider has no queue to stand in.
            self.fields["session"].help_text = ""
        self.sessions = {str(each.pk): each for each in coming_sessions(activity)[:MOST_DAYS]}
        self._offer_days()
        self._offer_places()

    def _offer_days(self) -> None:
        if not self.sessions:
            del self.fields["session"]
            return
        choices = [(key, session_words(each, self.request.group_size)) for key, each in self.sessions.items()]
        self.fields["session"].choices = choices  # type: ignore[attr-defined]
        for name in ("date", "start", "end"):
            del self.fields[name]

    def _offer_places(self) -> None:
        """Where both may have it; nothing to choose when there is one such place."""
        self.places = workable(self.activity, self.request)
        if len(self.places) == 1:
            del self.fields["delivery"]
            return
        labels = dict(Delivery.choices)
        self.fields["delivery"].choices = [  # type: ignore[attr-defined]
            (each, capfirst(str(labels[each]))) for each in self.places
        ]

    def clean_date(self) -> dt.date | None:
        return check_day(self.cleaned_data["date"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check_hours(self, cleaned)
        if cleaned.get("start") and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", gettext("Write the day too"))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What the action is called with, besides the pair and who asks."""
        cleaned = self.cleaned_data
        session = self.sessions.get(cleaned.get("session", ""))
        return {
            **day_of(session, cleaned),
            "delivery": cleaned.get("delivery") or self.places[0],
            "pupils": cleaned["pupils"],
            "words": cleaned["words"],
        }

    def refuse(self, error: BookingError) -> None:
        """Say at the right field why it was not asked."""
        name, words = REFUSALS[error.why if isinstance(error, CannotAskError) else Why.PAST]
        if isinstance(error, NoDateError):
            name = "date"
        if name == "date" and "session" in self.fields:
            name = "session"
        self.add_error(name if name in self.fields else None, str(words))


REFUSALS = {
    Why.CLOSED: ("", _("This question is not open any more.")),
    Why.GONE: ("", _("This activity is not offered at the moment.")),
    Why.ALREADY: ("", _("This was asked already, and waits for an answer.")),
    Why.DECLINED: ("", _("The other side said no to this before.")),
    Why.PAST: ("date", _("Choose a later day: this one is over, or too soon for the provider.")),
    Why.NO_SESSION: ("session", _("This day is not there any more. Choose another one.")),
    Why.TOO_MANY: ("pupils", _("That is more pupils than this activity takes at once.")),
}


def workable(activity: Activity, request: Request) -> list[str]:
    """Where it can take place: what both allow; when they allow nothing in common, what the activity offers."""
    offered = [each for each in Delivery.values if each in activity.delivery] or list(Delivery.values)
    return [each for each in offered if each in request.delivery] or offered
