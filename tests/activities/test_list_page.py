"""The page around the list: counts, chips, notes, orders, the part that htmx asks for, and what goes wrong."""

import datetime as dt
import json
import re
import threading

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.filters import ActivityFilter
from techfinder.activities.models import Activity
from techfinder.activities.views import listing
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db
LIST = reverse("activities:list")


@pytest.fixture
def zeeland():
    """Goes and Vlissingen, 25 km apart."""
    province = Region.objects.get(code="NL-ZE")
    goes = RegionFactory(code="GM0664", slug="goes", name="Goes", parent=province, lat=51.504, lon=3.889)
    vlissingen = RegionFactory(
        code="GM0718", slug="vlissingen", name="Vlissingen", parent=province, lat=51.443, lon=3.574
    )
    SchoolFactory(municipality=goes, postcode="4461 AA", city="Goes", lat=51.504, lon=3.889)
    SchoolFactory(municipality=vlissingen, postcode="4381 AB", city="Vlissingen", lat=51.443, lon=3.574)
    return province


def page(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return response


def titles(response):
    return [card.title for card in response.context["cards"]]


def counts(response):
    return response.context["state"]["counts"]


def at(place, **kwargs):
    lat, lon = {"Goes": (51.504, 3.889), "Vlissingen": (51.443, 3.574)}[place]
    return ActivityFactory(
        title=place,
        regions=["NL-ZE"],
        delivery=["at_provider"],
        venue_city=place,
        venue_lat=lat,
        venue_lon=lon,
        **kwargs,
    )


# ------------------------------------------------------------------- places and distance


@pytest.mark.parametrize("place", ["Goes", "4461", "4461 AA", "4461ab", "goes"])
def test_distance_from_a_town_or_postcode(client, zeeland, place):
    at("Vlissingen")
    at("Goes")
    found = page(client, plaats=place)
    assert titles(found) == ["Goes", "Vlissingen"]
    assert [card.far for card in found.context["cards"]] == ["minder dan 1 km", "23 km"]
    assert titles(page(client, plaats=place, straal="10")) == ["Goes"]


def test_what_is_only_online_is_near_everybody(client, zeeland):
    ActivityFactory(delivery=["online"], regions=[], venue_city="Delft")
    [card] = page(client, plaats="Goes", straal="5").context["cards"]
    assert (card.far, card.far_note) == ("Online", "vanuit Delft")
    assert card.reasons == ("overal te volgen",)


def test_what_a_place_can_have_online_only_is_near_it_too(client, zeeland):
    ActivityFactory(delivery=["at_provider", "online"], regions=[], venue_city="Delft")
    [card] = page(client, plaats="Goes").context["cards"]
    assert (card.far, card.far_note) == ("Online", "vanuit Delft")
    assert card.reasons == ("overal te volgen",)
    assert titles(page(client, plaats="Goes", delivery="at_provider")) == []


def test_title_says_what_was_searched(client, zeeland):
    at("Goes", summary="energie")
    at("Vlissingen", summary="energie")
    for query, words in (
        ({}, "2 activiteiten"),
        ({"q": "energie"}, "2 activiteiten over energie"),
        ({"plaats": "Goes"}, "2 activiteiten voor scholen in Goes"),
        ({"region": "NL-ZE"}, "2 activiteiten voor scholen in Zeeland"),
        ({"plaats": "Goes", "straal": "10"}, "1 activiteit binnen 10 km van Goes"),
        ({"q": "energie", "plaats": "4461", "straal": "50"}, "2 activiteiten over energie, binnen 50 km van 4461 Goes"),
    ):  # fmt: skip
        body = page(client, **query).content.decode()
        assert f"<title>{words} - Techfinder</title>" in body
        assert re.search(rf"<h1[^>]*>{words}</h1>", body)


def test_radius_without_a_place_is_said(client):
    assert "Vul een plaats of postcode in" in page(client, straal="10").content.decode()


# ------------------------------------------------------------------- filters and their counts


def test_each_facet_is_counted_without_itself(client):
    ActivityFactory(themes=["water"], kind="gastles")
    ActivityFactory(themes=["energie"], kind="gastles")
    ActivityFactory(themes=["energie"], kind="leskist")
    found = counts(page(client, theme="water", kind="gastles"))
    assert (found["theme-water"], found["theme-energie"], found["theme-bouw"]) == ("1", "1", "0")
    assert (found["kind-gastles"], found["kind-leskist"]) == ("1", "0")


def test_a_zero_is_shown_but_soft(client):
    ActivityFactory(themes=["energie"])
    body = page(client).content.decode()
    assert re.search(r'tf-option--none"><input[^>]*id="theme-bouw"', body)
    assert re.search(r'tf-option"><input[^>]*id="theme-energie"', body)


def test_audience_group_room_and_cost(client):
    full = ActivityFactory(title="Vol", audience=["pupils"], group_max=30, cost=0)
    SessionFactory(activity=full, date=timezone.localdate() + dt.timedelta(days=9), seats=10, taken=10)
    free = ActivityFactory(title="Plek", audience=["teachers"], group_max=10, cost=25)
    SessionFactory(activity=free, date=timezone.localdate() + dt.timedelta(days=9), seats=10, taken=2)
    assert titles(page(client, audience="teachers")) == ["Plek"]
    assert titles(page(client, groep="25")) == ["Vol"]
    assert titles(page(client, room="1")) == ["Plek"]
    assert titles(page(client, free="1")) == ["Vol"]
    found = page(client, sort="title")
    assert titles(found) == ["Plek", "Vol"]
    assert [card.full for card in found.context["cards"]] == [False, True]
    assert "Alle data zijn vol" in found.content.decode()


def test_a_card_says_which_wishes_it_meets(client, zeeland):
    at("Goes", levels=["po"], themes=["energie", "water"], months=[5, 6], cost=0)
    [card] = page(
        client, plaats="Goes", level=["po-7", "po-8"], theme=["energie", "bouw"], month=["6", "7"], free="1"
    ).context["cards"]
    assert card.reasons == ("minder dan 1 km", "groep 7-8", "energie en duurzaamheid", "juni", "gratis")


def test_without_wishes_there_is_nothing_to_explain(client):
    ActivityFactory()
    assert page(client).context["cards"][0].reasons == ()


def test_chip_of_the_place_takes_along_what_needs_it(client, zeeland):
    found = dict(page(client, plaats="Goes", straal="25", sort="near", level="po-7").context["chips"])
    assert found["Goes"] == f"{LIST}?level=po-7"
    assert found["tot 25 km"] == f"{LIST}?plaats=Goes&level=po-7&sort=near"


def test_orders(client, zeeland):
    soon, later = timezone.localdate() + dt.timedelta(days=5), timezone.localdate() + dt.timedelta(days=50)
    SessionFactory(activity=at("Goes"), date=later)
    SessionFactory(activity=at("Vlissingen"), date=soon)
    assert titles(page(client, sort="soonest")) == ["Vlissingen", "Goes"]
    assert titles(page(client, plaats="Vlissingen")) == ["Vlissingen", "Goes"]
    assert titles(page(client, plaats="Vlissingen", sort="title")) == ["Goes", "Vlissingen"]
    labels = [label for _value, label, _chosen in page(client).context["sorts"]]
    assert labels == ["eerst beschikbaar", "nieuw eerst", "titel"]
    # The usual order has no value of its own, so that it follows when words or a place are filled in.
    assert ("", "dichtbij eerst", True) in page(client, plaats="Goes").context["sorts"]


# ------------------------------------------------------------------- what is left out


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("level=klas-9", "klas-9"), ("theme=x&theme=y", "x, y"), ("audience=ouders", "ouders"), ("region=GM9", "GM9"),
        ("straal=-1", "-1"), ("straal=1000000000", "1000000000"), ("sort=raar", "raar"), ("month=13", "13"),
        ("plaats=Nergenshuizen", "Nergenshuizen"), ("groep=nul", "Schrijf de grootte van de groep"),
        ("groep=-3", "Schrijf de grootte van de groep"), ("groep=99999999999999999999", "Schrijf de grootte"),
        ("van=31-2-2027", "Schrijf de dag als"), ("tot=morgen", "Schrijf de dag als"),
        ("van=2027-05-01&tot=2027-04-01", "laatste dag"), ("q=" + "a" * 10_000, "lange tekst"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_left_out(client, query, note):
    ActivityFactory(title="aaa")
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert any(note in said for said in response.context["notes"])


def test_what_was_typed_stays(client):
    body = page(client, groep="veel", van="gisteren", q="<b>wind</b>", plaats='"Goes').content.decode()
    for value in ('value="veel"', 'value="gisteren"', 'value="&lt;b&gt;wind&lt;/b&gt;"', 'value="&quot;Goes"'):
        assert value in body
    assert 'id="groep" name="groep" value="veel"' in body
    assert body.count('aria-invalid="true"') == 2


@pytest.mark.parametrize(
    "query",
    ["q=%25", "q=_%25_", "q='", "q=%22%22", "q=%5C", "q=%00", "plaats=%25", "plaats=%00", "groep=%00", "van=%00",
     "region=%25", "provider='%20or%201=1", "straal=1e9", "page=0", "page=1e9", "page=99999999999999999999",
     "q=" + "%F0%9F%A4%96" * 2000, "&".join(f"level=po-{n}" for n in range(500)), "a=1&" * 400 + "b=2",
     "&".join(f"region=GM{n:04}" for n in range(500)), "groep=1&groep=2", "sort=near", "sort=best", "sort=&sort=title"],
)  # fmt: skip
def test_odd_input_gives_a_sensible_page(client, query):
    ActivityFactory()
    for headers in ({}, {"HX-Request": "true"}):
        response = client.get(f"{LIST}?{query}", headers=headers)
        assert response.status_code == 200
        assert len(response.content) < 300_000


def test_a_page_behind_the_last_is_the_last(client):
    ActivityFactory.create_batch(21)
    response = page(client, page=10**9)
    assert response.context["page"].number == 2
    assert len(response.context["cards"]) == 1
    assert "pagina 2 - Techfinder</title>" in response.content.decode()


def test_rows_of_what_was_found(client):
    ActivityFactory(title="Water", themes=["water"])
    ActivityFactory(themes=["bouw"])
    query = client.get(f"{LIST}?theme=water").wsgi_request.GET
    assert [row.title for row in ActivityFilter(query).qs] == ["Water"]


# ------------------------------------------------------------------- htmx


def test_htmx_gets_the_part_that_changes(client):
    ActivityFactory(themes=["water"])
    response = client.get(LIST, {"theme": "water"}, headers={"HX-Request": "true"})
    body = response.content.decode()
    assert "<html" not in body
    assert "<title>1 activiteit - Techfinder</title>" in body
    state = json.loads(re.search(r'<script id="stand" type="application/json">(.*?)</script>', body)[1])
    assert state["counts"]["theme-water"] == "1"
    assert (state["show"], state["found"]) == ("Toon 1 resultaat", "1 activiteit")
    assert "HX-Request" in response["Vary"]


def test_both_ways_draw_the_same_results(client):
    ActivityFactory.create_batch(3)
    whole = page(client).content.decode()
    part = client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    cards = re.search(r'<ul class="tf-cards">.*?</ul>\s*<form', part, re.DOTALL)[0]
    assert cards in whole


def test_history_gets_a_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(LIST, headers=headers).content.decode()


# ------------------------------------------------------------------- the database


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, django_assert_num_queries, zeeland, count):
    for _number in range(count):
        SessionFactory(activity=at("Goes", themes=["energie"]))
    query = {"plaats": "Goes", "straal": "25", "theme": "energie", "q": "goes"}
    page(client, **query)
    with django_assert_num_queries(6):
        assert len(titles(page(client, **query))) == count


class Locked:
    """Holds a lock on the offers from another connection, as a migration would."""

    def __enter__(self):
        self.release, held = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold, args=[held])
        self.thread.start()
        assert held.wait(10)
        return self

    def _hold(self, held):
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {Activity._meta.db_table} IN ACCESS EXCLUSIVE MODE")
            held.set()
            self.release.wait(30)
            cursor.execute("ROLLBACK")
        connections.close_all()

    def __exit__(self, *args):
        self.release.set()
        self.thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_too_slow_gets_a_page_that_says_so(client, monkeypatch):
    ActivityFactory(title="Straks weer")
    monkeypatch.setattr(listing, "LONGEST_QUERY_MS", 200)
    assert titles(page(client)) == ["Straks weer"]
    with Locked():
        response = client.get(LIST, {"q": "straks"})
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert f'href="{LIST}?q=straks"' in response.content.decode()
    assert titles(page(client)) == ["Straks weer"]


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_search_is_no_limit_for_others(client):
    page(client)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_provider_is_named_on_its_chip(client):
    provider = ProviderFactory(name="Huis van de Techniek", slug="huis")
    ActivityFactory(provider=provider)
    ActivityFactory()
    found = page(client, provider="huis")
    assert len(titles(found)) == 1
    assert dict(found.context["chips"]) == {"Huis van de Techniek": f"{LIST}?"}
