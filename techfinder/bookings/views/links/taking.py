"""Takes the step that a link is for, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy

from techfinder.bookings import show
from techfinder.bookings.actions.errors import NotAllowedError, OvertakenError
from techfinder.bookings.forms.answering import StepForm, form_of, take
from techfinder.bookings.links.opening import Opened
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import Step, overtaking
from techfinder.bookings.show.more import can_report

Data = Mapping[str, Any]

# All that a link may lead to, in the order in which people want it.
ORDER = (
    *(Step.ACCEPT, Step.PROMOTE, Step.CONFIRM, Step.REPORT, Step.PROPOSE, Step.DECLINE, Step.REFUSE_CHANGE),
    *(Step.CHANGE, Step.PROPOSE_CHANGE, Step.ELSEWHERE, Step.WITHDRAW, Step.CANCEL),
)
PURPOSES: dict[Step, Purpose] = {
    Step.PROMOTE: Purpose.ACCEPT,
    Step.PROPOSE_CHANGE: Purpose.PROPOSE,
    Step.REFUSE_CHANGE: Purpose.DECLINE,
}
# Those that have a page of their own.
OWN = {Step.REPORT: gettext_lazy("Tell how it was"), Step.CHANGE: gettext_lazy("Change something")}
# Under what was filled in, a button says what it sends.
SENDS = {
    Step.PROPOSE: gettext_lazy("Propose this day"),
    Step.PROPOSE_CHANGE: gettext_lazy("Propose this day"),
    Step.DECLINE: gettext_lazy("Say no"),
}


class Outcome(Enum):
    TAKEN = "taken"  # now, or by the same side just before
    FAULTY = "faulty"  # the form says why
    TOO_LATE = "too_late"  # something else came first


@dataclass(frozen=True, slots=True)
class Result:
    """`version` is that of the booking once the step was taken."""

    outcome: Outcome
    form: StepForm
    version: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    url: str
    look: str


def is_possible(opened: Opened, step: Step) -> bool:
    """Whether the step can be taken now, and says anything new."""
    booking = opened.booking
    if not opened.may(step):
        return False
    if step == Step.REPORT:
        return can_report(booking, opened.side)
    if step == Step.CONFIRM:
        return getattr(booking, f"{opened.side}_confirmed_at") is None
    if step == Step.PROPOSE_CHANGE:
        return not booking.turn
    return step != Step.ELSEWHERE or booking.elsewhere_at is None


def buttons(opened: Opened) -> list[Button]:
    """All that can be done now, the first in view as the one thing to do; nobody is urged to end it."""
    steps = [step for step in ORDER if is_possible(opened, step)]
    looks = ["primary", "secondary", *["subtle"] * len(steps)]
    if steps[:1] in ([Step.WITHDRAW], [Step.CANCEL]):
        looks[0] = "secondary"
    return [_button(opened, step, look) for step, look in zip(steps, looks, strict=False)]


def _button(opened: Opened, step: Step, look: str) -> Button:
    url = opened.url(PURPOSES.get(step) or Purpose(step.value))
    return Button(words_of_button(opened, step), url, look)


def words_of_button(opened: Opened, step: Step) -> str:
    return str(OWN[step]) if step in OWN else show.button_of(step, opened.booking)


def words_of_submit(opened: Opened, step: Step) -> str:
    return str(SENDS[step]) if step in SENDS else show.button_of(step, opened.booking)


def filled_in(opened: Opened, step: Step, data: Data | None = None) -> StepForm:
    """The form of a step, empty or filled in."""
    if data is not None and "version" not in data:
        data = {**data, "version": opened.link.version}
    return form_of(step, opened.booking, opened.side, data)


def answer(opened: Opened, step: Step, data: Data) -> Result:
    """Take a step once. The same answer sent twice is one answer; what was overtaken is not taken."""
    form = filled_in(opened, step, data)
    if not opened.may(step):
        return _late(opened, step, form, _seen(opened, data))
    if not form.is_valid() or opened.actor is None:
        return Result(Outcome.FAULTY, form)
    try:
        taken = take(form, step=step, by=opened.actor)
    except (OvertakenError, NotAllowedError):
        return _late(opened, step, form, form.cleaned_data["version"])
    return Result(Outcome.TAKEN, form, taken.version) if taken else Result(Outcome.FAULTY, form)


def _seen(opened: Opened, data: Data) -> int:
    """The version of the booking on the page that was answered."""
    seen = str(data.get("version", ""))
    return int(seen) if seen.isascii() and seen.isdigit() else opened.link.version


def _late(opened: Opened, step: Step, form: StepForm, seen: int) -> Result:
    """Pressed twice: it is done. Else somebody was first."""
    since = opened.booking.events.filter(version__gt=seen)
    mine = since.filter(side=opened.side, action=step).last()
    if mine is None or since.filter(version__gt=mine.version, action__in=overtaking(step)).exists():
        return Result(Outcome.TOO_LATE, form)
    return Result(Outcome.TAKEN, form, mine.version)
