"""When may somebody be mailed: nights, school holidays, and what waits for neither."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder import env
from techfinder.mail.kinds import KINDS
from techfinder.mail.policy import quiet
from techfinder.mail.policy.quiet import ANYBODY, Zone
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory

DIRECT, REMINDER, SURVEY = KINDS["booking_asked"], KINDS["booking_day_before"], KINDS["booking_after"]
SUGGESTION, DIGEST, CODE = KINDS["match_school"], KINDS["match_digest"], KINDS["account_code"]
NORTH, SOUTH = Zone(True, "Noord"), Zone(True, "Zuid")


def clock(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.fixture(autouse=True)
def _quiet_hours(settings):
    settings.QUIET_HOURS = (20, 7)


def opens(kind, zone, at, **more):
    return timezone.localtime(quiet.opens(kind, zone, clock(at), **more)).strftime("%Y-%m-%d %H:%M")


# Tuesday 10 November 2026: no holiday anywhere.
@pytest.mark.parametrize(
    ("kind", "zone", "at", "opening"),
    [
        (SUGGESTION, ANYBODY, "2026-11-10 20:00", "2026-11-11 07:00"),
        (SUGGESTION, ANYBODY, "2026-11-10 06:59", "2026-11-10 07:00"),
        (SUGGESTION, ANYBODY, "2026-11-10 07:00", "2026-11-10 07:00"),
        (SUGGESTION, ANYBODY, "2026-11-10 19:59", "2026-11-10 19:59"),
        (DIGEST, ANYBODY, "2026-11-10 23:30", "2026-11-11 07:00"),
        (REMINDER, ANYBODY, "2026-11-10 00:00", "2026-11-10 07:00"),
        (DIRECT, ANYBODY, "2026-11-10 23:30", "2026-11-10 23:30"),
        (DIRECT, NORTH, "2026-11-10 23:30", "2026-11-11 07:00"),
        (DIRECT, NORTH, "2026-11-10 12:00", "2026-11-10 12:00"),
        (CODE, NORTH, "2026-11-10 23:30", "2026-11-10 23:30"),
    ],
)
def test_at_night_what_can_wait_waits(kind, zone, at, opening):
    assert opens(kind, zone, at) == opening


@pytest.mark.parametrize("kind", [DIRECT, SUGGESTION])
def test_what_is_urgent_goes_at_night_and_in_holidays(kind):
    assert opens(kind, NORTH, "2026-12-24 23:30", urgent=True) == "2026-12-24 23:30"


# The spring holiday of 2027: South 13-21 February, North 20-28 February.
@pytest.mark.parametrize(
    ("kind", "zone", "at", "opening"),
    [
        (SUGGESTION, SOUTH, "2027-02-15 10:00", "2027-02-22 07:00"),
        (SUGGESTION, NORTH, "2027-02-15 10:00", "2027-02-15 10:00"),
        (SUGGESTION, NORTH, "2027-02-22 10:00", "2027-03-01 07:00"),
        (SURVEY, SOUTH, "2027-02-15 10:00", "2027-02-22 07:00"),
        # The evening before the first day of the holiday: the morning after lies in it.
        (DIGEST, SOUTH, "2027-02-12 21:00", "2027-02-22 07:00"),
        (DIGEST, SOUTH, "2027-02-21 23:00", "2027-02-22 07:00"),
        (SUGGESTION, ANYBODY, "2027-02-15 10:00", "2027-02-15 10:00"),
        (REMINDER, SOUTH, "2027-02-15 10:00", "2027-02-15 10:00"),
        (DIRECT, SOUTH, "2027-02-15 10:00", "2027-02-15 10:00"),
        (DIRECT, SOUTH, "2027-02-15 22:00", "2027-02-16 07:00"),
        # A school of which nobody knows the region rests when all do.
        (SUGGESTION, Zone(True), "2027-02-15 10:00", "2027-02-15 10:00"),
        (SUGGESTION, Zone(True), "2026-12-22 10:00", "2027-01-04 07:00"),
    ],
)
def test_a_school_is_not_suggested_anything_in_its_holidays(kind, zone, at, opening):
    assert opens(kind, zone, at) == opening


def test_the_first_school_day_is_no_public_holiday():
    # Christmas holiday until Sunday 9 January 2028; the May holiday of 2027 ends on Sunday 2 May.
    assert opens(SUGGESTION, NORTH, "2027-12-27 10:00") == "2028-01-10 07:00"
    assert opens(SUGGESTION, NORTH, "2027-04-28 10:00") == "2027-05-03 07:00"


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2027-03-27 23:30", "2027-03-28 05:00+00:00"),
        ("2027-03-28 03:30", "2027-03-28 05:00+00:00"),
        ("2027-10-30 23:30", "2027-10-31 06:00+00:00"),
        ("2027-10-31 02:30", "2027-10-31 06:00+00:00"),
    ],
)
def test_morning_is_seven_on_the_clock_when_the_clock_changes(at, opening):
    assert quiet.opens(SUGGESTION, ANYBODY, clock(at)) == dt.datetime.fromisoformat(opening)


def test_without_quiet_hours_nothing_waits(settings):
    settings.QUIET_HOURS = None
    assert opens(DIGEST, NORTH, "2026-12-24 23:30") == "2026-12-24 23:30"


# ------------------------------------------------------------- whose address


@pytest.mark.django_db
def test_the_rooms_above_say_which_address_is_a_school_s():
    school = SchoolFactory(holiday_region="Zuid")
    teacher, boss = MembershipFactory(school=school).user, MembershipFactory(board=BoardFactory()).user
    left, company = MembershipFactory(school=school, status="left").user, MembershipFactory(provider=ProviderFactory())
    asker = RequestFactory(school=school).contact
    RequestFactory(school=school, contact=None, contact_email="juf@school.example")
    people = [teacher.email.upper(), boss.email, left.email, company.user.email, asker.email, "juf@school.example"]
    zones = quiet.zones_of(people)
    assert zones[teacher.email] == zones[asker.email] == zones["juf@school.example"] == Zone(True, "Zuid")
    assert zones[boss.email] == Zone(True, "")
    assert zones[left.email] == zones[company.user.email] == ANYBODY


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_each_room_is_asked_once(django_assert_num_queries, count):
    people = [MembershipFactory(school=SchoolFactory(holiday_region="Noord")).user.email for _ in range(count)]
    with django_assert_num_queries(2):
        assert set(quiet.zones_of(people).values()) == {Zone(True, "Noord")}


@pytest.mark.django_db
def test_nobody_is_looked_up_when_it_makes_no_difference(django_assert_num_queries):
    noon, night = clock("2026-11-10 12:00"), clock("2026-11-10 23:30")
    with django_assert_num_queries(0):
        assert quiet.opens_for(DIRECT, "a@b.example", noon) == noon
        assert quiet.opens_for(SUGGESTION, "a@b.example", night) == clock("2026-11-11 07:00")
    with django_assert_num_queries(2):
        assert quiet.opens_for(DIRECT, "a@b.example", night) == night


# ------------------------------------------------------------- the setting


@pytest.mark.parametrize(("value", "hours"), [("", (20, 7)), ("22-6", (22, 6)), ("none", None)])
def test_the_quiet_hours_are_a_setting(tmp_path, value, hours):
    environ = {"TECHFINDER_QUIET_HOURS": value, "TECHFINDER_LOCAL_DIR": str(tmp_path)}
    assert env.read(environ).quiet_hours == hours


@pytest.mark.parametrize("value", ["7-20", "20", "20-25", "twenty", "24-7", "20-0"])
def test_hours_that_are_none_are_a_fault(tmp_path, value):
    with pytest.raises(env.EnvironmentFaultError, match="QUIET_HOURS must be 'none' or an hour"):
        env.read({"TECHFINDER_QUIET_HOURS": value, "TECHFINDER_LOCAL_DIR": str(tmp_path)})
