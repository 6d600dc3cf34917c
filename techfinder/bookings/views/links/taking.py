"""Takes the step that a link is for, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.bookings import actions
from techfinder.bookings.actions.errors import (
    BadChangeError,
    BookingError,
    NoDateError,
    NoSeatError,
    NotAllowedError,
    OvertakenError,
)
from techfinder.bookings.forms.answering import FORMS, StepForm
from techfinder.bookings.forms.evaluation import EvaluationForm, initial_of
from techfinder.bookings.links import Opened
from techfinder.bookings.machine import Step, overtaking
from techfinder.bookings.models import Booking, Evaluation
from techfinder.bookings.tokens import Purpose
from techfinder.bookings.views.links.words import BUTTONS, Words

Data = Mapping[str, Any]
Action = Callable[..., Any]

ACTIONS: dict[Step, Action] = {
    Step.ACCEPT: actions.accept,
    Step.PROMOTE: actions.promote,
    Step.PROPOSE: actions.propose,
    Step.DECLINE: actions.decline,
    Step.WITHDRAW: actions.withdraw,
    Step.ELSEWHERE: actions.elsewhere,
    Step.CHANGE: actions.change,
    Step.PROPOSE_CHANGE: actions.propose_change,
    Step.REFUSE_CHANGE: actions.refuse_change,
    Step.CONFIRM: actions.confirm,
    Step.CANCEL: actions.cancel,
}
PURPOSES: dict[Step, Purpose] = {
    Step.PROMOTE: Purpose.ACCEPT,
    Step.PROPOSE_CHANGE: Purpose.PROPOSE,
    Step.REFUSE_CHANGE: Purpose.DECLINE,
}


class Outcome(Enum):
    TAKEN = "taken"  # now, or by the same side just before
    FAULTY = "faulty"  # the form says why
    TOO_LATE = "too_late"  # something else came first


@dataclass(frozen=True, slots=True)
class Result:
    """`version` is that of the booking once the step was taken."""

    outcome: Outcome
    form: Form
    version: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    text: Words
    url: str
    look: str


def form_of(opened: Opened, step: Step, data: Data | None = None) -> Form:
    """The form of a step, empty or filled in."""
    if step == Step.REPORT:
        told = Evaluation.objects.filter(booking=opened.booking, side=opened.side).first()
        return EvaluationForm(data, side=opened.side, initial=initial_of(opened.booking, told))
    if data is not None and "version" not in data:
        data = {**data, "version": opened.link.version}
    return FORMS[step](data, booking=opened.booking, side=opened.side)


def is_possible(opened: Opened, step: Step) -> bool:
    """Whether the step can be taken now, and says anything new."""
    booking = opened.booking
    if not opened.may(step):
        return False
    if step == Step.REPORT:
        return booking.date is not None and booking.date <= timezone.localdate()
    if step == Step.CONFIRM:
        return getattr(booking, f"{opened.side}_confirmed_at") is None
    return step != Step.ELSEWHERE or booking.elsewhere_at is None


def buttons(opened: Opened) -> list[Button]:
    """All that can be done now, the first in view as the one thing to do."""
    steps = [step for step in BUTTONS if is_possible(opened, step)]
    looks = ["primary", "secondary", *["subtle"] * len(steps)]
    return [
        Button(BUTTONS[step], opened.url(PURPOSES.get(step) or Purpose(step.value)), look)
        for step, look in zip(steps, looks, strict=False)
    ]


def take(opened: Opened, step: Step, data: Data) -> Result:
    """Take a step once. The same answer sent twice is one answer; what was overtaken is not taken."""
    form = form_of(opened, step, data)
    if step == Step.REPORT:
        return _report(opened, form)
    if not opened.may(step):
        return _late(opened, step, form, _seen(opened, data))
    if not form.is_valid():
        return Result(Outcome.FAULTY, form)
    assert isinstance(form, StepForm)
    return _take(opened, step, form, form.cleaned_data["version"])


def _seen(opened: Opened, data: Data) -> int:
    """The version of the booking on the page that was answered."""
    seen = str(data.get("version", ""))
    return int(seen) if seen.isascii() and seen.isdigit() else opened.link.version


def _take(opened: Opened, step: Step, form: StepForm, version: int) -> Result:
    try:
        ACTIONS[step](booking_id=opened.booking.pk, version=version, by=opened.actor, **form.fields_of_step())
    except (NoSeatError, NoDateError, BadChangeError) as error:
        return _say(form, error)
    except (OvertakenError, NotAllowedError):
        return _late(opened, step, form, version)
    return Result(Outcome.TAKEN, form, _own(opened, version))


def _late(opened: Opened, step: Step, form: Form, seen: int) -> Result:
    """Pressed twice: it is done. Else somebody was first."""
    since = opened.booking.events.filter(version__gt=seen)
    mine = since.filter(side=opened.side, action=step).last()
    if mine is None or since.filter(version__gt=mine.version, action__in=overtaking(step)).exists():
        return Result(Outcome.TOO_LATE, form)
    return Result(Outcome.TAKEN, form, mine.version)


def _own(opened: Opened, version: int) -> int:
    mine = opened.booking.events.filter(version__gt=version, side=opened.side).last()
    return mine.version if mine else version


def _say(form: Form, error: BookingError) -> Result:
    """The fault at the field that it is about; without one, above the form."""
    field, words = None, _("The day or the times cannot be like this")
    if isinstance(error, NoSeatError):
        field, words = "session", _("This day has too few places left. Choose another one")
    elif isinstance(error, NoDateError):
        field, words = "date", _("This day has passed. Choose another one")
    form.add_error(field if field in form.fields else None, words)
    return Result(Outcome.FAULTY, form)


def _report(opened: Opened, form: Form) -> Result:
    """What somebody tells may be told anew: the last word of a side counts."""
    if not is_possible(opened, Step.REPORT):
        return Result(Outcome.TOO_LATE, form)
    if not form.is_valid():
        return Result(Outcome.FAULTY, form)
    actions.report(booking_id=opened.booking.pk, by=opened.actor, **form.cleaned_data)
    return Result(Outcome.TAKEN, form, Booking.objects.values_list("version", flat=True).get(pk=opened.booking.pk))
