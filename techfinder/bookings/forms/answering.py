"""The forms with which a side answers, changes or ends a booking: on its page and behind the links of the mails."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.forms.fields import ClockField
from techfinder.activities.models import Session
from techfinder.bookings import actions
from techfinder.bookings.actions.errors import NoDateError, NoSeatError
from techfinder.bookings.actors import Actor
from techfinder.bookings.forms.clean import WordsField
from techfinder.bookings.forms.days import ANOTHER_DAY, MOST_DAYS, coming_sessions, session_words
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking
from techfinder.bookings.reasons import CANCEL_REASONS, DECLINE_REASONS
from techfinder.bookings.show.steps import needs_day
from techfinder.requests.forms import FARTHEST
from techfinder.taxonomy.ui import DayField

LONGEST_WORDS = 500


def words_field(label: Any) -> WordsField:
    """Some free words to the other side, never about a pupil."""
    help_text = _("The other side reads this. Do not write names or details of pupils here.")
    return WordsField(label=label, max_length=LONGEST_WORDS, help_text=help_text)


class StepForm(forms.Form):
    """A step with the version of the booking that the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, booking: Booking, side: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": booking.version} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.booking, self.side = booking, side

    def fields_of_step(self) -> dict[str, Any]:
        """What the action is called with, besides the booking, the version and who does it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class SureForm(StepForm):
    """Nothing to fill in."""


class WordsForm(StepForm):
    """A few words, or none."""

    words = words_field(_("Would you like to say something with it?"))


class DayForm(StepForm):
    """A day: one of the days with places, or any other, with its hours."""

    session = forms.ChoiceField(
        label=_("Which day?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a day")}
    )
    date = DayField(
        label=_("Day"),
        help_text=_("For example 3-5-2027 or 3 May"),
        widget=forms.TextInput({"class": "tf-w-8"}),
        error_messages={"required": _("Write the day")},
    )
    start = ClockField(label=_("From what time"), required=False, widget=forms.TimeInput({"class": "tf-w-5"}))
    end = ClockField(label=_("Until what time"), required=False, widget=forms.TimeInput({"class": "tf-w-5"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = {str(each.pk): each for each in coming_sessions(self.booking.activity)[:MOST_DAYS]}
        choices = self.choices_of_days()
        if not choices:
            del self.fields["session"]
            return
        self.fields["session"].choices = choices  # type: ignore[attr-defined]
        self.fields["date"].required = False
        if ANOTHER_DAY not in dict(choices):
            for name in ("date", "start", "end"):
                del self.fields[name]

    def choices_of_days(self) -> list[tuple[str, str]]:
        """The days with places that are to come; only the provider may name another one."""
        choices = [(value, session_words(each, self.booking.pupils)) for value, each in self.sessions.items()]
        if choices and self.side != Side.SCHOOL:
            choices.append((ANOTHER_DAY, gettext("Another day")))
        return choices

    def clean_date(self) -> dt.date | None:
        return check_day(self.cleaned_data["date"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("session") == ANOTHER_DAY and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", gettext("Write the day"))
        check_hours(self, cleaned)
        return cleaned

    def fields_of_step(self) -> dict[str, Any]:
        found = super().fields_of_step()
        return found | day_of(self.sessions.get(found.pop("session", "")), found)


def check_day(day: dt.date | None) -> dt.date | None:
    """A day from today on, and not absurdly far."""
    if day and day < timezone.localdate():
        raise forms.ValidationError(gettext("Choose a day from today on"))
    if day and day > timezone.localdate() + FARTHEST:
        raise forms.ValidationError(gettext("Choose a day within a year and a half"))
    return day


def check_hours(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """What ends has begun, and later."""
    start, end = cleaned.get("start"), cleaned.get("end")
    if end and not start and "start" not in form.errors:
        form.add_error("start", gettext("Write from what time"))
    elif start and end and end <= start:
        form.add_error("end", gettext("Write a time after the beginning"))


def day_of(session: Session | None, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The day as the actions take it: a session with its own day and hours, or a day with hours."""
    if session:
        return {"session_id": session.pk, "date": session.date, "start": session.start, "end": session.end}
    day = {name: cleaned.get(name) for name in ("date", "start", "end")}
    return {"session_id": None, **day}


class AcceptForm(DayForm):
    """Yes; without a day yet, with the day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names_day = needs_day(self.booking)
        if not self.names_day:
            for name in set(self.fields) - {"version"}:
                del self.fields[name]

    def fields_of_step(self) -> dict[str, Any]:
        return super().fields_of_step() if self.names_day else {}


class ProposeForm(DayForm):
    """Another day than the one that stands, with a few words. Without another day with places it is any day."""

    words = words_field(_("Would you like to say something with it?"))

    def choices_of_days(self) -> list[tuple[str, str]]:
        if self.booking.state != State.PROPOSED:
            self.sessions.pop(str(self.booking.session_id), None)
        return super().choices_of_days()


class DeclineForm(StepForm):
    """No, with the reason."""

    reason = forms.ChoiceField(
        label=_("Why does it not suit?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a reason")}
    )
    words = words_field(_("Explanation"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = self.reasons()  # type: ignore[attr-defined]

    def reasons(self) -> list[tuple[str, str]]:
        return reasons_of(DECLINE_REASONS, self.side)


class CancelForm(DeclineForm):
    """What was agreed does not go on, with the reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why can it not go on?")

    def reasons(self) -> list[tuple[str, str]]:
        return reasons_of(CANCEL_REASONS, self.side)


def reasons_of(by_side: dict[str, type[TextChoices]], side: str) -> list[tuple[str, str]]:
    return [(str(value), capfirst(str(label))) for value, label in by_side[side].choices]


FORMS: dict[Step, type[StepForm]] = {
    Step.ACCEPT: AcceptForm,
    Step.PROPOSE: ProposeForm,
    Step.DECLINE: DeclineForm,
    Step.WITHDRAW: WordsForm,
    Step.ELSEWHERE: WordsForm,
    Step.PROPOSE_CHANGE: ProposeForm,
    Step.REFUSE_CHANGE: WordsForm,
    Step.CONFIRM: SureForm,
    Step.CANCEL: CancelForm,
    Step.PROMOTE: SureForm,
}


def form_of(step: Step, booking: Booking, side: str, data: Any = None) -> StepForm:
    """The form of a step, for one side; KeyError for a step that has none here."""
    return FORMS[step](data, booking=booking, side=side)


def take(form: StepForm, *, step: Step, by: Actor) -> Booking | None:
    """Take a step with what a valid form holds. None when the day is full or missing: the form says so.

    Lets OvertakenError and NotAllowedError through: the page that shows what happened meanwhile is the caller's.
    """
    act = getattr(actions, step.value)
    try:
        done: Booking = act(
            booking_id=form.booking.pk, version=form.cleaned_data["version"], by=by, **form.fields_of_step()
        )
    except NoSeatError:
        form.add_error(_field(form, "session"), gettext("This day has too few places left. Choose another one."))
    except NoDateError:
        form.add_error(_field(form, "date"), gettext("Choose a day from today on"))
    else:
        return done
    return None


def _field(form: forms.Form, name: str) -> str | None:
    return name if name in form.fields else None
