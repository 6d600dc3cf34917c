"""From what people type for a place to a place that a search starts from."""

import pytest

from techfinder.activities.atlas import find_area, find_place
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def middelburg():
    province = Region.objects.get(code="NL-ZE")
    town = RegionFactory(code="GM0687", slug="middelburg", name="Middelburg", parent=province, lat=51.5, lon=3.6)
    SchoolFactory(municipality=town, postcode="4331 AA", city="Middelburg", lat=51.49, lon=3.61)
    SchoolFactory(municipality=town, postcode="4331 BB", city="Middelburg", lat=51.51, lon=3.63)
    SchoolFactory(municipality=town, postcode="4341 CC", city="Arnemuiden", lat=51.50, lon=3.67)
    return town


@pytest.mark.parametrize(
    ("text", "name", "point"),
    [
        ("Middelburg", "Middelburg", (51.5, 3.62)),
        ("middelburg ", "Middelburg", (51.5, 3.62)),
        ("Arnemuiden", "Arnemuiden", (51.5, 3.67)),
        ("4331", "4331 Middelburg", (51.5, 3.62)),
        ("4331 BB", "4331 BB Middelburg", (51.51, 3.63)),
        ("4331bb", "4331 BB Middelburg", (51.51, 3.63)),
        ("4331 ZZ", "4331 ZZ Middelburg", (51.5, 3.62)),
        ("4341", "4341 Arnemuiden", (51.5, 3.67)),
    ],
)
def test_finds_towns_and_postcodes(middelburg, text, name, point):
    place = find_place(text)
    assert (place.name, place.municipality, (place.lat, place.lon)) == (name, "GM0687", point)
    assert {"GM0687", "NL-ZE", "LD-ZUIDWEST", "NL"} <= place.covering


@pytest.mark.parametrize("text", ["", "  ", "9999", "Nergens", "4331 BB 12", "%", "\x00", "a" * 500])
def test_finds_nothing_in_what_is_no_place(middelburg, text):
    assert find_place(text) is None


def test_accents_and_signs_do_not_matter():
    town = RegionFactory(name="'s-Gravenhage", lat=52.07, lon=4.3)
    assert find_place("s Gravenhage").municipality == town.code
    assert find_place("'S-GRAVENHÁGE").municipality == town.code


def test_without_schools_a_municipality_has_its_own_point():
    RegionFactory(name="Rozendaal", lat=52.0, lon=5.96)
    place = find_place("rozendaal")
    assert (place.lat, place.lon) == (52.0, 5.96)


def test_a_network_is_held_by_what_holds_all_its_members(middelburg):
    network = RegionFactory(code="RPA99", slug="walcheren", name="Walcheren", type=Region.Type.NETWORK)
    network.municipalities.add(middelburg)
    assert {"RPA99", "NL-ZE", "NL"} <= find_area("walcheren").covering
    assert "RPA99" in find_place("Middelburg").covering
    assert find_area("rpa99").name == "Walcheren"


def test_places_cost_no_query_the_second_time(middelburg, django_assert_num_queries):
    find_place("Middelburg")
    with django_assert_num_queries(0):
        assert find_place("4341")
        assert find_area("NL-ZE")
        assert find_place("nergens") is None
