"""The frame, the home page and the way in, in a real browser."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = [
    "pages:home",
    "pages:help",
    "pages:how",
    "pages:privacy",
    "pages:accessibility",
    "account_login",
    "account_signup",
]
SIGNED_IN = ["usersessions_list", "account_logout"]
SIZES = [(320, 640), (360, 740), (1280, 900)]


@pytest.fixture
def something():
    ActivityFactory(title="Mini-Zonnebootrace", themes=["energie"], months=[6])
    for number in range(6):
        RequestFactory(title=f"Robotica: zelf een arm programmeren, deel {number}", themes=["robotica"])


@pytest.fixture
def signed_in(page, live_server, client):
    membership = MembershipFactory(user=UserFactory(), provider=ProviderFactory(name="Zilt Elektrotechniek"))
    client.force_login(membership.user)
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in client.cookies.items()]
    )
    return page


def test_public_pages_are_accessible(page, something):
    for name in OPEN:
        page.goto(reverse(name))
        assert faults_at(page, name, SIZES, ["light", "dark"]) == []


def test_pages_of_an_account_are_accessible(signed_in):
    for name in SIGNED_IN:
        signed_in.goto(reverse(name))
        assert faults_at(signed_in, name, SIZES) == []


def test_high_contrast(page, axe, something):
    page.emulate_media(forced_colors="active")
    page.goto("/")
    # The colours are the system's then; axe reads those of the style sheet.
    assert [fault for fault in axe(page) if not fault.startswith("color-contrast")] == []


def test_nothing_is_refused_by_the_content_policy(page, something):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in OPEN:
        page.goto(reverse(name), wait_until="networkidle")
    assert complaints == []


def test_the_keyboard_goes_past_the_menu_to_the_content(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ga naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhoud"


def test_focus_is_always_visible_and_never_covered(page, something):
    page.goto("/")
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const el = document.activeElement;
                if (!el || el === document.body) return null;
                const box = el.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                const outline = getComputedStyle(el).outlineStyle !== "none";
                const uncovered = !top || el.contains(top) || top.contains(el);
                return {what: el.outerHTML.slice(0, 80), outline, uncovered};
            }"""
        )
        if seen is None:
            break
        assert seen["outline"], seen
        assert seen["uncovered"], seen


def test_the_menu_of_a_phone_opens_without_scripts(page_without_scripts):
    page = page_without_scripts
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.click(".tf-menu summary")
    assert page.locator(".tf-menu__panel a", has_text="Hulp").is_visible()
    page.click(".tf-menu__panel a:has-text('Hulp')")
    assert page.title().startswith("Hulp")


def test_the_menu_of_a_phone_closes_by_escape(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.click(".tf-menu summary")
    page.keyboard.press("Escape")
    assert not page.locator(".tf-menu__panel").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_language_goes_to_english_and_back_without_scripts(page_without_scripts):
    page = page_without_scripts
    page.goto("/hulp/")
    page.click("header button:has-text('English')")
    assert page.locator("h1").inner_text() == "Help"
    page.click("header button:has-text('Nederlands')")
    assert page.locator("h1").inner_text() == "Hulp"


def test_signing_in_without_an_address_says_what_to_do(page, axe):
    page.goto(reverse("account_login"))
    page.click("main button:has-text('Mail mij een code')")
    assert page.locator(".tf-summary").inner_text().endswith("Vul in: E-mailadres")
    assert "tf-summary" in page.evaluate("document.activeElement.className")
    page.click(".tf-summary__link")
    assert page.evaluate("document.activeElement.id") == "id_email"
    assert axe(page) == []
