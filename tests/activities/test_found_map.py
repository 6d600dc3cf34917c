"""The map of what was found, as the server gives it: offers, bundles of them, the country, a drawing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from techfinder.activities import found_map
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory

pytestmark = pytest.mark.django_db
PLACES = {"Goes": (51.50, 3.89), "Zwolle": (52.51, 6.09), "Groningen": (53.22, 6.57)}


@pytest.fixture
def towns():
    return {
        name: RegionFactory(name=name, parent=Region.objects.get(code="NL-ZE"), lat=lat, lon=lon)
        for name, (lat, lon) in PLACES.items()
    }


def offer(town, **given):
    lat, lon = PLACES[town]
    values = {"venue_city": town, "venue_lat": lat, "venue_lon": lon, "delivery": ["at_provider"], **given}
    return ActivityFactory(**values)


def asked(client, query=""):
    answer = client.get(f"/aanbod/kaart.json{query}")
    assert answer.status_code == 200
    return answer.json()


def test_the_map_has_what_the_list_finds(client, towns):
    offer("Goes", title="Robots", slug="robots", themes=["robotica"])
    offer("Zwolle", title="Zonneboten", slug="zonneboten")
    ActivityFactory(draft=True, venue_lat=52.0, venue_lon=5.0)

    found = asked(client, "?theme=robotica")

    assert found == {
        "total": 1, "nowhere": 0, "bundles": [], "offers": [[51.5, 3.89, "Robots", "robots", "Goes", ""]],
    }  # fmt: skip
    assert {row[3] for row in asked(client)["offers"]} == {"robots", "zonneboten"}


def test_the_distance_is_that_of_the_list(client, towns):
    offer("Zwolle", slug="zonneboten")

    ((*_rest, far),) = asked(client, "?plaats=Groningen")["offers"]

    assert far == "85 km"
    assert far in client.get("/aanbod/?plaats=Groningen").content.decode()


def test_what_is_only_online_is_counted_beside_the_map(client, towns):
    offer("Goes")
    offer("Zwolle", delivery=["online"])

    found = asked(client)

    assert (found["total"], found["nowhere"], len(found["offers"])) == (2, 1, 1)


def test_many_are_bundled_where_they_are(client, towns, monkeypatch):
    monkeypatch.setattr(found_map, "MOST_OFFERS", 3)
    provider = ProviderFactory()
    for town, many in (("Goes", 3), ("Zwolle", 2)):
        for _each in range(many):
            offer(town, provider=provider)

    whole = asked(client)
    part = asked(client, "?vak=51,3,52,4.5")

    assert sorted(whole["bundles"]) == [[51.5, 3.89, 3, "Goes"], [52.51, 6.09, 2, "Zwolle"]]
    assert whole["offers"] == []
    assert part["bundles"] == []
    assert [row[4] for row in part["offers"]] == ["Goes"] * 3
    assert part["total"] == 5


def test_a_hundred_thousand_points_are_some_hundred_bundles():
    import numpy as np

    rng = np.random.default_rng(1)
    points = found_map.Points(np.arange(100_000), rng.uniform(50.7, 53.6, 100_000), rng.uniform(3.3, 7.25, 100_000))
    bundles = found_map.bundles(points, found_map.EVERYWHERE)

    assert sum(row[2] for row in bundles) == 100_000
    assert len(bundles) < 600


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "1e999,0,1,1", "53,3,51,4", "51,3,53,inf", "9" * 10_000]
)
def test_what_is_no_part_of_the_map_is_all_of_it(client, text):
    assert found_map.read_box(text) == found_map.EVERYWHERE


@pytest.mark.parametrize("path", ["/aanbod/kaart.json", "/aanbod/kaart.svg"])
@pytest.mark.parametrize(
    "query",
    ["q=%00%25'\"", "plaats=Nergens&straal=-1", "theme=onzin", "groep=1e9", "van=2027-99-99", "vak=;",
     "page=1000000000", "sort=near", "q=" + "a" * 10_000, "&".join(f"theme=t{n}" for n in range(500))],
)  # fmt: skip
def test_odd_input_is_left_out(client, path, query):
    assert client.get(f"{path}?{query}").status_code == 200


def test_the_same_again_is_not_sent_again(client, towns):
    first = client.get("/aanbod/kaart.json")

    assert client.get("/aanbod/kaart.json", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    offer("Goes")
    assert client.get("/aanbod/kaart.json", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


@pytest.mark.parametrize("path", ["/aanbod/kaart.json", "/aanbod/kaart.svg", "/aanbod/land.json"])
def test_only_reading(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_queries_do_not_grow(client, towns):
    def queries(many):
        for _each in range(many):
            offer("Goes", provider=ProviderFactory())
        asked(client)
        with CaptureQueriesContext(connection) as told:
            asked(client)
        return len(told)

    # In the transaction of a test nothing is remembered: the index is read each time.
    assert queries(1) == queries(2) <= 15


def test_the_country_is_drawn_from_the_register_or_the_atlas(client):
    dots = client.get("/aanbod/land.json").json()["dots"]

    assert len(dots) > 120
    assert all(50.6 < lat < 53.7 and 3.2 < lon < 7.4 and 0 < km < 4 for lat, lon, km in dots)


def test_the_drawing_has_a_dot_where_something_is(client, towns):
    offer("Goes", title="<script>")
    answer = client.get("/aanbod/kaart.svg?donker=1")

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode().count("<circle") > 120
    assert "script" not in answer.content.decode()
    assert found_map.drawing(found_map.Criteria()).found == ((36.3, 222.9, 3.05),)


def test_the_page_asks_nobody_else_before_the_map_is_opened(client, towns, settings):
    settings.TILES = "https://tiles.example/{z}/{x}/{y}.png"
    page = client.get("/aanbod/?theme=water").content.decode()

    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in page
    assert "komt van tiles.example" in page
    assert 'src="https://tiles' not in page
    assert "leaflet.js" in page
    assert 'src="/static/leaflet' not in page
    assert "theme=water&amp;donker=1" in page
