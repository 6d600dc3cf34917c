"""When the clock does what, and that it does so once."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from techfinder.bookings import clock, tasks
from techfinder.bookings.actions import clock as acting
from techfinder.bookings.actions.clock import reschedule, run_due
from techfinder.bookings.machine import LIVE, Next, Side, State, Step
from techfinder.bookings.models import Booking, ClockRule, Proposal, Task
from techfinder.celery import publisher
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.workdays import at
from tests.factories.activities import SessionFactory
from tests.factories.bookings import BookingFactory, Parties, booking_in
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db
D = dt.date
TEN = dt.time(10)
MONDAY = D(2026, 11, 30)


def asked(day=MONDAY, **fields):
    """A question of that day at ten, with the clock set."""
    now = at(day, TEN)
    booking = BookingFactory(created_at=now, **{"request__school__holiday_region": "Noord", **fields})
    clock.schedule(booking, now=now)
    booking.save()
    return booking


def settled(date, day=MONDAY, **fields):
    booking = asked(day, date=date, **fields)
    booking.state, booking.turn = State.AGREED, ""
    clock.schedule(booking, now=at(day, TEN))
    booking.save()
    return booking


def proposed(booking, date, *, by=Side.PROVIDER, now):
    Proposal.objects.create(booking=booking, by=by, date=date, created_at=now)
    booking.turn = Side.SCHOOL if by == Side.PROVIDER else Side.PROVIDER
    if booking.state == State.ASKED:
        booking.state, booking.date = State.PROPOSED, date
    clock.schedule(booking, now=now)
    booking.save()
    return booking


def fresh(booking):
    return Booking.objects.get(pk=booking.pk)


def run(day, time=TEN):
    """The clock at this moment, and what it did."""
    with time_machine.travel(at(day, time), tick=False):
        return dict(run_due())


def go_to(booking, *, most=20):
    """Let the clock do all that comes, each at its moment; what it did with the local day and hour."""
    done = []
    while (booking := fresh(booking)).is_live and len(done) < most:
        moment = timezone.localtime(booking.next_step_at)
        assert run(moment.date(), moment.time())
        event = booking.events.last()
        step = clock.done_by(event) if event.changed else event.action
        done.append((str(step), moment.strftime("%m-%d %H:%M")))
    return done


# ------------------------------------------------------------- what is awaited


def test_a_question_that_nobody_answers():
    booking = asked()
    assert booking.due_on == D(2026, 12, 14)
    assert go_to(booking) == [
        ("remind_first", "12-03 08:00"),
        ("remind_second", "12-09 08:00"),
        ("escalate", "12-14 17:00"),
        ("expire", "01-04 17:00"),
    ]
    booking = fresh(booking)
    assert (booking.state, booking.ended_by, booking.end_reason) == (State.EXPIRED, Side.CLOCK, "silent")
    assert booking.seats_held == 0


def test_the_holidays_of_the_school_count_not_those_of_another_region():
    south = asked(D(2027, 2, 8), request__school__holiday_region="Zuid")
    north = asked(D(2027, 2, 8))
    # The south has a week off from the 13th, the north from the 20th.
    assert (south.due_on, north.due_on) == (D(2027, 3, 1), D(2027, 3, 1))
    assert timezone.localtime(south.next_step_at).date() == D(2027, 2, 11)
    later = asked(D(2027, 2, 15), request__school__holiday_region="Zuid")
    assert later.due_on == D(2027, 3, 5)
    assert asked(D(2027, 2, 15)).due_on == D(2027, 3, 8)


def test_the_coordinator_gets_one_task_of_the_town_of_the_school():
    booking = asked()
    for _ in range(2):
        run(D(2026, 12, 15))
    [task] = Task.objects.all()
    assert (task.kind, task.booking, task.region) == (Task.Kind.SILENT, booking, booking.request.school.municipality)


@pytest.mark.parametrize("step", ["propose", "decline", "elsewhere"])
def test_an_answer_after_all_ends_the_task(step):
    parties = Parties()
    with time_machine.travel(at(MONDAY, TEN), tick=False):
        booking = parties.ask()
    run(D(2026, 12, 15))
    assert Task.objects.get().done_at is None
    details = {"propose": {"date": D(2027, 3, 1)}, "decline": {"reason": "full"}}
    with time_machine.travel(at(D(2026, 12, 16), TEN), tick=False):
        parties.do(step, fresh(booking), Side.PROVIDER, **details.get(step, {}))
    assert Task.objects.get().done_at is not None


def test_a_school_that_does_not_react_has_the_same_clock():
    booking = proposed(asked(), D(2027, 3, 1), now=at(D(2026, 12, 1), TEN))
    assert (booking.due_on, booking.next_step) == (D(2026, 12, 15), Next.REMIND_FIRST)
    assert [step for step, _when in go_to(booking)] == ["remind_first", "remind_second", "escalate", "expire"]


def test_the_days_on_which_the_provider_is_away_do_not_count_for_its_answer():
    away = {"activity__provider__away_from": D(2026, 12, 1), "activity__provider__away_until": D(2026, 12, 4)}
    booking = asked(**away)
    assert booking.due_on == D(2026, 12, 18)
    assert timezone.localtime(booking.next_step_at).date() == D(2026, 12, 9)
    # The school is there: its own answer is not put off.
    proposed(booking, D(2027, 3, 1), now=at(D(2026, 12, 1), TEN))
    assert booking.due_on == D(2026, 12, 15)


def test_a_provider_that_goes_away_later_is_not_reminded_meanwhile():
    booking = asked()
    provider = booking.activity.provider
    provider.away_from, provider.away_until = D(2026, 12, 2), D(2026, 12, 11)
    provider.save()
    assert run(D(2026, 12, 3)) == {}
    booking = fresh(booking)
    assert (booking.next_step, booking.version) == (Next.REMIND_FIRST, 1)
    assert timezone.localtime(booking.next_step_at) == at(D(2026, 12, 15))
    assert booking.due_on == D(2027, 1, 7)


def test_days_away_move_all_clocks_of_the_provider_at_once_and_only_those():
    mine, other = asked(), asked()
    provider = mine.activity.provider
    provider.away_from, provider.away_until = D(2026, 12, 1), D(2026, 12, 1)
    provider.save()
    with time_machine.travel(at(MONDAY, TEN), tick=False):
        assert reschedule(provider_id=provider.pk) == 1
        assert reschedule(provider_id=provider.pk) == 0
    assert fresh(mine).due_on == D(2026, 12, 15)
    assert fresh(other).due_on == D(2026, 12, 14)


@pytest.mark.parametrize("level", ["municipality", "network", "province", "country"])
def test_the_nearest_rule_above_the_school_holds(level):
    regions = {"country": Region.objects.get(code="NL"), "province": Region.objects.get(code="NL-ZE")}
    regions["municipality"] = RegionFactory(parent=regions["province"])
    regions["network"] = RegionFactory(code="RPA99", type=Region.Type.NETWORK)
    regions["network"].municipalities.add(regions["municipality"])
    order = ["municipality", "network", "province", "country"]
    for days, name in enumerate(order, start=5):
        if order.index(name) >= order.index(level):
            ClockRule.objects.create(region=regions[name], first_reminder=1, second_reminder=2, answer=days, expire=1)
    booking = asked(request__school__municipality=regions["municipality"])
    expected = {"municipality": 7, "network": 8, "province": 9, "country": 10}
    assert booking.due_on == D(2026, 12, expected[level])
    assert asked(request__school__municipality=RegionFactory()).due_on == D(2026, 12, 14)


def test_an_answer_after_the_day_that_was_asked_for_is_of_no_use():
    booking = asked(date=D(2026, 12, 8))
    assert booking.due_on == D(2026, 12, 7)
    assert go_to(booking) == [
        ("remind_first", "12-03 08:00"),
        ("escalate", "12-07 17:00"),
        ("expire", "12-08 08:00"),
    ]
    assert fresh(booking).end_reason == "day_came"


def test_asked_for_tomorrow():
    booking = asked(date=D(2026, 12, 1))
    assert booking.due_on == MONDAY
    assert go_to(booking) == [("escalate", "11-30 17:00"), ("expire", "12-01 08:00")]


def test_a_colleague_who_takes_over_does_not_set_the_clock_back():
    booking = asked()
    run(D(2026, 12, 3))
    booking = fresh(booking)
    booking.provider_name = "Somebody else"
    clock.schedule(booking, now=at(D(2026, 12, 4), TEN))
    assert (booking.next_step, booking.due_on) == (Next.REMIND_SECOND, D(2026, 12, 14))


# ---------------------------------------------------------- answered elsewhere


def test_answered_another_way_is_asked_about_twice_and_then_ends():
    booking = asked()
    run(D(2026, 12, 3))
    booking = fresh(booking)
    booking.elsewhere_by, booking.elsewhere_at = Side.PROVIDER, at(D(2026, 12, 4), TEN)
    clock.schedule(booking, now=booking.elsewhere_at)
    booking.save()
    assert booking.due_on is None
    assert go_to(booking) == [
        ("elsewhere", "12-18 08:00"),
        ("elsewhere", "01-08 08:00"),
        ("expire", "01-15 08:00"),
    ]
    booking = fresh(booking)
    assert (booking.state, booking.end_reason) == (State.EXPIRED, "elsewhere")
    assert not Task.objects.exists()


def test_an_answer_of_the_other_side_starts_the_clock_again_after_elsewhere():
    booking = asked()
    booking.elsewhere_at = at(D(2026, 12, 1), TEN)
    clock.schedule(booking, now=booking.elsewhere_at)
    booking.save()
    booking = proposed(booking, D(2027, 3, 1), now=at(D(2026, 12, 2), TEN))
    assert (booking.next_step, booking.due_on) == (Next.REMIND_FIRST, D(2026, 12, 16))


# ---------------------------------------------------------------- the queue


def test_who_waits_for_a_place_hears_on_the_day_that_none_came_free():
    session = SessionFactory(date=D(2026, 12, 15))
    booking = BookingFactory(
        state=State.QUEUED, turn="", activity=session.activity, session=session, date=session.date, queued_at=at(MONDAY)
    )
    clock.schedule(booking, now=at(MONDAY, TEN))
    booking.save()
    assert go_to(booking) == [("expire", "12-15 08:00")]
    assert fresh(booking).end_reason == "no_place"


# ------------------------------------------------------------------- the day


def test_the_days_around_what_was_agreed():
    booking = settled(D(2027, 1, 21))
    assert go_to(booking) == [
        ("week_before", "01-14 08:00"),
        ("day_before", "01-20 08:00"),
        ("ask_after", "01-22 09:00"),
        ("ask_again", "01-27 09:00"),
        ("settle", "02-05 09:00"),
    ]
    assert fresh(booking).state == State.UNKNOWN


@pytest.mark.parametrize(
    ("date", "day_before", "ask_after"),
    [
        # The clocks go forward on 28 March, Easter Sunday, and back on 31 October.
        (D(2027, 3, 31), "2027-03-30 06:00", "2027-04-01 07:00"),
        (D(2027, 3, 30), "2027-03-25 07:00", "2027-03-31 07:00"),
        (D(2027, 11, 1), "2027-10-29 06:00", "2027-11-02 08:00"),
        (D(2027, 10, 29), "2027-10-28 06:00", "2027-10-30 07:00"),
    ],
)
def test_eight_o_clock_over_both_nights_of_the_clocks(date, day_before, ask_after):
    booking = settled(date, day=date - dt.timedelta(days=6))
    assert booking.next_step == Next.DAY_BEFORE
    assert booking.next_step_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M") == day_before
    run(timezone.localdate(booking.next_step_at))
    assert fresh(booking).next_step_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M") == ask_after


def test_before_a_long_holiday_both_reminders_are_one():
    assert go_to(settled(D(2027, 1, 5)))[:2] == [("week_before", "12-18 08:00"), ("day_before", "01-04 08:00")]
    # The first day after the summer: nobody wants to be reminded in June.
    assert go_to(settled(D(2027, 8, 23), day=D(2027, 6, 1)))[:2] == [
        ("week_before", "08-16 08:00"),
        ("day_before", "08-22 08:00"),
    ]


def test_agreed_for_tomorrow_the_next_word_is_how_it_was():
    booking = settled(D(2026, 12, 1))
    assert (booking.next_step, booking.next_step_at) == (Next.ASK_AFTER, at(D(2026, 12, 2), dt.time(9)))


def test_a_change_of_the_telephone_does_not_lose_a_reminder_that_is_due():
    booking = settled(D(2027, 1, 21))
    clock.schedule(booking, now=at(D(2027, 1, 14), dt.time(8, 2)))
    assert booking.next_step == Next.WEEK_BEFORE


def test_a_change_of_the_day_that_nobody_answers_lapses_and_the_day_stands():
    booking = settled(D(2027, 2, 4))
    proposed(booking, D(2027, 2, 11), by=Side.SCHOOL, now=at(D(2027, 1, 11), TEN))
    assert go_to(booking, most=6) == [
        ("remind_first", "01-14 08:00"),
        ("remind_second", "01-20 08:00"),
        ("refuse_change", "01-25 17:00"),
        ("week_before", "01-28 08:00"),
        ("day_before", "02-03 08:00"),
        ("ask_after", "02-05 09:00"),
    ]
    booking = fresh(booking)
    assert (booking.state, booking.turn, booking.date) == (State.AGREED, "", D(2027, 2, 4))
    assert booking.proposals.get().state == Proposal.State.OVERTAKEN


def test_a_reminder_of_the_answer_and_one_of_the_day_come_both():
    booking = settled(D(2027, 1, 21))
    proposed(booking, D(2027, 2, 11), by=Side.SCHOOL, now=at(D(2027, 1, 11), TEN))
    assert run(D(2027, 1, 14)) == {"remind_first": 1, "week_before": 1}
    assert run(D(2027, 1, 14)) == {}
    # Both rows are late: of each the last.
    booking = settled(D(2027, 1, 21))
    proposed(booking, D(2027, 2, 11), by=Side.SCHOOL, now=at(D(2027, 1, 11), TEN))
    assert run(D(2027, 1, 20)) == {"remind_second": 2, "day_before": 2}


# --------------------------------------------- late, twice, and two at a time


def test_after_three_days_only_what_belongs_to_today_is_done():
    booking = asked()
    assert run(D(2026, 12, 10)) == {"remind_second": 1}
    assert fresh(booking).next_step == Next.ESCALATE
    assert go_to(booking)[0] == ("escalate", "12-14 17:00")


def test_after_weeks_nothing_expires_that_the_coordinator_did_not_hear_of():
    booking = asked()
    assert run(D(2027, 2, 1)) == {"escalate": 1}
    booking = fresh(booking)
    assert (booking.next_step, booking.next_step_at) == (Next.EXPIRE, at(D(2027, 2, 8), clock.CLOSING))


def test_a_reminder_of_the_day_is_not_sent_when_it_has_come():
    booking = settled(D(2027, 1, 21))
    assert run(D(2027, 1, 19)) == {"week_before": 1}
    assert run(D(2027, 1, 21)) == {}
    assert fresh(booking).next_step == Next.ASK_AFTER
    assert run(D(2027, 1, 25)) == {"ask_after": 1}


def test_after_weeks_only_the_end_of_a_day_that_was_is_told():
    booking = settled(D(2027, 1, 21))
    assert run(D(2027, 3, 1)) == {"settle": 1}
    assert fresh(booking).events.count() == 1


@pytest.mark.parametrize(
    ("day", "time"),
    [(D(2026, 12, 3), dt.time(7, 59)), (D(2026, 12, 3), dt.time(18)), (D(2026, 12, 5), TEN), (D(2026, 12, 20), TEN)],
)
def test_nobody_is_reminded_at_night_in_the_weekend_or_in_a_holiday(day, time):
    booking = asked()
    assert run(day, time) == {}
    assert fresh(booking).events.count() == 0


def test_twice_is_once():
    asked()
    assert run(D(2026, 12, 3)) == {"remind_first": 1}
    assert run(D(2026, 12, 3)) == {}


def test_what_fails_is_said_and_keeps_no_other_waiting(monkeypatch, caplog):
    bad, good = asked(), asked()
    remind = acting._DO[Next.REMIND_FIRST]

    def fail(booking, *args):
        if booking.pk == bad.pk:
            raise ValueError("broken")
        remind(booking, *args)

    monkeypatch.setitem(acting._DO, Next.REMIND_FIRST, fail)
    assert run(D(2026, 12, 3)) == {"failed": 1, "remind_first": 1}
    assert f"booking {bad.pk}" in caplog.text
    assert fresh(good).next_step == Next.REMIND_SECOND
    monkeypatch.undo()
    assert run(D(2026, 12, 3)) == {"remind_first": 1}


def test_at_most_so_many():
    for _ in range(3):
        asked()
    with time_machine.travel(at(D(2026, 12, 3), TEN), tick=False):
        assert run_due(most=2).total() == 2
        assert run_due().total() == 1


def test_what_fails_does_not_count_for_that(monkeypatch):
    bad, _good = asked(), asked()
    remind = acting._DO[Next.REMIND_FIRST]

    def fail(booking, *args):
        assert booking.pk != bad.pk
        remind(booking, *args)

    monkeypatch.setitem(acting._DO, Next.REMIND_FIRST, fail)
    with time_machine.travel(at(D(2026, 12, 3), TEN), tick=False):
        assert run_due(most=1) == {"failed": 1, "remind_first": 1}


def test_the_task_goes_on_with_what_is_left(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(publisher, "publish", lambda name, args: woken.append(name) or True)
    monkeypatch.setattr(tasks, "STEPS", 2)
    for _ in range(3):
        asked()
    with time_machine.travel(at(D(2026, 12, 3), TEN), tick=False):
        for again in (1, 0):
            woken.clear()
            with django_capture_on_commit_callbacks(execute=True):
                tasks.run_due()
            assert woken.count("bookings.run_due") == again
    assert not Booking.objects.filter(next_step=Next.REMIND_FIRST).exists()


def test_more_than_a_batch(monkeypatch):
    monkeypatch.setattr(acting, "BATCH", 2)
    for _ in range(5):
        asked()
    assert run(D(2026, 12, 3)) == {"remind_first": 5}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_each_step_once():
    pks = [asked().pk for _ in range(12)]
    now, found, start = at(D(2026, 12, 3), TEN), [], threading.Barrier(2)

    def work():
        start.wait()
        try:
            found.append(run_due(now=now))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(each["remind_first"] for each in found) == 12
    assert all(Booking.objects.get(pk=pk).events.count() == 1 for pk in pks)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_in_hand_waits_for_the_next_run():
    held, free = asked(), asked()
    now, found = at(D(2026, 12, 3), TEN), []

    def work():
        found.append(dict(run_due(now=now)))
        connection.close()

    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=held.pk)
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(timeout=30)
    assert found == [{"remind_first": 1}]
    assert fresh(free).next_step == Next.REMIND_SECOND
    assert run_due(now=now) == {"remind_first": 1}


def test_as_many_queries_for_three_as_for_one_that_is_not_due(django_assert_num_queries):
    asked()
    with django_assert_num_queries(5):
        run_due(now=at(D(2026, 12, 5), TEN))
    asked(), asked()
    with django_assert_num_queries(5):
        run_due(now=at(D(2026, 12, 5), TEN))


def test_every_live_state_has_a_next_step():
    assert {*LIVE} == {State.QUEUED, State.ASKED, State.PROPOSED, State.AGREED, State.CONFIRMED}
    assert {*clock.ANSWERING, *clock.DAYS} == set(Next)
    assert set(acting._DO) == set(Next)
    assert Step.EXPIRE in Step


def test_an_answer_that_ran_out_in_a_holiday_makes_no_reminder_come_twice():
    """The change of a settled day waited for a working day to lapse, and each run mailed the reminder again."""
    with time_machine.travel(dt.datetime(2026, 12, 14, 10, tzinfo=dt.UTC)) as now:
        parties = Parties()
        settled = booking_in(State.AGREED, parties=parties, days=20)
        asked = parties.do("propose_change", settled, Side.SCHOOL, date=settled.date + dt.timedelta(days=100))
        assert asked.next_step == Next.REMIND_FIRST
        for day, reminder in ((26, Next.WEEK_BEFORE), (33, Next.DAY_BEFORE)):
            now.move_to(dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC) + dt.timedelta(days=day - 1))
            assert run_due() == {reminder: 1}
            assert run_due() == {}


def test_nor_once_the_other_side_is_reminded_after_the_holiday():
    with time_machine.travel(dt.datetime(2026, 12, 14, 10, tzinfo=dt.UTC)) as now:
        parties = Parties()
        settled = booking_in(State.AGREED, parties=parties, days=23)
        parties.do("propose_change", settled, Side.SCHOOL, date=settled.date + dt.timedelta(days=100))
        for day, done in ((dt.date(2026, 12, 26), Next.WEEK_BEFORE), (dt.date(2027, 1, 4), Next.REMIND_FIRST)):
            now.move_to(dt.datetime.combine(day, dt.time(10), dt.UTC))
            assert run_due() == {done: 1}
            assert run_due() == {}
        assert Booking.objects.get().next_step == Next.DAY_BEFORE
