"""The reference record, a class that gets it, and two that do not: with the rule that says so."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from matching import Part
from techfinder.matches.explain import in_tenths
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def race(make_activity):
    return make_activity(ref="A1", slug="race", levels=["po-6", "po-7", "po-8"], delivery=["at_provider"])


@pytest.fixture
def in_drenthe():
    assen = RegionFactory(code="GM0106", slug="assen", name="Assen", parent=Region.objects.get(code="NL-DR"))
    return SchoolFactory(municipality=assen)


def explain(*args):
    out = io.StringIO()
    call_command("explain", *args, stdout=out)
    return out.getvalue()


def refused_by(request, activity):
    told = json.loads(explain(str(request.uuid), activity.slug, "--json"))
    broken = [rule["rule"] for rule in told["rules"] if not rule["holds"]]
    assert told["eligible"] == (not broken)
    return broken


def test_a_group_7_of_zeeland_gets_it(race, make_request):
    assert refused_by(make_request(levels=["po-7"]), race) == []


def test_a_school_in_drenthe_does_not_because_of_the_place(race, make_request, in_drenthe):
    assert refused_by(make_request(levels=["po-7"], school=in_drenthe), race) == ["place"]


def test_a_vmbo_class_does_not_because_of_the_level(race, make_request):
    assert refused_by(make_request(levels=["vo-vmbo-tl-2"]), race) == ["level"]


def test_what_was_declined_stays_away(race, make_request):
    request = make_request()
    request.matches.create(activity=race, score=1, state="declined")
    assert refused_by(request, race) == ["pair"]


def test_the_table_shows_both_values_and_the_sum(race, make_request):
    make_request(ref="R1", themes=["water"])
    lines = explain("R1", "A1").splitlines()
    assert [line.split()[1] for line in lines[:10]] == (
        ["live", "place", "level", "theme", "kind", "audience", "period", "group", "cost", "pair"]
    )
    assert lines[3].startswith("NO  theme     request water | activity ")
    assert "not eligible" in lines
    assert lines[-1].endswith(" score")


@pytest.mark.parametrize(("request_name", "activity_name"), [("R9", "A1"), ("R1", "A9"), ("0", "")])
def test_an_unknown_name_is_said(race, make_request, request_name, activity_name):
    make_request(ref="R1")
    with pytest.raises(CommandError, match="There is no"):
        call_command("explain", request_name, activity_name)


def test_the_points_add_up_to_the_score(race, make_request):
    told = json.loads(explain(str(make_request().uuid), race.slug, "--json"))
    assert round(sum(part["points"] for part in told["parts"]), 1) == told["score"]


@given(st.lists(st.floats(0, 30), min_size=1, max_size=11))
def test_points_in_tenths_always_add_up(points):
    parts = [Part(str(at), 1, 1, each) for at, each in enumerate(points)]
    score = round(sum(points), 1)
    told = in_tenths(parts, score)
    assert round(sum(part.points for part in told), 1) == score
    assert all(abs(part.points - each) <= 0.1 + 1e-9 for part, each in zip(told, points, strict=True))


def test_what_would_do_and_what_is_stored_is_told(race, make_request):
    request = make_request(ref="R1", max_cost=0)
    race.cost = 75
    race.save()
    assert "cost would hold with 7500 cents" in explain("R1", "A1")
    assert "not stored" in explain("R1", "A1")
    request.matches.create(activity=race, score=1, held="full")
    assert "stored: open, rank 1, held back: full" in explain("R1", "A1")
    told = json.loads(explain("R1", "A1", "--json"))
    assert told["mends"] == [{"rule": "cost", "size": 7500, "unit": "cents"}]
    assert told["stored"] == {"state": "open", "held": "full", "rank": 1}
