"""Keeping, comparing, sharing and printing in a real browser; with scripts and without."""

import pytest

from techfinder.activities.models import Favourite
from techfinder.moderation.models import RegionPage
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.support.browser import faults_at

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = [(320, 640), (768, 1024), (1280, 900)]


@pytest.fixture
def offers():
    provider = ProviderFactory(name="Zilt Elektrotechniek", slug="zilt")
    return [
        ActivityFactory(
            title=f"Molen {number}", slug=f"molen-{number}", provider=provider, regions=["NL-ZE"], cost=number
        )
        for number in range(4)
    ]


@pytest.fixture
def zeeland():
    region = Region.objects.get(code="NL-ZE")
    RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=region)
    RegionPage.objects.create(region=region, words="Welkom.", contact="Joke", phone="0118 123 456")


@pytest.fixture
def enter(page, live_server, client):
    def sign_in(user):
        client.force_login(user)
        page.context.add_cookies(
            [{"name": name, "value": each.value, "url": live_server.url} for name, each in client.cookies.items()]
        )

    return sign_in


def test_the_pages_are_accessible(page, enter, offers, zeeland):
    school = SchoolFactory(name="De Vuurtoren", board=None)
    for activity in offers[:2]:
        Favourite.objects.create(school=school, activity=activity, user=UserFactory(name="Fatima"), note="Leuk")
    enter(MembershipFactory(school=school).user)
    for address in (
        "/bewaard/", "/aanbod/vergelijk/?a=molen-0&a=molen-1&a=molen-2&a=molen-3", "/aanbod/vergelijk/", "/regio/",
        "/regio/zeeland/", "/regio/drenthe/", "/aanbod/zeeland/", "/aanbod/thema/energie/", "/aanbod/molen-0/",
        "/organisatie/aanbieder/zilt/",
    ):  # fmt: skip
        page.goto(address)
        assert faults_at(page, address, SIZES, ["light", "dark"]) == []


def test_keeping_from_the_list_stays_on_the_list(page, axe, offers):
    page.goto("/aanbod/")
    button = page.locator("#bewaar-molen-1")
    button.click()
    page.locator("#bewaar-molen-1.tf-keep__button--on").wait_for()
    assert page.evaluate("document.activeElement.id") == "bewaar-molen-1"
    assert page.url.endswith("/aanbod/")
    assert axe(page) == []
    page.reload()
    assert page.locator(".tf-keep__button--on").count() == 1
    button.click()
    page.locator("#bewaar-molen-1:not(.tf-keep__button--on)").wait_for()


def test_keeping_and_comparing_without_scripts(page_without_scripts, offers):
    page = page_without_scripts
    page.goto("/aanbod/?sort=title")
    page.click("#bewaar-molen-0")
    assert "/aanbod/?sort=title" in page.url
    assert "bewaard op dit apparaat" in page.locator("main").inner_text()
    page.click("#bewaar-molen-1")
    page.goto("/bewaard/")
    for box in page.locator("input[name=a]").all():
        box.check()
    page.click("#vergelijk button")
    assert page.locator("h1").inner_text() == "2 activiteiten vergelijken"
    assert page.locator(".tf-compare__mark", has_text="verschilt").count() > 0


def test_the_boxes_of_the_list_compare(page, offers):
    page.goto("/aanbod/?sort=title")
    for number in (1, 3):
        page.locator(f"input[name=a][value=molen-{number}]").check()
    page.click("#vergelijk button")
    page.wait_for_url("**/vergelijk/?a=molen-1&a=molen-3")


def test_a_note_for_colleagues(page, enter, offers):
    school = SchoolFactory()
    Favourite.objects.create(school=school, activity=offers[0], user=UserFactory())
    enter(MembershipFactory(school=school).user)
    page.goto("/bewaard/")
    page.click(".tf-kept__note summary")
    page.locator(".tf-kept__note input[type=text]").fill("Leuk voor groep 7")
    page.click(".tf-kept__note button")
    page.locator(".tf-kept__note summary", has_text="Leuk voor groep 7").wait_for()


def test_the_address_is_copied(page, live_server, offers):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto("/aanbod/molen-0/")
    page.click("[data-share-button]")
    page.locator("[data-share] [role=status]", has_text="gekopieerd").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/aanbod/molen-0/")


def test_what_the_device_can_share_it_shares(page, offers):
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto("/aanbod/molen-0/")
    page.click("[data-share-button]")
    page.wait_for_function("window.shared")
    assert page.evaluate("window.shared.title") == "Molen 0"


def test_without_scripts_there_is_a_mail_and_the_address(page_without_scripts, offers):
    page = page_without_scripts
    page.goto("/aanbod/molen-0/")
    mail = page.locator("[data-share] a").get_attribute("href")
    assert mail.startswith("mailto:?subject=Molen%200&body=")
    assert "%2Faanbod%2Fmolen-0%2F" in mail
    assert page.locator(".tf-share__url").inner_text().endswith("/aanbod/molen-0/")
    assert not page.locator("[data-share-button]").is_visible()
    assert not page.locator("[data-print]").is_visible()


def test_on_paper_there_is_the_text_and_the_address(page, offers):
    page.goto("/aanbod/molen-0/")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("[data-print]")
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    assert page.locator(".tf-print-only").is_visible()
    for part in ("header.tf-header", "footer", ".tf-share", ".tf-keep", ".tf-crumb"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator("h1").is_visible()
    page.emulate_media(media="screen")
    page.goto("/aanbod/")
    page.emulate_media(media="print")
    for part in ("#filters", "#zoek", ".tf-keep", ".tf-compare-bar"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator(".tf-card").count() == 4
