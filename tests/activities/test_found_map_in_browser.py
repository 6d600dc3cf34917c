"""The map of what was found in a real browser: without tiles, with them, by keyboard, without script."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PLACES = {"Goes": (51.50, 3.89), "Zwolle": (52.51, 6.09), "Groningen": (53.22, 6.57)}


@pytest.fixture
def offers():
    zeeland = Region.objects.get(code="NL-ZE")
    for name, (lat, lon) in PLACES.items():
        SchoolFactory(city=name, municipality=RegionFactory(name=name, parent=zeeland, lat=lat, lon=lon))
    provider = ProviderFactory(name="Huis van de Techniek")
    for number in range(12):
        lat, lon = PLACES["Zwolle"]
        ActivityFactory(
            title=f"Robots {number}", slug=f"robots-{number}", themes=["robotica"], venue_city="Zwolle",
            provider=provider, venue_lat=lat, venue_lon=lon, delivery=["at_provider"],
        )  # fmt: skip
    lat, lon = PLACES["Goes"]
    ActivityFactory(
        title="Zonneboten <b>&", slug="zonneboten", themes=["energie"], venue_city="Goes", venue_lat=lat, venue_lon=lon,
        delivery=["at_provider"], provider=provider,
    )  # fmt: skip
    ActivityFactory(title="Online les", slug="online-les", themes=["energie"], delivery=["online"], provider=provider)


@pytest.fixture
def tile_server():
    asked = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Referer")))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    yield server
    server.shutdown()


@pytest.fixture
def faults(page):
    """What the console complains of: also all that the content policy refuses."""
    found = []
    page.on("console", lambda told: found.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def unfold(page, query=""):
    page.goto(f"/aanbod/{query}")
    page.locator("#kaart > summary").click()
    page.locator(".tf-foundmap__pin, .tf-foundmap__cluster").first.wait_for()
    page.locator("path.tf-foundmap__land").first.wait_for(state="attached")


def test_nothing_is_fetched_for_the_map_before_it_is_opened(page, offers):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/aanbod/")
    page.wait_for_load_state("networkidle")

    assert [url for url in asked if "leaflet" in url or "kaart." in url or "land." in url] == []


def test_without_tiles_the_country_is_its_dots(page, offers, faults):
    unfold(page)

    assert page.locator("path.tf-foundmap__land").count() > 120
    assert page.get_by_role("button", name="12 activiteiten bij Zwolle").count() == 1
    assert page.get_by_role("button", name="Zonneboten <b>&, Goes").count() == 1
    assert page.locator("#kaart [data-status]").inner_text() == (
        "13 activiteiten op de kaart; 1 zonder plek op de kaart: online, of het adres is niet bekend."
    )
    assert faults == []


def test_tiles_come_from_the_host_that_was_set(page, offers, faults, settings, tile_server):
    host = f"http://127.0.0.1:{tile_server.server_port}"
    settings.TILES, settings.TILES_CREDIT = f"{host}/{{z}}/{{x}}/{{y}}.png", "Kaartgegevens van de proef"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "img-src": ["'self'", "data:", host]}}
    page.goto("/aanbod/?theme=robotica")
    page.wait_for_load_state("networkidle")
    assert tile_server.asked == []

    page.locator("#kaart > summary").click()
    page.locator("img.leaflet-tile-loaded").first.wait_for()
    page.locator("path.tf-foundmap__land").first.wait_for(state="detached")

    assert {referrer for _path, referrer in tile_server.asked} == {None}
    assert page.get_by_text("Kaartgegevens van de proef").is_visible()
    assert faults == []


def test_tiles_that_do_not_come_leave_the_dots(page, offers, settings):
    settings.TILES = "http://127.0.0.1:9/{z}/{x}/{y}.png"
    unfold(page)

    assert page.locator("path.tf-foundmap__land").count() > 120


def test_by_keyboard(page, offers, faults):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/aanbod/?theme=energie")
    page.locator("#kaart > summary").focus()
    page.keyboard.press("Enter")
    pin = page.get_by_role("button", name="Zonneboten <b>&, Goes")
    pin.wait_for()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hasAttribute('data-map')")
    page.keyboard.press("Tab")
    assert pin.evaluate("each => each === document.activeElement")
    assert pin.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup a", has_text="Zonneboten <b>&")
    link.wait_for()
    assert link.evaluate("each => each === document.activeElement")
    page.keyboard.press("Escape")
    link.wait_for(state="detached")
    assert pin.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    link.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/aanbod/zonneboten/")
    assert faults == []


def test_what_lies_at_one_place_is_a_list(page, offers):
    unfold(page)
    cluster = page.get_by_role("button", name="12 activiteiten bij Zwolle")
    cluster.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup li").first.wait_for()

    assert page.locator(".leaflet-popup a[href^='/aanbod/robots-']").count() == 8
    assert page.locator(".leaflet-popup li").last.inner_text() == "en nog 4, zie de lijst"


def test_the_map_follows_the_list(page, offers, faults):
    unfold(page)
    page.locator(".tf-facet > summary", has_text="Thema").click()
    page.locator("#theme-energie").check()
    page.get_by_role("button", name="12 activiteiten bij Zwolle").wait_for(state="detached")

    assert "theme=energie" in page.url
    assert page.locator(".tf-foundmap__pin").count() == 1
    # Back is a page of its own: its map is closed again, and has what its address finds.
    page.go_back()
    page.wait_for_url("**/aanbod/")
    page.locator("#kaart:not([open]) > summary").click()
    page.get_by_role("button", name="12 activiteiten bij Zwolle").wait_for()
    assert faults == []


def test_without_scripts_it_is_a_drawing(page_without_scripts, offers):
    page = page_without_scripts
    page.goto("/aanbod/")
    page.locator("#kaart > summary").click()
    drawing = page.locator("#kaart img")
    drawing.scroll_into_view_if_needed()

    page.wait_for_function("document.querySelector('#kaart img').naturalWidth > 0")
    assert drawing.bounding_box()["height"] > 200


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_nothing(page, offers, width):
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    unfold(page)
    page.get_by_role("button", name="12 activiteiten bij Zwolle").press("Enter")
    page.locator(".leaflet-popup li").first.wait_for()

    assert faults_at(page, "map", [(width, 900)], ["light", "dark"]) == []
