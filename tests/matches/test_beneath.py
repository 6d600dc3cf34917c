"""What lies beneath many items changes: the sweeper matches everything anew, and what is stored is as of now."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from techfinder.mail.models import Heartbeat
from techfinder.matches import actions
from techfinder.matches.actions.sweeping import NIGHTLY
from techfinder.matches.models import Match, Rematch, RematchCause
from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory
from tests.organisations.register import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(vlissingen):
    network = RegionFactory(code="RPA09", slug="rpa09", name="Zwolle", type=Region.Type.NETWORK)
    network.municipalities.add(vlissingen)
    return network


@pytest.fixture
def by_day(db):
    """The night's run of today was there."""
    actions.rematch(everything=True)
    Heartbeat.objects.create(name=NIGHTLY)
    RematchCause.objects.all().delete()


def sweep_until_nothing_waits():
    """Sweeps, and the workers that they wake."""
    for _ in range(20):
        actions.sweep()
        shards = [shard.pk for run in Rematch.objects.filter(state="running") for shard in run.shards.all()]
        for pk in shards * 2:
            actions.rematch_shard(shard_id=pk, workers=False)
        if not shards and not RematchCause.objects.exists():
            return
    pytest.fail("there is always something that waits")


def stored():
    rows = Match.objects.order_by("request_id", "activity_id")
    return list(rows.values_list("request_id", "activity_id", "state", "score"))


def as_by_a_fresh_run():
    found = stored()
    actions.rematch(everything=True)
    return found == stored()


def open_matches():
    return Match.objects.filter(state=Match.State.OPEN).count()


def test_a_network_that_gets_other_municipalities(network, by_day, make_activity, make_request):
    make_activity(regions=["RPA09"])
    make_request()
    sweep_until_nothing_waits()
    assert open_matches() == 1
    network.municipalities.clear()
    assert RematchCause.objects.count() == 1
    sweep_until_nothing_waits()
    assert open_matches() == 0
    assert as_by_a_fresh_run()
    network.municipalities.add(Region.objects.get(code="GM0718"))
    sweep_until_nothing_waits()
    assert open_matches() == 1
    assert as_by_a_fresh_run()


def test_a_region_that_goes(network, by_day, make_activity, make_request):
    """What names it is not public; what lies in it is matched anew all the same."""
    archived = make_activity(regions=["RPA09"], status="archived")
    make_request()
    network.delete()
    assert RematchCause.objects.count() == 1
    type(archived).objects.update(status="published")
    sweep_until_nothing_waits()
    assert open_matches() == 0
    assert as_by_a_fresh_run()


def test_a_municipality_that_comes_under_another_province(vlissingen, by_day, make_activity, make_request):
    make_activity()
    make_request()
    sweep_until_nothing_waits()
    vlissingen.parent = Region.objects.get(code="NL-GR")
    vlissingen.save()
    sweep_until_nothing_waits()
    assert open_matches() == 0
    assert as_by_a_fresh_run()


def test_what_changes_during_a_run_is_matched_after_it(network, by_day, make_activity, make_request):
    make_activity(regions=["RPA09"])
    make_request()
    run = actions.start_rematch(workers=False)
    network.municipalities.clear()
    actions.sweep()
    assert RematchCause.objects.count() == 1
    assert Rematch.objects.filter(state="running").get() == run
    sweep_until_nothing_waits()
    assert Rematch.objects.count() == 3
    assert open_matches() == 0


def register(tmp_path, name, *rows):
    call_command("import_schools", str(files.register(tmp_path / name, files.PO, *rows)), points=[
        tmp_path / f"{name}.points"], json=True, stdout=StringIO(), stderr=StringIO())  # fmt: skip


def points(tmp_path, name, *places):
    lines = [f"12AB0{at},{lat},{lon}" for at, (lat, lon) in enumerate(places)]
    (tmp_path / f"{name}.points").write_text("\n".join(["vestigingscode,lat,lon", *lines, ""]))


def test_a_school_that_moves_is_matched_anew_and_so_are_its_neighbours(tmp_path, by_day, make_activity, make_request):
    rows = [{"VESTIGINGSCODE": f"12AB0{number}"} for number in range(2)]
    points(tmp_path, "first", (51.45, 3.57), (51.46, 3.57))
    register(tmp_path, "first", *rows)
    here, other = School.objects.filter(code__startswith="12AB").order_by("code")
    make_activity(max_travel_km=20, venue_lat=51.45, venue_lon=3.57, regions=["NL"])
    make_request(school=here)
    make_request(school=other)
    sweep_until_nothing_waits()
    before = dict(Match.objects.filter(state="open").values_list("request__school", "score"))
    assert set(before) == {here.pk, other.pk}

    register(tmp_path, "first", *rows)
    assert not RematchCause.objects.exists()

    points(tmp_path, "second", (51.45, 3.57), (53.0, 6.0))
    register(tmp_path, "second", *rows)
    assert 1 <= RematchCause.objects.count() <= 2
    sweep_until_nothing_waits()
    after = dict(Match.objects.filter(state="open").values_list("request__school", "score"))
    assert set(after) == {here.pk}
    assert after[here.pk] > before[here.pk]  # nobody near any more: remote
    assert as_by_a_fresh_run()


def test_a_first_import_asks_for_one_run_whatever_its_size(tmp_path, db):
    points(tmp_path, "all", *[(51.45 + at / 100, 3.57) for at in range(9)])
    register(tmp_path, "all", *[{"VESTIGINGSCODE": f"12AB0{number}"} for number in range(9)])
    assert 1 <= RematchCause.objects.count() <= 2
