"""What the worker does when somebody posts: one item against 100,000 of the other side, and 1,000 posts at once.

`make bench`; docs/performance.md. BENCH_SCALE=0.1 makes a tenth, to try the benchmark itself.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F

from techfinder.activities.models import Activity
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.actions.sweeping import match_what_waits
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling import notifications
from techfinder.requests.models import Request
from tests.benchmarks import country
from tests.benchmarks.clock import clock, histogram, line, machine, seconds

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
MANY = int(100_000 * SCALE)
TIMES = 300
BURST = int(min(1000, 10_000 * SCALE))
LIMIT = 0.050


def test_one_item_against_a_hundred_thousand(tmp_path, redis_server):
    print(f"\n{MANY} requests x {MANY} activities; {machine()}")
    country.import_schools(country.school_table(tmp_path))
    country.add_other_schools()
    with clock("(made the country)"):
        country.make(MANY * 5 // 4, MANY)
        country.fulfil(5)
        country.add_people()
    with clock("full rematch"):
        actions.rematch(everything=True)
    # As PostgreSQL does by itself within a minute: what a full run left of old rows is no cost of one item.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    rng = random.Random(1)
    assert each_request(rng) < LIMIT or SCALE < 1
    assert each_activity(rng) < LIMIT or SCALE < 1


def test_a_thousand_at_once(tmp_path):
    country.import_schools(country.school_table(tmp_path))
    country.make(int(10_000 * SCALE), int(30_000 * SCALE))
    country.add_people()
    actions.rematch(everything=True)
    newest = Request.objects.order_by("-pk")[:BURST].values("pk")
    Match.objects.filter(request__in=newest).delete()
    Request.objects.filter(pk__in=newest).update(quiet=False, matched_version=0)
    with clock(f"{BURST} new requests: matched, notifications queued") as taken:
        match_what_waits(today=None, until=time.monotonic() + 120)
    found = Match.objects.filter(request__in=newest).count()
    line("  queued", f"{Notification.objects.count():,} notifications of {found:,} matches")
    with clock("their mails composed and put in the outbox"):
        while notifications.tell_waiting():
            pass
    line("  queued", f"{OutgoingMail.objects.count():,} mails")
    assert not Request.objects.filter(version__gt=F("matched_version")).exists()
    assert OutgoingMail.objects.count() >= BURST * 0.9
    assert taken.wall < 30


def each_request(rng: random.Random) -> float:
    """New ones: never matched, so that every pair is written; as the task does it."""
    chosen = rng.sample(list(Request.objects.open().values_list("pk", flat=True)), TIMES)
    Match.objects.filter(request__in=chosen).delete()
    took = [_matched(Request, pk, lambda pk: actions.match_waiting_request(request_id=pk)) for pk in chosen]
    assert Match.objects.filter(request__in=chosen).exists()
    return histogram(f"one new request against {MANY} activities", took)


def each_activity(rng: random.Random) -> float:
    chosen = rng.sample(list(Activity.objects.values_list("pk", flat=True)), TIMES)
    Match.objects.filter(activity__in=chosen).delete()
    took = [_matched(Activity, pk, lambda pk: actions.match_waiting_activity(activity_id=pk)) for pk in chosen]
    return histogram(f"one new activity against {MANY} requests", took)


def _matched(items: type[Request] | type[Activity], pk: int, match: Callable[[int], object]) -> float:
    """How long it takes after the item changed."""
    items.objects.filter(pk=pk).update(version=F("version") + 1)
    return seconds(lambda: match(pk))
