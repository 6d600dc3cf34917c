"""Days on which somebody is at the desk."""

import datetime as dt

import pytest

from techfinder.taxonomy.workdays import Workdays, at, is_day_time

D = dt.date
NORTH, MIDDLE, SOUTH = Workdays("Noord"), Workdays("Midden"), Workdays("Zuid")


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        (D(2026, 11, 23), True),  # a Monday
        (D(2026, 11, 21), False),  # a Saturday
        (D(2026, 12, 25), False),
        (D(2026, 12, 21), False),  # Christmas holiday
        (D(2027, 1, 4), True),
        (D(2027, 3, 29), False),  # Easter Monday
        (D(2027, 5, 6), False),  # Ascension
        (D(2027, 5, 7), True),
        (D(2029, 4, 2), False),  # Easter Monday, beyond the school holidays that are known
        (D(2029, 7, 30), True),
    ],
)
def test_holidays_and_weekends_are_no_working_days(day, is_workday):
    assert NORTH.holds(day) == is_workday


def test_each_region_has_its_own_holidays():
    monday = D(2027, 2, 15)
    assert not SOUTH.holds(monday)
    assert NORTH.holds(monday)
    assert not MIDDLE.holds(D(2027, 2, 22))


def test_of_an_unknown_region_only_what_all_three_have_is_holiday():
    unknown = Workdays("")
    assert unknown.holds(D(2027, 2, 15))
    assert not unknown.holds(D(2026, 12, 22))
    assert not unknown.holds(D(2027, 8, 2))
    assert Workdays(" noord ").holds(D(2026, 10, 12)) == NORTH.holds(D(2026, 10, 12)) is False


def test_days_away_do_not_count():
    away = Workdays("Noord", (D(2026, 11, 24), D(2026, 11, 26)))
    assert away.after(D(2026, 11, 23), 1) == D(2026, 11, 27)
    assert NORTH.after(D(2026, 11, 23), 1) == D(2026, 11, 24)


def test_ten_working_days_over_christmas():
    assert NORTH.after(D(2026, 11, 30), 10) == D(2026, 12, 14)
    assert NORTH.after(D(2026, 12, 14), 10) == D(2027, 1, 11)
    # The day itself does not count, whichever it is.
    assert NORTH.after(D(2026, 11, 28), 1) == NORTH.after(D(2026, 11, 29), 1) == D(2026, 11, 30)


def test_working_days_between():
    assert NORTH.between(D(2026, 11, 30), D(2026, 12, 14)) == 10
    assert NORTH.between(D(2026, 12, 14), D(2027, 1, 11)) == 10
    assert NORTH.between(D(2026, 11, 30), D(2026, 11, 30)) == 0
    assert NORTH.between(D(2026, 11, 30), D(2026, 11, 27)) == 0


def test_the_last_working_day_until():
    assert NORTH.until(D(2027, 1, 3)) == D(2026, 12, 18)
    assert NORTH.until(D(2027, 1, 4)) == D(2027, 1, 4)


def test_eight_in_the_morning_is_that_in_summer_and_in_winter():
    assert at(D(2027, 3, 27)).astimezone(dt.UTC).hour == 7
    assert at(D(2027, 3, 28)).astimezone(dt.UTC).hour == 6
    assert at(D(2027, 10, 30)).astimezone(dt.UTC).hour == 6
    assert at(D(2027, 10, 31)).astimezone(dt.UTC).hour == 7


@pytest.mark.parametrize(("hour", "minute", "holds"), [(7, 59, False), (8, 0, True), (17, 59, True), (18, 0, False)])
def test_the_day_time(hour, minute, holds):
    assert is_day_time(at(D(2027, 6, 1), dt.time(hour, minute))) is holds
