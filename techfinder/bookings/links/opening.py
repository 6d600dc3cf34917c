"""What a link of a mail opens: which booking, for which side, who holds it, and what happened since it was mailed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.bookings.access import Person, sides_of, with_both_sides
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.links import tokens
from techfinder.bookings.links.tokens import Link, Purpose
from techfinder.bookings.machine import SETTLED, Side, State, Step, may
from techfinder.bookings.models import Booking, BookingEvent, TakeOverCode
from techfinder.requests.access import is_person

# How long a colleague who typed a code goes on without a new one.
CODE_HOLDS = dt.timedelta(days=7)
# The clock speaks, and nothing is decided: a link that was mailed before does what it did.
HARMLESS = (Step.REMIND, Step.ESCALATE)
# What depends on a day that is settled, and what on a question that is open.
_BY_STATE = {
    Purpose.PROPOSE: (Step.PROPOSE, Step.PROPOSE_CHANGE),
    Purpose.DECLINE: (Step.DECLINE, Step.REFUSE_CHANGE),
}
_STEPS = {step.value: step for step in Step}


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened link. Without an `actor` it is a stranger's: somebody else is the contact now."""

    token: str
    link: Link
    booking: Booking
    actor: Actor | None
    since: list[BookingEvent]

    @property
    def side(self) -> Side:
        return self.link.side

    @property
    def purpose(self) -> Purpose:
        return self.link.purpose

    @property
    def is_contact(self) -> bool:
        """Opened by the link alone: it may have been forwarded."""
        return self.actor is not None and self.actor.user is None and self.link.code_id is None

    def may(self, step: Step) -> bool:
        """Whether who holds the link may take this step now."""
        booking = self.booking
        return self.actor is not None and may(step, state=booking.state, turn=booking.turn, side=self.side)

    def url(self, purpose: str) -> str:
        """The path of another page about this booking as it is now, for who holds this link."""
        return path_of(self.booking, self.link, purpose)


def open_link(token: str, user: Person) -> Opened:
    """Read a token; 404 for one that we did not make, or of a booking that is gone."""
    link = tokens.read(token)
    booking = with_both_sides().filter(pk=link.booking_id).first() if link else None
    if link is None or booking is None:
        raise Http404
    since = booking.events.filter(version__gt=link.version).exclude(action__in=HARMLESS)
    return Opened(token, link, booking, _actor(link, booking, user), list(since))


def again(opened: Opened, user: Person) -> Opened:
    """The same link, of what the booking is now."""
    return open_link(opened.token, user)


def path_of(booking: Booking, link: Link, purpose: str) -> str:
    """The path of a page about the booking as it is now, for who holds a link and for nobody else."""
    return reverse("bookings:link", args=[tokens.token(booking, link.side, purpose, holder=link.holder)])


def done_path(opened: Opened, version: int) -> str:
    """The path of the page after a step that made this version; opened later, it tells what happened since."""
    return reverse("bookings:link_done", args=[tokens.make(replace(opened.link, version=version))])


def step_of(purpose: str, booking: Booking) -> Step | None:
    """The step that a link is for; a day that is settled is changed, not answered, and who queues gets a place."""
    if purpose == Purpose.ACCEPT and booking.state == State.QUEUED:
        return Step.PROMOTE
    if pair := _BY_STATE.get(Purpose(purpose)):
        return pair[booking.state in SETTLED]
    return _STEPS.get(str(purpose))


def _actor(link: Link, booking: Booking, user: Person) -> Actor | None:
    if is_person(user) and link.side in sides_of(user, booking):
        return person(user, link.side)
    if link.code_id is not None:
        return _of_code(link, booking)
    name, email, _phone = booking.contact(link.side)
    return Actor(link.side, name=name, email=email) if link.holder == tokens.tag(email) else None


def _of_code(link: Link, booking: Booking) -> Actor | None:
    """Who typed a code of this booking not long ago."""
    used = TakeOverCode.objects.filter(pk=link.code_id or 0, booking=booking, side=link.side)
    code = used.filter(used_at__gt=timezone.now() - CODE_HOLDS).first()
    return colleague_of(code) if code else None


def colleague_of(code: TakeOverCode) -> Actor:
    """Who typed a code: with an account when there is one of the address, which the code has proven."""
    user = User.objects.filter(email=code.email, is_active=True).first()
    return Actor(Side(code.side), user=user, name=code.name, email=code.email)
