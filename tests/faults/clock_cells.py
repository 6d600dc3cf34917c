"""The cells in which it is another time: overviews across a missed tick, with two beats, and on the nights of DST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from tests.faults import changes, faults
from tests.faults.cells import Result, result
from tests.faults.processes import PATIENCE, now
from tests.faults.site import Site
from tests.support.servers import wait_until

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DIGEST_HOUR = 7
# Seconds between two looks at whose overview is due.
EVERY = 3
# Seconds before the hour at which the processes start again.
BEFORE = 5


def weekly(day: dt.date) -> dict[str, object]:
    """What companies want: one mail a week, on this day."""
    return {"matches": "weekly", "digest_day": day.weekday(), "digest_hour": DIGEST_HOUR}


@contextmanager
def at(site: Site, moment: dt.datetime) -> Iterator[None]:
    """It is that moment for us, and for every process that is started from here on."""
    clock = (moment.isoformat(), now())
    site.options["clock"] = clock
    with changes.travel(*clock):
        yield


def overviews(site: Site, cell: str, *, first: dt.datetime, seconds: float, beat_late_by: float) -> Result:
    """Post from `first` on; let the hour of the overviews pass without a beat; then start all beats at once.

    Everything before the hour goes in one mail to each company, which comes once, also when the clock passes the hour
    again.
    """
    hour = dt.datetime.combine(first.date(), dt.time(DIGEST_HOUR), AMSTERDAM)
    with at(site, first), site.running():
        site.post(seconds)
        faults.nothing(site)
        site.posting.join()
        wait_until(site.is_matched, 3 * PATIENCE, "what was posted is not matched")
        wait_until(site.schools_are_told, 3 * PATIENCE, "the schools are not told")
        site.stop_parts()
        with at(site, hour - dt.timedelta(seconds=BEFORE)):
            _pass_the_hour(site, beat_late_by)
            ended = now()
            site.wait_for_all()
        site.stop_parts()
        with at(site, hour - dt.timedelta(seconds=2)):
            site.start_parts()
            site.wait(4 * EVERY)
            return result(site, cell, site.judged(), allowed=0, ended=ended)


def _pass_the_hour(site: Site, late: float) -> None:
    site.start_parts(beats=False)
    site.kills += len(site.beat)
    site.wait(BEFORE + late)
    for beat in site.beat:
        beat.start()
