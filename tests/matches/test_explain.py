"""The reference record, a class that gets it, and two that do not: with the rule that says so."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

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
    request.matches.create(activity=race, score=1, rank=1, state="declined")
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
