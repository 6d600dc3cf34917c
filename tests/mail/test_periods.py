"""The period of an overview: whole days and weeks on the clocks of the Netherlands, also when these are changed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from techfinder.mail.policy.periods import clocks, period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHTS = [dt.date(2027, 3, 28), dt.date(2027, 10, 31)]


def local(*parts, fold=0):
    return dt.datetime(*parts, tzinfo=AMSTERDAM, fold=fold)


@pytest.mark.parametrize(
    ("frequency", "hour", "weekday", "now", "start", "end"),
    [
        ("daily", 7, 0, local(2026, 11, 21, 6, 59), local(2026, 11, 20, 7), local(2026, 11, 21, 7)),
        ("daily", 7, 0, local(2026, 11, 21, 7), local(2026, 11, 21, 7), local(2026, 11, 22, 7)),
        ("instant", 18, 3, local(2026, 11, 21, 12), local(2026, 11, 20, 18), local(2026, 11, 21, 18)),
        ("weekly", 7, 0, local(2026, 11, 23, 6, 59), local(2026, 11, 16, 7), local(2026, 11, 23, 7)),
        ("weekly", 7, 0, local(2026, 11, 23, 7), local(2026, 11, 23, 7), local(2026, 11, 30, 7)),
        ("weekly", 9, 6, local(2026, 11, 21, 12), local(2026, 11, 15, 9), local(2026, 11, 22, 9)),
        # 02:30 in the night that the clock goes forward does not exist, and is read as half an hour on: 03:30.
        ("daily", 7, 0, local(2027, 3, 28, 2, 30), local(2027, 3, 27, 7), local(2027, 3, 28, 7)),
        ("daily", 7, 0, local(2027, 3, 28, 7), local(2027, 3, 28, 7), local(2027, 3, 29, 7)),
        ("daily", 7, 0, local(2027, 10, 31, 2, 30), local(2027, 10, 30, 7), local(2027, 10, 31, 7)),
        ("daily", 7, 0, local(2027, 10, 31, 2, 30, fold=1), local(2027, 10, 30, 7), local(2027, 10, 31, 7)),
        ("weekly", 7, 6, local(2027, 3, 28, 7), local(2027, 3, 28, 7), local(2027, 4, 4, 7)),
        ("weekly", 7, 6, local(2027, 10, 31, 6, 59), local(2027, 10, 24, 7), local(2027, 10, 31, 7)),
    ],
)
def test_the_period_that_a_moment_is_in(frequency, hour, weekday, now, start, end):
    found = period(frequency, now, hour, weekday)
    assert (found.start, found.end) == (start.astimezone(dt.UTC), end.astimezone(dt.UTC))
    assert found.day == start.date()


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("frequency", ["daily", "weekly"])
@pytest.mark.parametrize("hour", range(24))
def test_periods_neither_overlap_nor_leave_a_hole(night, frequency, hour):
    """Also of the hour that is skipped, and of the one that comes twice."""
    at = local(night.year, night.month, night.day).astimezone(dt.UTC) - dt.timedelta(days=8)
    found = period(frequency, at, hour, night.weekday())
    for _ in range(16 * 24 * 4):
        at += dt.timedelta(minutes=15)
        now = period(frequency, at, hour, night.weekday())
        assert now.start <= at < now.end
        assert now in (found, period(frequency, found.end, hour, night.weekday()))
        assert now == found or now.start == found.end
        found = now


@pytest.mark.parametrize(("night", "hours"), [(NIGHTS[0], 23), (NIGHTS[1], 25)])
@pytest.mark.parametrize("hour", [0, 2, 3, 7, 20])
def test_the_day_of_the_change_is_an_hour_shorter_or_longer(night, hours, hour):
    noon = local(night.year, night.month, night.day, 12)
    changed = period("daily", noon - dt.timedelta(days=hour > 2), hour, 0)
    assert round((changed.end - changed.start) / dt.timedelta(hours=1)) in (hours, 24)
    around = [period("daily", noon + dt.timedelta(days=days), hour, 0) for days in (-1, 0, 1)]
    lengths = sorted({(each.end - each.start) // dt.timedelta(hours=1) for each in around})
    assert lengths == sorted({24, hours})


def test_there_is_a_clock_for_every_choice():
    now = local(2026, 11, 21, 12)
    found = list(clocks(now))
    assert len({each[:3] for each in found}) == len(found) == 24 * 8
    for each in found:
        assert each.now == period("weekly" if each.weekly else "daily", now, each.hour, each.weekday)
