"""The weights in a real browser: no accessibility fault, narrow and wide, and a page that comes by itself."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from techfinder.matches.actions import weighing
from techfinder.matches.models import WeightSet
from techfinder.matches.rows import World, refresh_activities, refresh_requests
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(320, 640), (360, 740), (1280, 900)]
THEMES = ["energie", "water", "metaal"]


@pytest.fixture
def administrator(live_server, page):
    return enter(live_server, page)


def enter(live_server, page):
    user = AdministratorFactory(name="Ada Beheerder")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return user


@pytest.fixture
def country():
    """Requests in three provinces, and companies near and far."""
    for code, lat in (("NL-ZE", 51.45), ("NL-DR", 52.9), ("NL-LI", 50.9)):
        here = RegionFactory(parent=Region.objects.get(code=code))
        small = {"neighbours": 2, "pupils": 60}
        school = SchoolFactory(name="Basisschool De Loefzijde", municipality=here, lat=lat, lon=5.5, **small)
        RequestFactory.create_batch(3, school=school, themes=THEMES)
        for title, themes, km in (("Zonnebootrace", ["energie"], 2), ("Windmolens bouwen", THEMES, 30)):
            provider = ProviderFactory(name="Huis van de Techniek")
            place = {"venue_lat": lat + km / 111.195, "venue_lon": 5.5}
            ActivityFactory(title=title, provider=provider, themes=themes, regions=[code], **place)
    with transaction.atomic():
        world = World()
        refresh_requests(None, world)
        refresh_activities(None, world)


def look(page, name):
    """No fault and nothing beside the page; pictures for a person's eyes, when a folder for them is named."""
    assert faults_at(page, f"weights-{name}", SIZES) == []


def propose(page):
    page.goto(reverse("moderation:weights"))
    page.get_by_label("Thema's").fill("40")
    page.get_by_label("Waarom wil je dit veranderen?").fill("Thema telt te weinig mee")
    page.get_by_role("button", name="Laat zien wat dit verandert").click()
    return WeightSet.objects.get()


def test_from_a_proposal_to_weights_that_hold(page, administrator, country):
    page.goto(reverse("moderation:weights"))
    look(page, "table")
    page.get_by_label("Afstand").fill("veel")
    page.get_by_role("button", name="Laat zien wat dit verandert").click()
    look(page, "wrong")

    proposed = propose(page)
    page.get_by_text("We tellen wat dit verandert").wait_for()
    look(page, "counting")
    weighing.preview_weights(weight_set_id=proposed.pk)
    page.get_by_text("Van 9 vragen krijgen er 9 een andere eerste match.").wait_for()
    assert not page.get_by_text("We tellen wat dit verandert").is_visible()
    look(page, "counted")

    page.get_by_label("Ik heb gezien wat er verandert").check()
    page.get_by_role("button", name="Deze gewichten toepassen").click()
    page.get_by_text("Alle vragen worden opnieuw gematcht").wait_for()
    look(page, "applied")
    page.goto(reverse("moderation:weights"))
    page.get_by_text("Toegepast door Ada Beheerder").wait_for()
    look(page, "history")


def test_without_scripts_a_link_looks_again(page_without_scripts, live_server, country):
    page = page_without_scripts
    enter(live_server, page)
    proposed = propose(page)
    weighing.preview_weights(weight_set_id=proposed.pk)
    page.get_by_role("link", name="Kijk opnieuw").click()
    assert page.get_by_text("Van 9 vragen krijgen er 9 een andere eerste match.").is_visible()
