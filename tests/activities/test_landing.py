"""Searches with an address of their own: a region, a theme, a theme in a region."""

import io

import pytest
from django.core.management import call_command

from techfinder.activities.actions import create_draft
from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Region, Theme
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture(autouse=True)
def offers():
    ActivityFactory(title="Zeeuwse robot", regions=["NL-ZE"], themes=["robotica"])
    ActivityFactory(title="Zeeuwse molen", regions=["NL-ZE"], themes=["energie"])
    ActivityFactory(title="Drentse robot", regions=["NL-DR"], themes=["robotica"])


def titles(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return {card.title for card in response.context["cards"]}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/aanbod/zeeland/", {"Zeeuwse robot", "Zeeuwse molen"}),
        ("/aanbod/vlissingen/", {"Zeeuwse robot", "Zeeuwse molen"}),
        ("/aanbod/rpa/", {"Zeeuwse robot", "Zeeuwse molen"}),
        ("/aanbod/thema/robotica/", {"Zeeuwse robot", "Drentse robot"}),
        ("/aanbod/zeeland/thema/robotica/", {"Zeeuwse robot"}),
        ("/aanbod/zeeland/?theme=energie", {"Zeeuwse molen"}),
    ],
)
def test_they_find_what_they_say(client, vlissingen, address, found):
    network = RegionFactory(code="RPA1", slug="rpa", name="RPA", type=Region.Type.NETWORK, parent=None)
    network.municipalities.add(vlissingen)
    assert titles(client, address) == found


def test_each_says_what_it_is(client):
    text = client.get("/aanbod/zeeland/thema/robotica/").content.decode()
    assert "Aanbod over robotica en automatisering voor scholen in Zeeland" in text.split("</title>")[0]
    assert 'href="/regio/zeeland/"' in text
    assert text.count("<h1") == 1


def test_further_filters_go_on_from_there(client):
    """The form of the page leads to the list, with the region as a filter that can be taken away."""
    response = client.get("/aanbod/zeeland/")
    assert 'action="/aanbod/' in response.content.decode()
    assert "region=NL-ZE" in response.context["address"]
    assert len(response.context["chips"]) == 1


# -------------------------------------------------------------------------------- whose address it is


def test_an_activity_with_the_address_of_a_region_goes_first(client):
    activity = ActivityFactory(title="Over Zeeland", slug="zeeland")
    assert "Over Zeeland" in client.get("/aanbod/zeeland/").content.decode()
    activity.status = Activity.Status.PAUSED
    activity.save()
    assert titles(client, "/aanbod/zeeland/") == {"Zeeuwse robot", "Zeeuwse molen"}
    client.force_login(MembershipFactory(provider=activity.provider).user)
    assert "Over Zeeland" in client.get("/aanbod/zeeland/").content.decode()


@pytest.mark.parametrize("title", ["Zeeland", "Thema", "Nieuw", "Kaart", "Vergelijk", "Vlissingen"])
def test_no_new_activity_takes_an_address_of_the_site(vlissingen, title):
    assert create_draft(provider=ProviderFactory(), title=title).slug == f"{title.lower()}-2"


def test_nor_does_an_imported_one(vlissingen, tmp_path):
    path = tmp_path / "aanbod.csv"
    path.write_text(
        "ref,provider,provider_email,title,kind,levels,themes,regions,delivery,audience\n"
        "a1,Zilt,zilt@bedrijf.example,Vlissingen,gastles,po-7,energie,NL-ZE,at_school,pupils\n"
        "a2,Zilt,zilt@bedrijf.example,Kaart,gastles,po-7,energie,NL-ZE,at_school,pupils\n",
        encoding="utf-8",
    )
    call_command("import_activities", str(path), stdout=io.StringIO())
    slugs = set(Activity.objects.filter(ref__isnull=False).values_list("slug", flat=True))
    assert slugs == {"vlissingen-2", "kaart-2"}


# -------------------------------------------------------------------------------- other addresses


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("/aanbod/NL-ZE/", "/aanbod/zeeland/"),
        ("/aanbod/Zeeland/", "/aanbod/zeeland/"),
        ("/aanbod/thema/Robotica/", "/aanbod/thema/robotica/"),
        ("/aanbod/NL-ZE/thema/ROBOTICA/", "/aanbod/zeeland/thema/robotica/"),
        ("/aanbod/nl/", "/aanbod/"),
        ("/aanbod/nl/thema/robotica/", "/aanbod/thema/robotica/"),
    ],
)
def test_codes_and_capitals_lead_to_the_one_address(client, address, there):
    assert client.get(address).headers["Location"] == there


@pytest.mark.parametrize(
    "address", ["/aanbod/atlantis/", "/aanbod/thema/tijdreizen/", "/aanbod/atlantis/thema/robotica/",
                "/aanbod/zeeland/thema/tijdreizen/"],
)  # fmt: skip
def test_what_does_not_exist_is_not_there(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/aanbod/thema/robotica/", "/aanbod/zeeland/thema/robotica/"])
def test_a_retired_theme_is_gone_and_leads_on(client, address):
    Theme.objects.filter(code="robotica").update(active=False)
    response = client.get(address)
    assert response.status_code == 410
    text = response.content.decode()
    assert "/aanbod/?q=robotica" in text
    assert "/thema/energie/" in text
    assert "noindex" in text
