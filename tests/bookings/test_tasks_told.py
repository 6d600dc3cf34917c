"""What coordinators are mailed of their desk: once, at their hour; a concern at once."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.models import Task, TaskTold
from techfinder.bookings.telling.to_coordinators import tell_tasks
from techfinder.mail.actions import deliver_due
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties
from tests.factories.mail import choose
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HALF_HOUR = dt.timedelta(minutes=30)
Kind = Task.Kind


def local(*parts):
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture
def clock():
    """A Tuesday at noon, far from any holiday."""
    with time_machine.travel(local(2026, 11, 24, 12), tick=False) as clock:
        yield clock


@pytest.fixture
def parties(clock):
    parties = Parties()
    parties.coordinator.moderates.add(parties.request.school.municipality)
    return parties


@pytest.fixture
def a_task(parties):
    booking = parties.ask()

    def make(kind=Kind.SILENT):
        return open_task(kind=kind, about=booking)

    return make


def letters():
    return list(OutgoingMail.objects.filter(kind="tasks").order_by("pk"))


def run_until(clock, end):
    """The beat, every half hour up to this moment. Returns when mail was queued."""
    found = []
    while timezone.now() < end:
        if tell_tasks():
            found.append(timezone.localtime())
        clock.shift(HALF_HOUR)
    return found


def test_one_mail_a_day_at_the_chosen_hour(clock, parties, a_task):
    choose([parties.coordinator], digest_hour=9)
    a_task()
    clock.shift(HALF_HOUR)
    a_task(Kind.CONFLICT)
    assert run_until(clock, local(2026, 11, 25, 12)) == [local(2026, 11, 25, 9)]
    a_task(Kind.CONTACT_GONE)
    assert run_until(clock, local(2026, 11, 27)) == [local(2026, 11, 26, 9)]
    assert [mail.subject for mail in letters()] == ["2 nieuwe taken op je werklijst", "1 nieuwe taak op je werklijst"]
    assert {mail.to for mail in letters()} == {parties.coordinator.email}


def test_a_concern_comes_at_once_and_is_not_the_overview_of_the_day(clock, parties, a_task):
    a_task()
    a_task(Kind.CONCERN)
    assert tell_tasks() == 1
    a_task(Kind.CONFLICT)
    assert tell_tasks() == 0
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 25, 7)]
    assert [TaskTold.objects.filter(mail=mail).count() for mail in letters()] == [2, 1]


def test_once_a_week_or_never(clock, parties, a_task):
    choose([parties.coordinator], tasks=Frequency.WEEKLY, digest_day=4)
    a_task()
    assert run_until(clock, local(2026, 11, 30)) == [local(2026, 11, 27, 7)]
    choose([parties.coordinator], tasks=Frequency.NONE)
    a_task(Kind.CONFLICT)
    a_task(Kind.CONCERN)
    assert run_until(clock, local(2026, 12, 6)) == []


def test_nothing_at_night(clock, settings, parties, a_task):
    settings.QUIET_HOURS = (20, 7)
    clock.move_to(local(2026, 11, 24, 21))
    a_task(Kind.CONCERN)
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 25, 7)]


def test_days_without_a_beat_are_one_mail(clock, parties, a_task):
    for kind in (Kind.SILENT, Kind.CONFLICT, Kind.CONTACT_GONE):
        a_task(kind)
        clock.shift(dt.timedelta(days=1))
    clock.move_to(local(2026, 12, 2, 15))
    assert run_until(clock, local(2026, 12, 4)) == [local(2026, 12, 2, 15)]
    assert letters()[0].subject == "3 nieuwe taken op je werklijst"


@pytest.mark.parametrize("night", [(2027, 3, 28), (2027, 10, 31)])
def test_one_in_the_nights_that_the_clock_is_changed(clock, parties, a_task, night):
    clock.move_to(local(*night) - dt.timedelta(hours=12))
    a_task()
    assert run_until(clock, local(*night) + dt.timedelta(days=1)) == [local(*night, 7)]


def test_a_task_that_was_written_late_is_told_later(clock, parties, a_task):
    """It began before a mail went, and was committed after it: what was told is known by name, not by the time."""
    a_task()
    late = a_task(Kind.CONFLICT)
    Task.objects.filter(pk=late.pk).update(region=None)
    clock.move_to(local(2026, 11, 25, 7))
    assert tell_tasks() == 1
    Task.objects.filter(pk=late.pk).update(region=parties.request.school.municipality)
    clock.move_to(local(2026, 11, 26, 7))
    assert tell_tasks() == 1
    assert [TaskTold.objects.filter(mail=mail).count() for mail in letters()] == [1, 1]


def test_what_was_done_before_it_went_is_left_out(clock, parties, a_task, smtp_sink):
    first, second = a_task(), a_task(Kind.CONFLICT)
    OutgoingMail.objects.all().delete()
    clock.move_to(local(2026, 11, 25, 7))
    assert tell_tasks() == 1
    clock.shift(dt.timedelta(minutes=5))
    Task.objects.filter(pk=first.pk).update(done_at=timezone.now())
    assert deliver_due() == 1
    assert smtp_sink.messages[0].message["Subject"] == "1 nieuwe taak op je werklijst"
    clock.move_to(local(2026, 11, 26, 7))
    a_task(Kind.CONTACT_GONE)
    clock.move_to(local(2026, 11, 27, 7))
    assert tell_tasks() == 1
    clock.shift(dt.timedelta(minutes=5))
    Task.objects.update(done_at=timezone.now())
    assert deliver_due() == 0
    assert letters()[-1].state == OutgoingMail.State.OVERTAKEN
    assert second.pk


@pytest.mark.parametrize("count", [1, 3])
def test_whom_nothing_is_told_costs_no_query(clock, parties, a_task, count):
    others = UserFactory.create_batch(count)
    network = Region.objects.create(code="RPA99", slug="rpa", name="RPA", type=Region.Type.PROVINCE)
    parties.request.school.municipality.networks.add(network)
    for other in others:
        other.moderates.add(network)
    a_task()
    clock.move_to(local(2026, 11, 25, 7))
    assert tell_tasks() == count + 1
    with CaptureQueriesContext(connection) as queries:
        assert tell_tasks() == 0
    assert len(queries) == 8


@pytest.mark.django_db(transaction=True)
def test_two_beats_tell_once(a_task, clock):
    a_task()
    now = local(2026, 11, 25, 7)
    in_threads(4, lambda: tell_tasks(now=now))
    assert len(letters()) == 1
