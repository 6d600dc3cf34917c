"""Ten thousand overviews in one night: what they cost the worker, its memory, and the site meanwhile. `make bench`.

BENCH_SCALE=0.05 makes a twentieth, to try the benchmark itself.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.env import ROOT
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match, Notification
from techfinder.organisations.models import Membership
from techfinder.requests.models import Request
from tests.benchmarks import load
from tests.benchmarks.clock import clock, line, machine
from tests.benchmarks.load import Load
from tests.benchmarks.search_site.running import Site, production, running
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
PEOPLE = int(10_000 * SCALE)
# Each has so many matches to hear of; a tenth acts for a company.
EACH = 4
PAGES = max(200, int(2_000 * SCALE))
# One visitor after another: two would have both cores to themselves without any worker.
CONNECTIONS = 1
SECONDS, TIMES_IDLE, GROWTH_MB = 300, 2, 30

# The worker: a process of its own, which says every thousand how much memory it has.
WORKER = """
import datetime as dt, resource, time
import django, psutil
django.setup()
from django.utils import timezone
from techfinder.matches.telling import digest
own, start, said = psutil.Process(), time.perf_counter(), 0
run, after = digest.Run(timezone.now()), 0
while (reached := run.take(after)) is not None:
    after = reached
    if run.told // STEP > said:
        said = run.told // STEP
        print("memory", run.told, own.memory_info().rss / 1e6, flush=True)
used = resource.getrusage(resource.RUSAGE_SELF)
print("done", run.told, time.perf_counter() - start, used.ru_utime + used.ru_stime, flush=True)
"""


def test_ten_thousand_overviews_in_one_night(tmp_path: Path, site_environment: dict[str, str]) -> None:
    print(f"\n{PEOPLE} people with {EACH} new matches each; {machine()}")
    with clock("(made them)"):
        addresses = make(random.Random(7))
    connection.close()
    environment = production(site_environment, tmp_path / "local")
    with running("ours", environment, tmp_path / "site.log") as site:
        ask(site, addresses[:100])
        idle = ask(site, addresses)
        report("the site, idle", idle)
        with working(environment, tmp_path / "worker.txt") as worker:
            meanwhile = []
            while worker.poll() is None:
                meanwhile.append(ask(site, addresses))
        after = ask(site, addresses)
    told = said(tmp_path / "worker.txt")
    busy = [took for each in meanwhile for took in each.took]
    slower = p95(busy) / p95(idle.took)
    line("the site meanwhile", f"p95 {p95(busy) * 1000:.0f} ms over {len(busy)} pages: {slower:.2f} x idle")
    report("the site afterwards", after)
    assert told == PEOPLE == OutgoingMail.objects.filter(kind="match_digest").count()
    assert not Notification.objects.filter(told_at=None).exists()
    if SCALE >= 1:
        assert slower < TIMES_IDLE


@contextmanager
def working(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker, one process."""
    script = WORKER.replace("STEP", str(max(1, PEOPLE // 10)))
    with log.open("wb") as file:
        own = {**environment, "DJANGO_SETTINGS_MODULE": "techfinder.settings"}
        process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=own, stdout=file, stderr=file)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def said(log: Path) -> int:
    """How many it told; it took no longer and no more memory than it may."""
    memory: list[tuple[int, float]] = []
    told, wall, cpu = 0, 0.0, 0.0
    for row in log.read_text().splitlines():
        name, *values = row.split()
        if name == "memory":
            memory.append((int(values[0]), float(values[1])))
        elif name == "done":
            told, wall, cpu = int(values[0]), float(values[1]), float(values[2])
    assert told, log.read_text()[-4000:]
    line(f"{told:,} overviews, with the site under load", f"{wall:.1f} s, processor {cpu:.1f} s")
    line("  each", f"{wall / told * 1000:.2f} ms, processor {cpu / told * 1000:.2f} ms")
    line("  memory after each tenth (MB)", " ".join(f"{each:.0f}" for _count, each in memory))
    if SCALE >= 1:
        assert wall < SECONDS
        assert max(each for _count, each in memory[1:]) - memory[0][1] < GROWTH_MB
    return told


def ask(site: Site, addresses: list[str]) -> Load:
    return load.run(site.port, addresses, {"Python": load.processor_of(site.pid)}, CONNECTIONS)


def report(what: str, measured: Load) -> None:
    median = statistics.median(measured.took) * 1000
    line(what, f"p50 {median:.0f} ms, p95 {p95(measured.took) * 1000:.0f} ms, {measured.rate:.0f} pages a second")


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[94]


# ---------------------------------------------------------------- the country


def make(rng: random.Random) -> list[str]:
    """People of schools and companies, each with matches that nobody told them of. Gives addresses of pages."""
    towns = RegionFactory.create_batch(40)
    schools = [SchoolFactory(municipality=rng.choice(towns)) for _ in range(400)]
    providers = [ProviderFactory(municipality=rng.choice(towns)) for _ in range(300)]
    activities = [
        ActivityFactory(provider=rng.choice(providers), description="Wind en water. " * 150) for _ in range(1000)
    ]
    people = User.objects.bulk_create(
        User(email=f"mens{number}@voorbeeld{number % 90}.example", name=f"Mens {number}", password="!")
        for number in range(PEOPLE)
    )
    companies, teachers = people[: PEOPLE // 10], people[PEOPLE // 10 :]
    requests = _requests(rng, schools, teachers)
    matches = _matches(rng, requests, activities)
    _notify(rng, matches, companies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [f"/aanbod/{rng.choice(activities).slug}/" for _ in range(PAGES // 2)] + ["/aanbod/"] * (PAGES // 2)


def _requests(rng: random.Random, schools: list[object], teachers: list[User]) -> list[Request]:
    like = RequestFactory(school=schools[0], quiet=True)
    names = ("levels", "themes", "audience", "group_size", "date_from", "date_until", "status", "confirmed_at")
    common = {name: getattr(like, name) for name in names}
    Request.objects.filter(pk=like.pk).delete()
    return Request.objects.bulk_create(
        Request(school=rng.choice(schools), contact=each, contact_email=each.email, title="Iets bouwen", **common)
        for each in teachers
    )


def _matches(rng: random.Random, requests: list[Request], activities: list[Activity]) -> list[Match]:
    reasons = [["distance_km", 8.2], ["levels", ["po-7"]], ["themes", ["energie"]], ["delivery", ["at_school"]]]
    rows = [
        Match(request=each, activity=activity, score=score, reasons=reasons, placed_at=timezone.now())
        for each in requests
        for activity in rng.sample(activities, EACH)
        for score in [rng.uniform(40, 99)]
    ]
    return Match.objects.bulk_create(rows, batch_size=5000)


def _notify(rng: random.Random, matches: list[Match], companies: list[User]) -> None:
    """Each of a school hears of own matches, each of a company of some of its own provider's activities."""
    of_schools = [
        Notification(recipient=each.request.contact, side=Notification.Side.SCHOOL, match=each) for each in matches
    ]
    by_provider: dict[int, list[Match]] = {}
    for each in matches:
        by_provider.setdefault(each.activity.provider_id, []).append(each)
    acting = {person.pk: rng.choice(list(by_provider)) for person in companies}
    Membership.objects.bulk_create(
        Membership(user_id=person, provider_id=own, status=Membership.Status.ACTIVE) for person, own in acting.items()
    )
    of_companies = [
        Notification(recipient=person, side=Notification.Side.PROVIDER, match=each)
        for person in companies
        for each in by_provider[acting[person.pk]][:EACH]
    ]
    Notification.objects.bulk_create(of_schools + of_companies, batch_size=5000)
    Notification.objects.update(due_at=timezone.now() - dt.timedelta(days=2))
