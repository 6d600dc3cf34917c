"""The page of a region: what there is, what is asked, whom to call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.matches.models import Match
from techfinder.moderation.models import RegionPage
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def zeeland():
    return Region.objects.get(code="NL-ZE")


@pytest.fixture
def vlissingen(zeeland):
    return RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=zeeland, lat=51.45, lon=3.57)


@pytest.fixture
def network(vlissingen):
    region = RegionFactory(code="RPA99", slug="rpa-zeeland", name="RPA Zeeland", type=Region.Type.NETWORK, parent=None)
    region.municipalities.add(vlissingen)
    return region


def page(client, slug="zeeland"):
    response = client.get(f"/regio/{slug}/")
    assert response.status_code == 200
    return response.content.decode()


def shown(client, slug="zeeland"):
    return client.get(f"/regio/{slug}/").context["shown"]


def figures(client, slug="zeeland"):
    return [figure.number for figure in shown(client, slug).figures]


@pytest.mark.parametrize("slug", ["zeeland", "vlissingen", "rpa-zeeland"])
def test_every_kind_of_region_has_a_page(client, vlissingen, network, slug):
    school = SchoolFactory(municipality=vlissingen)
    ask = RequestFactory(school=school, title="Wie helpt met windmolens")
    offer = ActivityFactory(title="Bouw een molen", regions=["NL-ZE"], provider__municipality=vlissingen)
    Match.objects.create(request=ask, activity=offer, score=80, placed_at=timezone.now())
    text = page(client, slug)
    assert "Wie helpt met windmolens" in text
    assert "Bouw een molen" in text
    assert offer.provider.name in text
    assert figures(client, slug) == [1, 1, 1, 1]


def test_another_region_shows_nothing_of_it(client, vlissingen):
    RequestFactory(school=SchoolFactory(municipality=vlissingen), title="Wie helpt met windmolens")
    ActivityFactory(title="Bouw een molen", regions=["NL-ZE"], provider__municipality=vlissingen)
    text = page(client, "drenthe")
    assert "Wie helpt met windmolens" not in text
    assert "Bouw een molen" not in text
    assert figures(client, "drenthe") == [0, 0, 0, 0]


def test_no_person_and_no_school_is_named(client, vlissingen):
    school = SchoolFactory(municipality=vlissingen, name="De Geheime School")
    RequestFactory(school=school, contact=UserFactory(name="Nadia Nooitgenoemd", email="nadia@school.example"))
    text = page(client)
    assert "Nooitgenoemd" not in text
    assert "nadia@" not in text
    assert "De Geheime School" not in text


def test_an_empty_region_leads_on(client):
    text = page(client, "drenthe")
    assert "/vraag/" in text
    assert "/aanbod/nieuw/" in text


def test_the_words_of_the_coordinator(client, zeeland):
    RegionPage.objects.create(region=zeeland, words="Eerste alinea.\n\nTweede <b>alinea</b>.")
    text = page(client)
    assert "<p>Eerste alinea.</p>" in text
    assert "&lt;b&gt;alinea&lt;/b&gt;" in text


def test_only_what_was_filled_in_is_there(client, zeeland):
    RegionPage.objects.create(region=zeeland, words="Hallo", contact="Joke", phone="0118 123 456")
    text = page(client)
    assert "tel:0118123456" in text
    assert "mailto:" not in text.split('id="inhoud"')[1].split("<footer")[0]


def test_a_municipality_without_a_contact_has_that_of_its_province(client, zeeland, vlissingen):
    RegionPage.objects.create(region=zeeland, words="Zeeuwse woorden", phone="0118 123 456")
    text = page(client, "vlissingen")
    assert "Voor Zeeland" in text
    assert "tel:0118123456" in text
    assert "Zeeuwse woorden" not in text


def test_a_network_goes_before_the_province(client, zeeland, vlissingen, network):
    RegionPage.objects.create(region=zeeland, phone="0118 111 111")
    RegionPage.objects.create(region=network, phone="0118 222 222")
    assert "tel:0118222222" in page(client, "vlissingen")
    assert "tel:0118111111" not in page(client, "vlissingen")


def test_themes_lead_to_their_search_with_its_number(client):
    ActivityFactory(regions=["NL-ZE"], themes=["robotica"])
    ActivityFactory(regions=["NL-ZE"], themes=["robotica", "energie"])
    ActivityFactory(regions=["NL-DR"], themes=["robotica"])
    found = {link.url: link.count for link in shown(client).themes}
    assert found == {"/aanbod/zeeland/thema/robotica/": 2, "/aanbod/zeeland/thema/energie/": 1}


def test_the_way_up_down_and_beside(client, zeeland, vlissingen, network):
    far = RegionFactory(code="GM0106", slug="assen", name="Assen", parent=zeeland, lat=53.0, lon=6.56)
    near = RegionFactory(code="GM0687", slug="middelburg", name="Middelburg", parent=zeeland, lat=51.5, lon=3.61)
    of_town = shown(client, "vlissingen")
    assert [link.name for link in of_town.up] == ["Zeeland", "RPA Zeeland"]
    assert [link.name for link in of_town.near] == [near.name, far.name]
    assert [link.name for link in shown(client, "rpa-zeeland").within] == ["Vlissingen"]
    assert "Vlissingen" in [link.name for link in shown(client).within]


def test_a_municipality_without_a_point_has_no_neighbours(client, zeeland):
    RegionFactory(slug="nergens", parent=zeeland, lat=None, lon=None)
    assert shown(client, "nergens").near == []


def test_codes_and_capitals_lead_to_the_address(client, vlissingen):
    assert client.get("/regio/NL-ZE/").headers["Location"] == "/regio/zeeland/"
    assert client.get("/regio/Vlissingen/").headers["Location"] == "/regio/vlissingen/"
    assert client.get("/regio/gm0718/").headers["Location"] == "/regio/vlissingen/"


def test_the_country_has_the_overview_for_a_page(client):
    country = Region.objects.get(code="NL")
    assert client.get(f"/regio/{country.slug}/").headers["Location"] == "/regio/"


def test_an_unknown_region_is_not_there(client):
    assert client.get("/regio/atlantis/").status_code == 404


def test_the_overview_has_every_province_municipality_and_network(client, vlissingen, network):
    text = client.get("/regio/").content.decode()
    for slug in ("drenthe", "zeeland", "vlissingen", "rpa-zeeland"):
        assert f'href="/regio/{slug}/"' in text


def test_only_who_may_change_the_page_is_asked_to(client, zeeland):
    assert "/moderatie/" not in page(client)
    client.force_login(UserFactory())
    assert "/moderatie/" not in page(client)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_questions_does_not_grow(client, vlissingen, zeeland, count):
    for number in range(count):
        school = SchoolFactory(municipality=vlissingen)
        offer = ActivityFactory(regions=["NL-ZE"], provider=ProviderFactory(municipality=vlissingen))
        ask = RequestFactory(school=school)
        Match.objects.create(request=ask, activity=offer, score=80, placed_at=timezone.now())
        RegionFactory(parent=zeeland, slug=f"dorp-{number}")
    RegionPage.objects.create(region=zeeland, words="Hallo", phone="0118 123 456")
    page(client)
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) == 12
