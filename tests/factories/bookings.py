"""A booking in every state, as the actions leave it (`booking_in`), and parties that act."""

import datetime as dt

import factory
from django.utils import timezone

from techfinder.bookings import actions
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

DAY = dt.timedelta(days=1)


class BookingFactory(factory.django.DjangoModelFactory[Booking]):
    """Asked by a school of a provider with one member; nothing is mailed. For other states: `booking_in`."""

    class Meta:
        model = Booking

    request = factory.SubFactory(RequestFactory)
    activity = factory.SubFactory(ActivityFactory)
    asked_by = Side.SCHOOL
    state = State.ASKED
    turn = Side.PROVIDER
    delivery = "at_school"
    pupils = factory.SelfAttribute("request.group_size")
    covers = factory.SelfAttribute("pupils")
    school_contact = factory.SelfAttribute("request.contact")
    school_name = factory.SelfAttribute("request.contact_name")
    school_email = factory.SelfAttribute("request.contact_email")
    next_step = "remind_first"
    next_step_at = factory.LazyFunction(lambda: timezone.now() + 3 * DAY)


class Parties:
    """A school and a provider with people, a coordinator, and an activity and a request that fit."""

    def __init__(self, *, seats: int = 0, group: int = 28, **activity):
        self.provider = activity.pop("provider", None) or ProviderFactory()
        self.activity = ActivityFactory(provider=self.provider, **activity)
        self.member = MembershipFactory(provider=self.provider).user
        self.request = RequestFactory(group_size=group)
        self.coordinator = UserFactory()
        self.session = self.day(seats) if seats else None

    def day(self, seats: int, after: int = 60):
        return self.activity.sessions.create(date=timezone.localdate() + after * DAY, seats=seats)

    def by(self, side: str) -> Actor:
        who = {Side.SCHOOL: self.request.contact, Side.PROVIDER: self.member, Side.COORDINATOR: self.coordinator}
        return person(who[Side(side)], Side(side))

    def ask(self, side: str = Side.SCHOOL, **details) -> Booking:
        if self.session and not {"session_id", "date"} & details.keys():
            details["session_id"] = self.session.pk
        details = {"request_id": self.request.pk, "activity_id": self.activity.pk, **details}
        return actions.ask(by=self.by(side), **details)

    @classmethod
    def of(cls, booking: Booking) -> "Parties":
        """Those of a booking whose provider has one member."""
        parties = cls.__new__(cls)
        parties.activity, parties.request, parties.session = booking.activity, booking.request, booking.session
        parties.provider, parties.coordinator = booking.activity.provider, UserFactory()
        parties.member = parties.provider.membership_set.get().user
        return parties

    def do(self, step: str, booking: Booking, who: str, /, **details) -> Booking:
        """One step of a side that saw the booking as it is in `booking`; returns it as it is afterwards."""
        wanted = {"booking_id": booking.pk, "by": self.by(who), **details}
        if step not in ("report", "take_over"):
            wanted.setdefault("version", booking.version)
        getattr(actions, step)(**wanted)
        return Booking.objects.get(pk=booking.pk)


def in_days(count: int) -> dt.date:
    return timezone.localdate() + count * DAY


def booking_in(state: str, *, parties: Parties | None = None, days: int = 60, **details) -> Booking:
    """A booking that came to this state by the actions; `days` from now it takes place (in the past for what was)."""
    if parties is None:
        parties = Parties(seats=30) if state == State.QUEUED else Parties()
        if state == State.QUEUED:
            parties.ask(request_id=RequestFactory(group_size=28).pk)
    booking = parties.ask(**({} if state == State.QUEUED else {"date": in_days(days)}), **details)
    for step, side, more in _WAYS[State(state)]:
        if step == "day_passes":
            _let_pass(booking)
        else:
            booking = parties.do(step, booking, side, **_filled(more, days))
    return booking


def _filled(more: dict, days: int) -> dict:
    return {name: in_days(days + 1) if value == "later" else value for name, value in more.items()}


def _let_pass(booking: Booking) -> None:
    """Its day was yesterday."""
    Booking.objects.filter(pk=booking.pk).update(date=in_days(-1))


_SCHOOL, _PROVIDER = Side.SCHOOL, Side.PROVIDER
_AGREED = [("accept", _PROVIDER, {})]
_CONFIRMED = [*_AGREED, ("confirm", _SCHOOL, {}), ("confirm", _PROVIDER, {})]
_PASSED = [*_AGREED, ("day_passes", "", {})]
_WAYS: dict[State, list] = {
    State.QUEUED: [],
    State.ASKED: [],
    State.PROPOSED: [("propose", _PROVIDER, {"date": "later"})],
    State.AGREED: _AGREED,
    State.CONFIRMED: _CONFIRMED,
    State.DECLINED: [("decline", _PROVIDER, {"reason": "full"})],
    State.WITHDRAWN: [("withdraw", _SCHOOL, {})],
    State.CANCELLED_EARLY: [*_AGREED, ("cancel", _SCHOOL, {"reason": "ill"})],
    State.HAPPENED: [*_PASSED, ("report", _SCHOOL, {"outcome": "happened"})],
    State.NOT_HAPPENED: [*_PASSED, ("report", _SCHOOL, {"outcome": "not_happened"})],
    State.SCHOOL_ABSENT: [*_PASSED, ("report", _PROVIDER, {"outcome": "school_absent"})],
    State.PROVIDER_ABSENT: [*_PASSED, ("report", _SCHOOL, {"outcome": "provider_absent"})],
}
