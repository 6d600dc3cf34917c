"""Three parties and time do 200 things in any order: what always holds of bookings, seats, requests and mail."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter

import pytest
import time_machine
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

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
from techfinder.campaigns.models import Award
from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import Membership
from techfinder.requests.actions import close_past
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.campaigns import AwardFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

ACTIONS = 200
# In the week before Christmas: holidays, the turn of the year and both DST nights can be reached.
START = dt.datetime(2026, 12, 14, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
STEPS = sorted(step.value for step in MAY if step not in (Step.REPORT, Step.TAKE_OVER))
SIDES = [Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR]
OUTCOMES = ["happened", "not_happened", "school_absent"]
pick = st.integers(min_value=0, max_value=10**6)


class World(RuleBasedStateMachine):
    """Two schools, two companies of which one chooses from its queue itself, days with few seats, a coordinator."""

    def __init__(self):
        super().__init__()
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
        self.mailed = 0
        self.left: set[str] = set()
        self.turned_away: dict[int, tuple[set[str], int]] = {}

    def _request(self, school, size):
        window = {"date_from": timezone.localdate(), "date_until": timezone.localdate() + dt.timedelta(days=400)}
        return RequestFactory(school=school, contact=self.teachers[school.pk][0].user, group_size=size, **window)

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

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

    def _booking(self, which):
        """Mostly one that lives."""
        rows = Booking.objects.order_by("pk")
        live = list(rows.live())
        found = live if live and which % 8 else list(rows)
        return found[which // 8 % len(found)]

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

    @rule(request=pick, activity=pick, side=st.sampled_from(SIDES), day=pick, part=st.integers(1, 2), size=pick)
    def ask(self, request, activity, side, day, part, size):
        request = self.requests[request % len(self.requests)]
        activity = self.activities[activity % len(self.activities)]
        pupils = (None, 10, request.group_size // 2)[size % 3]
        by = self._by(side, request, activity, size)
        pair = {"request_id": request.pk, "activity_id": activity.pk}
        self._try(lambda: actions.ask(**pair, by=by, part=part, pupils=pupils, **self._day(activity, day)))

    @precondition(lambda self: Booking.objects.exists())
    @rule(which=pick, step=st.sampled_from(STEPS), side=st.sampled_from(SIDES), day=pick, old=st.integers(0, 5))
    def step(self, which, step, side, day, old):
        booking = self._booking(which)
        if old < 4 and not may(Step(step), state=booking.state, turn=booking.turn, side=side):
            step, side = self._allowed(booking, day) or (step, side)
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

    def _allowed(self, booking, which):
        """Something that somebody may do."""
        ways = [
            (step, side)
            for step in STEPS
            for side in SIDES
            if may(Step(step), state=booking.state, turn=booking.turn, side=side)
        ]
        return ways[which % len(ways)] if ways else None

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

    @precondition(lambda self: Booking.objects.exists())
    @rule(
        which=pick, side=st.sampled_from(SIDES), outcome=st.sampled_from(["happened", "not_happened", "school_absent"])
    )
    def report(self, which, side, outcome):
        been = list(Booking.objects.filter(date__lte=timezone.localdate()).order_by("pk")) or [self._booking(which)]
        booking = been[which % len(been)]
        by = self._by(side, booking.request, booking.activity, which)
        error = self._try(lambda: actions.report(booking_id=booking.pk, by=by, outcome=outcome))
        assert error is None or isinstance(error, NotAllowedError)

    @precondition(lambda self: Booking.objects.exists())
    @rule(which=pick, side=st.sampled_from(PARTIES))
    def take_over(self, which, side):
        booking = self._booking(which)
        by = self._by(side, booking.request, booking.activity, which)
        error = self._try(lambda: actions.take_over(booking_id=booking.pk, side=side, by=by))
        assert (error is None) is (booking.state in LIVE)

    # ------------------------------------------------------------ time, and others

    @rule(hours=st.sampled_from([1, 5, 24, 24, 72, 24 * 7, 24 * 12]))
    def time_passes(self, hours):
        """The clock looks after a while, in which it may have stood still; looking again does nothing."""
        self.now.move_to(timezone.now() + hours * HOUR)
        if not 8 <= timezone.localtime().hour < 18:
            self.now.move_to(timezone.now().replace(hour=10))
        close_past()
        while run_due():
            pass
        assert run_due() == Counter()
        self.worker_is_woken()

    @rule()
    def worker_is_woken(self):
        for session in Session.objects.order_by("pk"):
            actions.promote_next(session_id=session.pk)
            free = Session.objects.get(pk=session.pk).free
            if session.activity.provider.auto_promote and session.date >= timezone.localdate():
                assert not session.bookings.filter(state=State.QUEUED, pupils__lte=free).exists()

    @rule(which=pick, pupils=st.integers(1, 12))
    def a_campaign_gives_seats(self, which, pupils):
        """Of the same days, as its publishing does."""
        sessions = [each for each in Session.objects.order_by("pk") if each.free >= pupils]
        if sessions:
            session = sessions[which % len(sessions)]
            take_seats(seats={session.pk: pupils})
            AwardFactory(session=session, pupils=pupils, given=True, request=RequestFactory(status="fulfilled"))

    @precondition(lambda self: len(self.left) < 2)
    @rule(which=pick)
    def somebody_leaves(self, which):
        """One of two of a company or school works there no more."""
        teams = [*self.members.values(), *self.teachers.values()]
        team = teams[which % len(teams)]
        if all(each.status == Membership.Status.ACTIVE for each in team):
            gone = team[which // 7 % 2]
            gone.status = Membership.Status.LEFT
            gone.save()
            self.left.add(gone.user.email)

    # ------------------------------------------------------------ what always holds

    @invariant()
    def no_seat_is_given_twice(self):
        held: Counter[int | None] = Counter()
        for model in (Booking, Proposal):
            for session, seats in model.objects.filter(seats_held__gt=0).values_list("session", "seats_held"):
                held[session] += seats
        for session, pupils in Award.objects.filter(given=True).values_list("session", "pupils"):
            held[session] += pupils
        taken = Counter(dict(Session.objects.filter(taken__gt=0).values_list("pk", "taken")))
        assert held == taken
        assert not Session.objects.filter(taken__gt=F("seats")).exists()

    @invariant()
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

    @invariant()
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

    @invariant()
    def a_proposal_waits_where_an_answer_is_awaited(self):
        waits = Q(state=State.PROPOSED) | Q(state__in=SETTLED) & ~Q(turn="")
        opened = Proposal.objects.filter(state=Proposal.State.OPEN)
        assert set(opened.values_list("booking", flat=True)) == set(
            Booking.objects.filter(waits).values_list("pk", flat=True)
        )

    @invariant()
    def a_request_is_open_or_answered_as_its_bookings_say(self):
        for request in self.requests:
            status = Request.objects.get(pk=request.pk).status
            seated = Booking.objects.seated().filter(request=request)
            covered = sum(max(each.covers, each.pupils) for each in seated)
            if covered >= request.group_size:
                assert status == Request.Status.FULFILLED
            elif status == Request.Status.FULFILLED:
                # Its day came, and nobody told whether it happened.
                assert Booking.objects.filter(request=request, state=State.UNKNOWN).exists()

    @invariant()
    def nobody_is_mailed_who_left_or_declined(self):
        fresh = OutgoingMail.objects.filter(pk__gt=self.mailed).order_by("pk")
        for mail in fresh:
            self.mailed = mail.pk
            assert mail.to not in self.left, mail.key
            if mail.key.startswith("booking:"):
                _word, booking, version, *_rest = mail.key.split(":")
                away, since = self.turned_away.get(int(booking), (set(), 0))
                assert mail.to not in away or int(version) < since, mail.key


@pytest.mark.parametrize("run", range(2))
def test_whatever_the_order(run):
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=2,
            stateful_step_count=ACTIONS,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )
    assert not Booking.objects.exists()
