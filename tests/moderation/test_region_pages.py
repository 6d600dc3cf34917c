"""Moderators write the pages of their own regions."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.moderation.models import RegionPage
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db
OVERVIEW = reverse("moderation:region_pages")
FIELDS = {
    "words": "Welkom in Zeeland.\r\n\r\nBel ons gerust.",
    "contact": "Joke de Vries",
    "role": "coördinator",
    "email": "joke@zeeland.example",
    "phone": "0118 123 456",
    "reachable": "maandag tot en met donderdag",
}


def enter(client, user):
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)


def address(slug="zeeland"):
    return reverse("moderation:region_page", args=[slug])


@pytest.fixture
def zeeland():
    return Region.objects.get(code="NL-ZE")


@pytest.fixture(autouse=True)
def moderator(client, zeeland):
    user = UserFactory(name="Mo de Raaij", moderates=[zeeland])
    enter(client, user)
    return user


def text(response):
    return response.content.decode()


def test_what_a_moderator_writes_stands_on_the_page(client, zeeland, moderator):
    response = client.post(address(), FIELDS)
    assert response.headers["Location"] == "/regio/zeeland/"
    page = RegionPage.objects.get(region=zeeland)
    assert page.updated_by == moderator
    assert page.words == "Welkom in Zeeland.\n\nBel ons gerust."
    shown = text(client.get("/regio/zeeland/"))
    assert "<p>Welkom in Zeeland.</p>" in shown
    assert 'href="tel:0118123456"' in shown
    assert 'href="mailto:joke@zeeland.example"' in shown


def test_writing_again_changes_the_same_page(client, zeeland):
    client.post(address(), FIELDS)
    client.post(address(), FIELDS | {"words": "Anders."})
    assert RegionPage.objects.get(region=zeeland).words == "Anders."


def test_everything_can_be_emptied(client, zeeland):
    client.post(address(), FIELDS)
    assert client.post(address(), dict.fromkeys(FIELDS, "")).status_code == 302
    assert RegionPage.objects.get(region=zeeland).words == ""


def test_tags_are_text(client):
    client.post(address(), FIELDS | {"words": "<script>alert(1)</script>", "contact": "<img src=x>"})
    shown = text(client.get("/regio/zeeland/"))
    assert "<script>alert" not in shown
    assert "<img src=x>" not in shown


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "bel me", "Schrijf een telefoonnummer"),
        ("phone", "12", "Schrijf een telefoonnummer"),
        ("phone", "1" * 16, "Schrijf een telefoonnummer"),
        ("phone", "javascript:1", "Schrijf een telefoonnummer"),
        ("email", "geen adres", "e-mailadres"),
        ("words", "x" * 2001, "2000"),
    ],
)
def test_bad_input_is_said_at_the_field_and_kept(client, field, value, words):
    response = client.post(address(), FIELDS | {field: value})
    assert response.status_code == 422
    assert any(words in each for each in response.context["form"].errors[field])
    assert value in text(response)
    assert not RegionPage.objects.exists()


@pytest.mark.parametrize("phone", ["0118 123 456", "+31 (0)118-123456", "14 0118", "088 1234567", "112"])
def test_numbers_as_people_write_them(client, phone):
    assert client.post(address(), FIELDS | {"phone": phone}).status_code == 302


def test_a_name_without_a_way_to_reach_it_helps_nobody(client):
    response = client.post(address(), FIELDS | {"phone": "", "email": ""})
    assert "phone" in response.context["form"].errors


def test_regions_of_others_are_not_there(client):
    for slug in ("drenthe", "nederland", "bestaat-niet"):
        assert client.get(address(slug)).status_code == 404
        assert client.post(address(slug), FIELDS).status_code == 404
    assert not RegionPage.objects.exists()


def test_a_municipality_of_the_province_is_their_own(client, zeeland):
    RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=zeeland)
    assert client.get(address("vlissingen")).status_code == 200
    assert "Vlissingen" in text(client.get(OVERVIEW))
    assert "Drenthe" not in text(client.get(OVERVIEW))


def test_an_administrator_writes_all(client):
    enter(client, AdministratorFactory())
    assert client.get(address("drenthe")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_asks_the_same_number_of_questions(client, zeeland, count):
    for _ in range(count):
        RegionPage.objects.create(region=RegionFactory(parent=zeeland), words="Hallo")
    client.get(OVERVIEW)
    with CaptureQueriesContext(connection) as queries:
        client.get(OVERVIEW)
    assert len(queries) == 9
