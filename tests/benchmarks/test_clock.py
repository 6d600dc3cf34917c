"""A day of the clock over 10,000 open bookings: reminders, tasks, ends, and all their mails. `make bench`.

BENCH_SCALE=0.1 makes a tenth, to try the benchmark itself.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from techfinder.activities.models import Activity
from techfinder.bookings import clock as plans
from techfinder.bookings.actions.clock import reschedule, run_due
from techfinder.bookings.actions.records import count_records
from techfinder.bookings.clock import Terms
from techfinder.bookings.clock.next_step import write_next
from techfinder.bookings.clock.plan import to_come
from techfinder.bookings.machine import PARTIES, Next, Side, State
from techfinder.bookings.models import Booking, BookingEvent, Proposal, ReplyAddress
from techfinder.bookings.queries.rules import Rules
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions as matches
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from techfinder.taxonomy.workdays import Workdays, at
from tests.benchmarks.clock import clock, line, machine, ratio
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_server")]

OPEN = int(10_000 * float(os.environ.get("BENCH_SCALE", "1")))
LIMIT = 30
TODAY = dt.date(2027, 1, 28)
EVENING = at(TODAY, dt.time(17, 5))
YESTERDAY = at(TODAY - dt.timedelta(days=1), dt.time(18))
REGIONS = ("Noord", "Midden", "Zuid")
# Of a hundred bookings.
WAITING, PROPOSED, SETTLED = 60, 70, 95


def test_a_day_of_the_clock():
    print(f"\n{OPEN} open bookings; {machine()}")
    with clock("(made them)"):
        make(random.Random(5), OPEN)
    # A worker read the addresses of all pages when it began.
    reverse("activities:list")
    with clock("a day in one run, with its mails") as taken:
        done = run_due(now=EVENING)
    said(done)
    assert not done["failed"]
    with clock("the same again: nothing is due") as again:
        assert not run_due(now=EVENING)
    with clock("look at each tenth booking by itself: nothing is due") as naive:
        one_by_one()
    ratio("processor time of looking, one by one / ours", 10 * naive.cpu, max(again.cpu, 0.001))
    with clock("all clocks set anew, nothing changed"):
        assert reschedule(now=EVENING) == 0
    with clock("how all providers answer"):
        count_records(now=EVENING)
    assert taken.wall < LIMIT


def test_after_three_days_in_two_workers():
    """What it takes to catch up, and that nothing is done twice; both share one interpreter here."""
    count = OPEN // 5
    make(random.Random(6), count)
    late = at(TODAY + dt.timedelta(days=5), dt.time(17, 5))
    with clock(f"{count} open bookings after three working days, two workers at once"):
        found = two_workers(late)
    for each in found:
        said(each)
    assert sum(each.total() for each in found) == BookingEvent.objects.count()
    assert not run_due(now=late)


def two_workers(now):
    found = []

    def work():
        found.append(run_due(now=now))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


def said(done):
    line("  steps", ", ".join(f"{name} {count}" for name, count in sorted(done.items())) or "none")
    line("  mails", f"{OutgoingMail.objects.count():,}")


def one_by_one():
    """What a loop over all open bookings does that knows nothing of what is next, nor reads anything for many."""
    for pk in Booking.objects.live().order_by("pk").values_list("pk", flat=True)[::10]:
        booking = Booking.objects.get(pk=pk)
        assert plans.overdue(booking, Terms.of(booking), now=EVENING) is None


# ---------------------------------------------------------------- the country


def make(rng, count):
    """Schools in three regions, providers with a person each, and bookings in each state as the clock left them."""
    with time_machine.travel(at(TODAY), tick=True):
        towns = RegionFactory.create_batch(20)
        schools = [
            SchoolFactory(municipality=rng.choice(towns), holiday_region=rng.choice(REGIONS)) for _ in range(300)
        ]
        providers = ProviderFactory.create_batch(100)
        for provider in providers:
            MembershipFactory(provider=provider)
        activities = [ActivityFactory(provider=rng.choice(providers), quiet=True) for _ in range(400)]
        requests = _requests(schools, rng, count)
        bookings = [_booking(request, rng.choice(activities), rng) for request in requests]
        Booking.objects.bulk_create(bookings)
        # Made with the first mail of each side, which was that of the question.
        ReplyAddress.objects.bulk_create(ReplyAddress(booking=each, side=side) for each in bookings for side in PARTIES)
        _settle(bookings, rng)
        Proposal.objects.bulk_create(
            Proposal(booking=each, by=Side.PROVIDER, date=each.date)
            for each in bookings
            if each.state == State.PROPOSED
        )
        _set_clocks()
        matches.rematch(everything=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _requests(schools, rng, count):
    contacts = [RequestFactory(school=school, quiet=True) for school in schools]
    fields = ("school", "contact", "contact_email", "contact_name", "title", "levels", "themes", "audience")
    fields += ("group_size", "date_from", "date_until", "status", "confirmed_at")
    copies = [rng.choice(contacts) for _ in range(count)]
    return Request.objects.bulk_create(
        Request(quiet=True, **{name: getattr(each, name) for name in fields}) for each in copies
    )


def _booking(request: Request, activity: Activity, rng: random.Random) -> Booking:
    asked = _some_days_ago(rng, request.school)
    state = rng.randrange(100)
    return Booking(
        request=request,
        activity=activity,
        asked_by=Side.SCHOOL,
        state=State.ASKED if state < SETTLED else State.QUEUED,
        turn=Side.PROVIDER if state < SETTLED else "",
        queued_at=None if state < SETTLED else asked,
        date=None if state < WAITING else TODAY + dt.timedelta(days=rng.randint(1, 60)),
        delivery="at_school",
        pupils=28,
        school_contact=request.contact,
        school_name=request.contact_name,
        school_email=request.contact_email,
        created_at=asked,
        turn_since=asked,
        next_step=Next.REMIND_FIRST,
        next_step_at=asked,
    )


def _some_days_ago(rng: random.Random, school: School) -> dt.datetime:
    """In the ten working days that an answer may take."""
    days = [TODAY - dt.timedelta(days=back) for back in range(21)]
    workdays = [day for day in days if Workdays(school.holiday_region).holds(day)]
    return at(rng.choice(workdays[:11]), dt.time(rng.randint(8, 16)))


def _settle(bookings: list[Booking], rng: random.Random) -> None:
    """Another date was proposed in some, and in others a day is settled, or was."""
    for booking in bookings:
        if booking.state != State.ASKED or booking.date is None:
            continue
        if rng.randrange(WAITING, SETTLED) < PROPOSED:
            booking.state, booking.turn, booking.answered_at = State.PROPOSED, Side.SCHOOL, booking.created_at
        else:
            booking.state, booking.turn, booking.answered_at = State.AGREED, "", booking.created_at
            booking.date = TODAY + dt.timedelta(days=rng.randint(-12, 60))
    Booking.objects.bulk_update(bookings, ["state", "turn", "answered_at", "date"], batch_size=2000)


def _set_clocks() -> None:
    """As they stand after the last evening."""
    rules, found = Rules(), []
    for booking in Booking.objects.select_related("request__school", "activity__provider"):
        terms = Terms.of(booking, rules.of(booking.request.school.municipality_id))
        booking.next_step, booking.next_step_at = "", None
        booking.due_on = plans.due_on(booking, terms)
        write_next(booking, to_come(booking, terms, None, YESTERDAY))
        found.append(booking)
    Booking.objects.bulk_update(found, list(plans.FIELDS), batch_size=2000)
