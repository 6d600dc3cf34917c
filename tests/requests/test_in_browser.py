"""The way of a teacher on a phone: with scripts, without, and with a worker that tells both sides."""

import re

import pytest
from playwright.sync_api import expect

from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.factories.organisations import SchoolFactory
from tests.support.browser import sideways

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def school():
    SchoolFactory(name="Lyceum De Horizon", city="Goes", sector="vo", levels=["vo-havo"])
    return SchoolFactory(name="De Loefzijde", city="Arnemuiden", holiday_region="Zuid")


def fill_in(page):
    page.locator("#id_title").fill("Zonne-energie: zelf iets bouwen")
    page.locator("[name=levels][value=po-7]").check(force=True)
    page.locator("#id_group_size").fill("28")
    page.locator("#id_date_from").fill("3 mei")
    page.locator("#id_date_until").fill("1 juli")
    page.locator("#id_email").fill("elke@deloefzijde.example")


def confirm(page):
    page.wait_for_url("**/bevestigen/**")
    code = re.search(r"\b\d{6}\b", OutgoingMail.objects.get(kind="request_code").text)[0]
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Open mijn vraag").click()
    page.wait_for_url("**/mijn/vraag/**")
    assert Request.objects.get().status == Request.Status.OPEN


@pytest.mark.parametrize("width", [320, 1280])
def test_by_keyboard_with_scripts(page, axe, school, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/vraag/")
    assert axe(page) == []
    page.locator("#id_school_q").press_sequentially("arnemuiden")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    card = page.locator(".tf-school")
    expect(card).to_be_focused()
    expect(card).to_contain_text("De Loefzijde")
    expect(page.locator("#request-levels input")).to_have_count(8)
    expect(page.locator("#request-holidays")).to_contain_text("regio Zuid")
    fill_in(page)
    assert axe(page) == []
    assert sideways(page) <= 0
    page.locator("#id_email").press("Enter")
    page.wait_for_url("**/bevestigen/**")
    assert axe(page) == []
    confirm(page)
    assert Request.objects.get().school == school


def test_without_scripts(page_without_scripts, school):
    page = page_without_scripts
    page.goto("/vraag/")
    page.locator("#id_title").fill("Deze zin blijft staan")
    page.locator("#id_school_q").fill("LOEFZIJDE")
    page.get_by_role("button", name="Zoek school").click()
    page.get_by_role("radio", name=re.compile("De Loefzijde")).check()
    page.get_by_role("button", name="Kies deze school").click()
    expect(page.locator(".tf-school")).to_contain_text("De Loefzijde")
    expect(page.locator("#id_title")).to_have_value("Deze zin blijft staan")
    expect(page.locator("[name=levels]")).to_have_count(8)
    page.get_by_role("button", name="Plaats je vraag").last.click()
    expect(page.locator(".tf-summary")).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Plaats je vraag").last.click()
    confirm(page)
    assert Request.objects.get().school == school
