import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db
LIST = reverse("activities:list")


def titles(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return {card.title for card in response.context["cards"]}


@pytest.fixture
def vlissingen():
    zeeland = Region.objects.get(code="NL-ZE")
    return RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=zeeland)


def test_shows_only_what_is_public(client):
    ActivityFactory(title="Zichtbaar")
    for status in set(Activity.Status) - {"published"}:
        ActivityFactory(title=f"Verborgen {status}", status=status)
    ActivityFactory(title="Nog niet goedgekeurde aanbieder", provider__status=Provider.Status.PENDING)
    ActivityFactory(title="Aanbieder met pauze", provider__paused=True)
    assert titles(client) == {"Zichtbaar"}


def test_text_search_knows_dutch_and_the_provider(client):
    ActivityFactory(title="Windmolens bouwen", provider=ProviderFactory(name="Sloewind Onderhoud"))
    ActivityFactory(title="Lassen", summary="", description="", goals="")
    assert titles(client, q="windmolen") == {"Windmolens bouwen"}
    assert titles(client, q="sloewind") == {"Windmolens bouwen"}
    Provider.objects.update(name="Deltakracht")
    assert titles(client, q="deltakracht") == {"Windmolens bouwen", "Lassen"}


def test_region_finds_what_covers_it_and_online(client, vlissingen):
    network = RegionFactory(code="RPA99", slug="rpa99", name="Walcheren", type=Region.Type.NETWORK)
    network.municipalities.add(vlissingen, RegionFactory(parent=vlissingen.parent))
    for code in ("NL", "LD-ZUIDWEST", "NL-ZE", "GM0718", "RPA99", "NL-DR"):
        ActivityFactory(title=code, regions=[code])
    ActivityFactory(title="online", regions=[], delivery=["online"])
    covering = {"NL", "LD-ZUIDWEST", "NL-ZE", "GM0718", "RPA99", "online"}
    assert titles(client, region="GM0718") == covering
    assert titles(client, region="vlissingen") == covering
    assert titles(client, region="NL-ZE") == {"NL", "LD-ZUIDWEST", "NL-ZE", "online"}
    assert titles(client, region=["NL-ZE", "NL-DR"]) == {"NL", "LD-ZUIDWEST", "NL-ZE", "NL-DR", "online"}
    assert titles(client, region="RPA99") == covering - {"GM0718"}


@pytest.mark.parametrize("place", ["Vlissingen", "  vlissingen ", "4381 AB", "4381", "Oost-Souburg"])
def test_place_is_matched_to_a_municipality(client, vlissingen, place):
    SchoolFactory(municipality=vlissingen, postcode="4381 AB", city="OOST-SOUBURG")
    ActivityFactory(title="Zeeland", regions=["NL-ZE"])
    ActivityFactory(title="Drenthe", regions=["NL-DR"])
    assert titles(client, plaats=place) == {"Zeeland"}


def test_unknown_place_is_said(client):
    ActivityFactory(title="Overal")
    response = client.get(LIST, {"plaats": "Nergenshuizen"})
    assert "Nergenshuizen" in response.content.decode()
    assert [card.title for card in response.context["cards"]] == ["Overal"]


@pytest.mark.parametrize(("level", "found"), [("po-7", True), ("po", True), ("po-1", False), ("vo-vmbo-tl-3", False)])
def test_level_stands_for_all_leaves_under_it(client, level, found):
    ActivityFactory(title="Groep 7", levels=["po-7"])
    assert titles(client, level=level) == ({"Groep 7"} if found else set())


def test_vocabulary_filters_take_several_values(client):
    ActivityFactory(title="a", themes=["energie"], kind="gastles", delivery=["at_school"], cost=0)
    ActivityFactory(title="b", themes=["water"], kind="leskist", delivery=["online"], cost=None)
    assert titles(client, theme=["energie", "water"]) == {"a", "b"}
    assert titles(client, theme="water") == {"b"}
    assert titles(client, kind="gastles") == {"a"}
    assert titles(client, delivery="online") == {"b"}
    assert titles(client, free="1") == {"a"}


def test_month_goes_by_coming_dates_else_by_months(client):
    day = timezone.localdate() + dt.timedelta(days=40)
    dated = ActivityFactory(title="dated", months=[day.month % 12 + 1])
    SessionFactory(activity=dated, date=day)
    ActivityFactory(title="whole year", months=[])
    ActivityFactory(title="other month", months=[day.month % 12 + 1])
    assert titles(client, month=str(day.month)) == {"dated", "whole year"}
    assert titles(client, van=f"{day.day}-{day.month}-{day.year}", tot=day.isoformat()) == {"dated", "whole year"}


def test_sorts_by_title(client):
    for title in ("Beton", "Aardgas", "Chips"):
        ActivityFactory(title=title)
    response = client.get(LIST, {"sort": "title"})
    assert [card.title for card in response.context["cards"]] == ["Aardgas", "Beton", "Chips"]


def test_pages_of_twenty_keep_the_filters(client):
    ActivityFactory.create_batch(21, themes=["water"])
    response = client.get(LIST, {"theme": "water", "page": 2})
    assert len(response.context["cards"]) == 1
    assert "?theme=water&amp;page=1" in response.content.decode()


def test_chip_takes_one_filter_away(client):
    response = client.get(LIST, {"theme": ["water", "energie"], "q": "dijk", "page": "3"})
    urls = dict(response.context["chips"])
    assert len(urls) == 3
    assert urls["dijk"] == f"{LIST}?theme=water&theme=energie"
    assert all("page" not in url for url in urls.values())


def test_nothing_found_leads_to_a_request_with_the_filters(client):
    body = client.get(LIST, {"theme": "water", "level": "po-7"}).content.decode()
    assert f"{reverse('requests:new')}?niveau=po-7&amp;thema=water" in body


@pytest.mark.parametrize(
    "query",
    [
        "theme=bestaat-niet", "level=x&level=y", "region=GM9999999", "region=%00", "q=%00", "page=1000000000",
        "page=-1",
        "page=abc", "page=" + "9" * 5000, "q=" + "a" * 10_000, "plaats=" + "b" * 10_000, "month=13&month=0",
        "month=" + "9" * 400, "van=31-2-2027", "van=0001-01-01&tot=9999-12-31", "tot=x", "sort=nonsense", "free=maybe",
        "q=%27%22%3Cscript%3E", "q=%26+%7C+!+()", "&".join(f"theme=t{n}" for n in range(500)), "provider=%00",
        "van=9999-12-31", "tot=1900-01-01", "region=" + "&region=".join(["NL-ZE"] * 300),
    ],
)  # fmt: skip
def test_bad_values_give_a_sensible_page(client, query):
    ActivityFactory()
    assert client.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("off", ["0", "false", ""])
def test_a_flag_that_says_no_is_off(client, off):
    ActivityFactory(cost=10)
    assert client.get("/aanbod/", {"free": off}).context["count"] == 1
    assert client.get("/aanbod/", {"free": "1"}).context["count"] == 0
