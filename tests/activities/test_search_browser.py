"""Searching in a real browser: while one filters, by keyboard, without scripts, on a phone, and for who cannot see."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(320, 900), (768, 900), (1280, 900)]
FILTERED = "/aanbod/?plaats=Goes&straal=50&level=po-7&level=po-8&theme=energie&free=1"


@pytest.fixture
def offers():
    province = Region.objects.get(code="NL-ZE")
    goes = RegionFactory(name="Goes", code="GM0664", slug="goes", parent=province, lat=51.504, lon=3.889)
    SchoolFactory(municipality=goes, postcode="4461 AA", city="Goes", lat=51.504, lon=3.889)
    provider = ProviderFactory(name="Sloewind Onderhoud", city="Nieuwdorp")
    for number in range(22):
        ActivityFactory(
            title=f"Wind vangen {number}", slug=f"wind-{number}", provider=provider, regions=["NL-ZE"], cost=0,
            venue_lat=51.44 + number / 100, venue_lon=3.57, levels=["po-7", "po-8"], themes=["energie"],
            months=[number % 12 + 1],
        )  # fmt: skip
    full = ActivityFactory(title="Kijken in het schakelstation", kind="bedrijfsbezoek", delivery=["at_provider"],
                           themes=["elektro"], levels=["vo-vmbo"])  # fmt: skip
    SessionFactory(activity=full, date=timezone.localdate() + dt.timedelta(days=20), seats=30, taken=30)
    ActivityFactory(title="Waterstof in 60 minuten", delivery=["online"], regions=[], kind="online-les")


def arrived(page, address):
    page.wait_for_url(re.compile(address))
    page.wait_for_function("!document.getElementById('resultaten').hasAttribute('aria-busy')")


def focus(page):
    return page.evaluate("document.activeElement.id")


def repeated_ids(page):
    return page.evaluate(
        "(() => { const ids = [...document.querySelectorAll('[id]')].map(each => each.id);"
        " return ids.filter((id, at) => ids.indexOf(id) !== at); })()"
    )


# ------------------------------------------------------------------- for everybody


def test_no_accessibility_faults(page, offers):
    faults = []
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    for path in ("/aanbod/", f"{FILTERED}&groep=veel", "/aanbod/?q=wnd&theme=bouw", "/aanbod/#filters"):
        for size in SIZES:
            # Loaded for each: where "#filters" brings one to is another place on a telephone.
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.goto("about:blank")
            page.goto(path)
            faults += faults_at(page, path, [size], ["light", "dark"])
        faults += repeated_ids(page)
    assert faults == []


def test_list_and_counts_follow_while_one_filters(page, axe, offers):
    page.goto("/aanbod/")
    page.check("#level-po-7")
    arrived(page, r"\?level=po-7$")
    assert focus(page) == "level-po-7"
    assert page.title() == "23 activiteiten - Techfinder"
    assert page.inner_text("#gevonden") == "23 activiteiten"
    assert page.inner_text("[data-count='delivery-online']") == "1"
    assert page.inner_text("[data-count='kind-bedrijfsbezoek']") == "0"
    assert page.locator(".tf-option--none #kind-bedrijfsbezoek").count() == 1
    assert page.inner_text(".tf-facet:has(#level-po-7) .tf-facet__chosen") == "1 gekozen"
    assert repeated_ids(page) == []
    assert axe(page) == []
    page.uncheck("#level-po-7")
    arrived(page, r"/aanbod/$|\?$")
    assert page.inner_text("[data-count='kind-bedrijfsbezoek']") == "1"


def test_typing_is_searched_and_is_one_step_back(page, offers):
    page.goto("/aanbod/")
    page.check("#delivery-online")
    arrived(page, r"\?delivery=online$")
    page.focus("#q")
    page.keyboard.type("water")
    arrived(page, r"q=water")
    page.keyboard.type("stof")
    arrived(page, r"q=waterstof")
    assert focus(page) == "q"
    assert "1 activiteit over waterstof" in page.inner_text("h1")
    page.go_back()
    page.wait_for_url(re.compile(r"\?delivery=online$"))
    page.wait_for_function("document.getElementById('q')?.value === ''")
    assert page.is_checked("#delivery-online")
    page.go_back()
    page.wait_for_function("document.getElementById('delivery-online')?.checked === false")
    assert page.url.endswith("/aanbod/")
    page.go_forward()
    page.wait_for_function("document.getElementById('delivery-online')?.checked === true")


def test_order_of_distance_comes_with_a_place(page, offers):
    page.goto("/aanbod/")
    assert "dichtbij eerst" not in page.inner_text("#sort")
    page.fill("#plaats", "Goes")
    page.keyboard.press("Tab")
    arrived(page, r"\?plaats=Goes$")
    assert focus(page) == "straal"
    assert "dichtbij eerst" in page.inner_text("#sort")
    page.focus("#sort")
    page.select_option("#sort", "title")
    arrived(page, r"sort=title")
    assert focus(page) == "sort"


def test_what_is_wrong_is_said_at_the_field(page, axe, offers):
    page.goto("/aanbod/")
    page.click("summary:has-text('Grootte van de groep')")
    page.fill("#groep", "veel")
    page.keyboard.press("Enter")
    arrived(page, r"groep=veel")
    assert "heel getal" in page.inner_text("#groep-fout")
    assert page.get_attribute("#groep", "aria-invalid") == "true"
    assert page.input_value("#groep") == "veel"
    assert axe(page) == []
    page.fill("#groep", "28")
    page.keyboard.press("Enter")
    arrived(page, r"groep=28")
    assert not page.is_visible("#groep-fout")
    assert page.get_attribute("#groep", "aria-invalid") is None


def test_by_keyboard_alone(page, offers):
    page.goto("/aanbod/")
    page.focus("#q")
    page.keyboard.type("wind")
    page.keyboard.press("Enter")
    arrived(page, r"q=wind")
    page.focus("#level-po-8")
    page.keyboard.press("Space")
    arrived(page, r"level=po-8")
    assert focus(page) == "level-po-8"
    chip = page.locator(".tf-chip", has_text="groep 8")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=wind$"))
    link = page.locator(".tf-card__link").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/aanbod/wind-\d+/$"))


def test_on_a_phone_filters_lie_over_the_list(page, axe, offers):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/aanbod/")
    assert not page.is_visible("#filters")
    page.click("a[href='#filters']")
    assert page.is_visible("#filters")
    page.check("#level-vo-vmbo")
    arrived(page, r"level=vo-vmbo")
    assert page.is_visible("#filters")
    assert page.inner_text("#toon") == "Toon 1 resultaat"
    assert axe(page) == []
    page.click("#toon")
    assert not page.is_visible("#filters")
    assert page.inner_text("h1") == "1 activiteit"
    assert "Filters (1)" in page.inner_text(".tf-filterbar")


# ------------------------------------------------------------------- without scripts


def test_the_same_form_works_without_scripts(page_without_scripts, offers):
    page = page_without_scripts
    page.goto("/aanbod/")
    page.fill("#plaats", "Goes")
    page.select_option("#straal", "25")
    page.click("#zoek button")
    page.wait_for_url(re.compile(r"straal=25"))
    assert "binnen 25 km van Goes" in page.inner_text("h1")
    page.check("#level-po-7")
    page.click("#toon")
    page.wait_for_url(re.compile(r"plaats=Goes.*level=po-7.*#resultaten$"))
    assert page.is_checked("#level-po-7")
    assert page.input_value("#plaats") == "Goes"
    page.click(".tf-chip:has-text('groep 7')")
    page.wait_for_url(re.compile(r"plaats=Goes&straal=25$"))
    page.select_option("#sort", "title")
    page.click("#toon")
    page.wait_for_url(re.compile(r"sort=title"))
    page.click("a[rel=next]")
    page.wait_for_url(re.compile(r"page=2"))
    assert page.locator(".tf-card").count() > 0


def test_phone_without_scripts(page_without_scripts, offers):
    page = page_without_scripts
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/aanbod/")
    page.click("a[href='#filters']")
    page.check("#level-vo-vmbo")
    page.click("#toon")
    page.wait_for_url(re.compile(r"level=vo-vmbo.*#resultaten$"))
    assert not page.is_visible("#filters")
    assert page.inner_text("h1") == "1 activiteit"
