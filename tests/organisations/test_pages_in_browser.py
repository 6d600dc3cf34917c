"""The pages of people and organisations, as a browser shows them: no accessibility fault, narrow and wide."""

import pytest
from django.conf import settings
from django.test import Client

from techfinder.organisations.actions import invite
from techfinder.organisations.models import Membership, Provider
from tests.factories.accounts import UserFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, SchoolFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def world(page, live_server):
    user = UserFactory(name="Elke de Boer", email="elke@zilt.nl")
    provider = ProviderFactory(name="Zilt Elektrotechniek", kvk="12345678", website="https://www.zilt.nl",
                               description="Wij leggen stroom aan in Zeeland.\n\nEn vertellen erover.")  # fmt: skip
    mine = MembershipFactory(user=user, provider=provider)
    MembershipFactory(provider=provider, user=UserFactory(name="Jonas de Wit"))
    invite(membership=mine, email="collega@zilt.nl")
    waiting = ProviderFactory(name="Kaap Robotica", status=Provider.Status.PENDING)
    MembershipFactory(user=user, provider=waiting)
    school = SchoolFactory(
        name="Basisschool De Loefzijde", city="Arnemuiden", board=BoardFactory(name="Stichting Walcheren"),
        search_name="basisschool de loefzijde arnemuiden", code="12AB00",
    )  # fmt: skip
    MembershipFactory(user=user, school=school, status=Membership.Status.PENDING)
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return {"provider": provider, "waiting": waiting, "invitation": mine.provider.invitation_set.get()}


def addresses(world):
    return {
        "index": "/organisatie/",
        "search": "/organisatie/school/?q=loef",
        "claim": "/organisatie/school/12AB00/",
        "register": "/organisatie/aanmelden/",
        "provider": world["provider"].get_absolute_url(),
        "waiting": world["waiting"].get_absolute_url(),
        "edit": world["provider"].get_absolute_url() + "wijzigen/",
        "members": f"/organisatie/aanbieder/{world['provider'].slug}/mensen/",
        "leave": f"/organisatie/aanbieder/{world['provider'].slug}/mensen/verlaten/",
        "invitation": world["invitation"].get_absolute_url(),
        "profile": "/account/gegevens/",
        "delete": "/account/verwijderen/",
    }


def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(page, world):
    for name, address in addresses(world).items():
        assert page.goto(address).status == 200
        assert faults_at(page, name, SIZES) == []


def test_a_refused_form_says_so_where_it_is(page, world):
    page.goto("/organisatie/aanmelden/")
    page.get_by_label("KvK-nummer").fill("123")
    page.get_by_role("button", name="Meld je organisatie aan").click()
    assert page.get_by_label("KvK-nummer").input_value() == "123"
    assert page.get_by_text("Een KvK-nummer heeft 8 cijfers").count() == 2
    assert faults_at(page, "register-refused", [(1280, 900)]) == []


def test_schools_appear_while_one_types(page, axe, world):
    page.goto("/organisatie/school/")
    page.get_by_label("Naam of plaats van je school").press_sequentially("loef")
    page.get_by_role("link", name="De Loefzijde").click()
    page.get_by_label("Voor alle scholen van Stichting Walcheren").check()
    page.get_by_role("button", name="Ja, ik werk hier").click()
    assert page.get_by_role("heading", name="Stichting Walcheren").count() == 1
