"""Three parties and time do 200 things in any order: what always holds of bookings, seats, requests and mail."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter

import pytest
import time_machine
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from techfinder.activities.actions import take_seats
from techfinder.activities.models import Session
from techfinder.bookings import actions
from techfinder.bookings.actions import BookingError, NotAllowedError, OvertakenError
from techfinder.bookings.actions.clock import run_due
from techfinder.bookings.actors import person
from techfinder.bookings.machine import (
    LIVE,
    MAY,
    PARTIES,
    SETTLED,
    STARTS,
    TRANSITIONS,
    WAITING,
    Side,
    State,
    Step,
    may,
)
from techfinder.bookings.models import Booking, BookingEvent, Proposal
from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import Membership
from techfinder.requests.actions import close_past, fulfil
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

ACTIONS = 200
# In the week before Christmas: holidays, the turn of the year and both DST nights can be reached.
START = dt.datetime(2026, 12, 14, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# More than a booking has steps that can be overdue at once; after that there is nothing left to do.
RUNS = 8
STEPS = sorted(step.value for step in MAY if step not in (Step.REPORT, Step.TAKE_OVER))
SIDES = [Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR]
OFTEN = {"accept": 8, "propose": 3, "promote": 4, "change": 4, "propose_change": 5, "refuse_change": 3, "confirm": 4}
OUTCOMES = ["happened", "not_happened", "school_absent"]


class World:
    """Two schools, two companies of which one chooses from its queue itself, days with few seats, a coordinator."""

    def __init__(self):
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.coordinator = UserFactory()
        self.schools = [SchoolFactory(holiday_region=region) for region in ("Zuid", "Noord")]
        providers = [ProviderFactory(auto_promote=choice) for choice in (True, False)]
        self.members = {provider.pk: [MembershipFactory(provider=provider) for _ in range(2)] for provider in providers}
        self.teachers = {school.pk: [MembershipFactory(school=school) for _ in range(2)] for school in self.schools}
        self.activities = [ActivityFactory(provider=provider, splittable=True) for provider in providers]
        for activity in self.activities:
            for day in (20, 40, 120):
                SessionFactory(activity=activity, seats=30, date=timezone.localdate() + dt.timedelta(days=day))
        self.requests = [self._request(school, size) for school in self.schools for size in (10, 20, 28)]
        self._seldom = (
            self.report, self.take_over, self.a_campaign_gives_seats, self.somebody_leaves, self.worker_is_woken
        )  # fmt: skip
        self._always = (
            self.no_seat_is_given_twice,
            self.every_booking_has_a_next_step_or_an_end,
            self.every_state_came_by_the_machine,
            self.a_proposal_waits_where_an_answer_is_awaited,
            self.a_request_is_open_or_answered_as_its_bookings_say,
            self.nobody_is_mailed_who_left_or_declined,
        )
        self.mailed = 0
        self.left: set[str] = set()
        self.turned_away: dict[int, tuple[set[str], int]] = {}

    def _request(self, school, size):
        window = {"date_from": timezone.localdate(), "date_until": timezone.localdate() + dt.timedelta(days=400)}
        return RequestFactory(school=school, contact=self.teachers[school.pk][0].user, group_size=size, **window)

    def end(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    def act(self, number):
        """One thing, the same for the same number; then all that always holds."""
        self.lot = random.Random(number)
        do = self.lot.choices((self.step, self.ask, self.time_passes, *self._seldom), (10, 5, 2, 1, 1, 1, 1, 1))[0]
        if Booking.objects.exists() or do in (self.ask, self.time_passes):
            do()
        for always in self._always:
            always()

    # ------------------------------------------------------------ who does what

    def _by(self, side, request, activity, which):
        if side == Side.COORDINATOR:
            return person(self.coordinator, side)
        people = self.teachers[request.school_id] if side == Side.SCHOOL else self.members[activity.provider_id]
        active = [each for each in people if each.status == Membership.Status.ACTIVE] or people
        return person(active[which % len(active)].user, side)

    def _day(self, activity, which):
        """One of its days with seats, a day without, the past, or none."""
        days = list(activity.sessions.order_by("date", "pk"))
        kinds = [*({"session_id": day.pk} for day in days), *({"date": timezone.localdate() + dt.timedelta(days=n)}
                 for n in (-1, 3, 33, 133)), {}]  # fmt: skip
        return kinds[which % len(kinds)]

    def _booking(self):
        """Mostly one that lives."""
        rows = Booking.objects.order_by("pk")
        live = list(rows.live())
        return self.lot.choice(live if live and self.lot.randrange(8) else list(rows))

    def _try(self, work):
        """Do it; a refusal leaves everything as it was."""
        before = self._all()
        try:
            with transaction.atomic():
                work()
        except BookingError as error:
            assert self._all() == before
            return error
        return None

    def _all(self):
        return (
            list(Booking.objects.order_by("pk").values_list("pk", "version", "state", "seats_held")),
            list(Session.objects.order_by("pk").values_list("pk", "taken")),
            list(Request.objects.order_by("pk").values_list("pk", "status")),
            (BookingEvent.objects.count(), Proposal.objects.count(), OutgoingMail.objects.count()),
        )

    def ask(self):
        request, activity = self.lot.choice(self.requests), self.lot.choice(self.activities)
        side, part, day = self.lot.choice(SIDES), self.lot.choice((1, 2)), self.lot.randrange(99)
        pupils = self.lot.choice((None, 10, request.group_size // 2))
        by = self._by(side, request, activity, day)
        pair = {"request_id": request.pk, "activity_id": activity.pk}
        self._try(lambda: actions.ask(**pair, by=by, part=part, pupils=pupils, **self._day(activity, day)))

    def step(self):
        """Mostly a step that somebody may take, as the booking is; else any, or of what it was before."""
        booking = self._booking()
        step, side, day, old = (
            self.lot.choice(STEPS),
            self.lot.choice(SIDES),
            self.lot.randrange(99),
            self.lot.randrange(6),
        )
        if old < 4 and not may(Step(step), state=booking.state, turn=booking.turn, side=side):
            step, side = self._allowed(booking) or (step, side)
        version = max(1, booking.version - max(0, old - 3))
        details = self._details(step, booking, day)
        by = self._by(side, booking.request, booking.activity, day)
        allowed = may(Step(step), state=booking.state, turn=booking.turn, side=side)
        work = getattr(actions, step)
        error = self._try(lambda: work(booking_id=booking.pk, version=version, by=by, **details))
        note(f"{step} of {booking} by {side}: {error!r}")
        assert error is not None or allowed
        if version == booking.version:
            assert not isinstance(error, OvertakenError)
        if step == Step.DECLINE and error is None:
            self.turned_away[booking.pk] = self._addresses(booking, side), BookingEvent.objects.latest("pk").version

    def _allowed(self, booking):
        """Something that somebody may do."""
        ways = [
            (step, side)
            for step in STEPS
            for side in SIDES
            if may(Step(step), state=booking.state, turn=booking.turn, side=side)
        ]
        return self.lot.choices(ways, [OFTEN.get(step, 1) for step, _side in ways])[0] if ways else None

    def _details(self, step, booking, day):
        if step in (Step.ACCEPT, Step.PROPOSE, Step.PROPOSE_CHANGE):
            return self._day(booking.activity, day)
        if step in (Step.DECLINE, Step.CANCEL):
            return {"reason": "other"}
        if step == Step.CHANGE:
            return {"fields": {"pupils": (None, 0, 5, 15, 25, 30)[day % 6]} if day % 2 else {"adults": day % 5}}
        return {}

    def _addresses(self, booking, side):
        if side not in PARTIES:
            return set()
        people = (
            self.teachers[booking.request.school_id]
            if side == Side.SCHOOL
            else self.members[booking.activity.provider_id]
        )
        return {each.user.email for each in people}

    def report(self):
        been = list(Booking.objects.filter(date__lte=timezone.localdate()).order_by("pk"))
        booking, side, outcome = (
            self.lot.choice(been or [self._booking()]),
            self.lot.choice(SIDES),
            self.lot.choice(OUTCOMES),
        )
        by = self._by(side, booking.request, booking.activity, self.lot.randrange(9))
        error = self._try(lambda: actions.report(booking_id=booking.pk, by=by, outcome=outcome))
        assert error is None or isinstance(error, NotAllowedError)

    def take_over(self):
        booking, side = self._booking(), self.lot.choice(PARTIES)
        by = self._by(side, booking.request, booking.activity, self.lot.randrange(9))
        error = self._try(lambda: actions.take_over(booking_id=booking.pk, side=side, by=by))
        assert (error is None) is (booking.state in LIVE)

    # ------------------------------------------------------------ time, and others

    def time_passes(self):
        """The clock looks after a while, in which it may have stood still; looking again does nothing."""
        self.now.move_to(timezone.now() + self.lot.choice((1, 5, 24, 24, 48, 72, 24 * 7, 24 * 12)) * HOUR)
        if not 8 <= timezone.localtime().hour < 18:
            self.now.move_to(timezone.now().replace(hour=10))
        close_past()
        for _ in range(RUNS):
            done = run_due()
            assert not done["failed"]
        assert not done
        self.worker_is_woken()

    def worker_is_woken(self):
        for session in Session.objects.order_by("pk"):
            actions.promote_next(session_id=session.pk)
            free = Session.objects.get(pk=session.pk).free
            if session.activity.provider.auto_promote and session.date >= timezone.localdate():
                assert not session.bookings.filter(state=State.QUEUED, pupils__lte=free).exists()

    def a_campaign_gives_seats(self):
        """Of the same days, to a request that is open: as its publishing does, and the task after it."""
        request = self.lot.choice(self.requests)
        days = Session.objects.select_related("activity__provider").order_by("pk")
        sessions = [day for day in days if day.date >= timezone.localdate() and day.free >= request.group_size]
        if sessions and fulfil(request_ids=[request.pk]):
            day = self.lot.choice(sessions)
            take_seats(seats={day.pk: request.group_size})
            place = actions.Given(day.activity, request.group_size, day.date, Session.objects.get(pk=day.pk))
            by = person(self.coordinator, Side.COORDINATOR)
            actions.award(request_id=request.pk, places=[place], by=by, words="Week van de techniek")

    def somebody_leaves(self):
        """One of two of a company or school works there no more."""
        team = self.lot.choice([*self.members.values(), *self.teachers.values()])
        if len(self.left) < 2 and all(each.status == Membership.Status.ACTIVE for each in team):
            gone = self.lot.choice(team)
            gone.status = Membership.Status.LEFT
            gone.save()
            self.left.add(gone.user.email)

    # ------------------------------------------------------------ what always holds

    def no_seat_is_given_twice(self):
        held: Counter[int | None] = Counter()
        for model in (Booking, Proposal):
            for session, seats in model.objects.filter(seats_held__gt=0).values_list("session", "seats_held"):
                held[session] += seats
        taken = Counter(dict(Session.objects.filter(taken__gt=0).values_list("pk", "taken")))
        assert held == taken
        assert not Session.objects.filter(taken__gt=F("seats")).exists()

    def every_booking_has_a_next_step_or_an_end(self):
        for booking in Booking.objects.all():
            if booking.state in LIVE:
                assert booking.next_step
                assert booking.next_step_at
                assert booking.ended_at is None
            else:
                assert booking.ended_at
                assert (booking.next_step, booking.next_step_at, booking.turn) == ("", None, "")
            if booking.state in (*WAITING, State.QUEUED) and booking.session_id:
                assert booking.seats_held == (0 if booking.state == State.QUEUED else booking.pupils)

    def every_state_came_by_the_machine(self):
        events: dict[int, list[BookingEvent]] = {}
        for event in BookingEvent.objects.order_by("pk"):
            events.setdefault(event.booking_id, []).append(event)
        for booking in Booking.objects.all():
            chain = events[booking.pk]
            assert chain[0].after in STARTS
            assert [each.version for each in chain] == list(range(1, booking.version + 1))
            for one, two in itertools.pairwise(chain):
                assert two.before == one.after
                assert two.after == two.before or two.after in TRANSITIONS[State(two.before)]
            assert chain[-1].after == booking.state

    def a_proposal_waits_where_an_answer_is_awaited(self):
        waits = Q(state=State.PROPOSED) | Q(state__in=SETTLED) & ~Q(turn="")
        opened = Proposal.objects.filter(state=Proposal.State.OPEN)
        assert set(opened.values_list("booking", flat=True)) == set(
            Booking.objects.filter(waits).values_list("pk", flat=True)
        )

    def a_request_is_open_or_answered_as_its_bookings_say(self):
        for request in self.requests:
            status = Request.objects.get(pk=request.pk).status
            seated = Booking.objects.filter(request=request, state__in=[*SETTLED, State.HAPPENED, State.UNKNOWN])
            covered = sum(max(each.covers, each.pupils) for each in seated)
            assert (status == Request.Status.FULFILLED) is (covered >= request.group_size)

    def nobody_is_mailed_who_left_or_declined(self):
        fresh = OutgoingMail.objects.filter(pk__gt=self.mailed).order_by("pk")
        for mail in fresh:
            self.mailed = mail.pk
            assert mail.to not in self.left, mail.key
            if mail.key.startswith("booking:"):
                _word, booking, version, *_rest = mail.key.split(":")
                away, since = self.turned_away.get(int(booking), (set(), 0))
                assert mail.to not in away or int(version) < since, mail.key


def test_whatever_the_order():
    done: Counter[str] = Counter()

    @settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(numbers=st.lists(st.integers(0, 2**31), min_size=ACTIONS, max_size=ACTIONS, unique=True))
    def run(numbers):
        world = World()
        try:
            for number in numbers:
                world.act(number)
            done.update(BookingEvent.objects.values_list("action", flat=True))
        finally:
            world.end()

    run()
    assert not Booking.objects.exists()
    # The sequences were none of refusals only.
    assert done.keys() >= {Step.ASK, Step.ACCEPT, Step.PROPOSE, Step.CHANGE, Step.REMIND}
