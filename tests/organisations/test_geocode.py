"""The port for geocoders against a real HTTP server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from techfinder.organisations import geocode
from techfinder.organisations.geocode import NoGeocoder, PdokGeocoder, geocoder
from techfinder.organisations.models import School
from techfinder.organisations.register.placing import Placing
from tests.factories.organisations import RegionFactory, SchoolFactory


class Locatieserver:
    """Answers as told; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.body, self.delay = 200, "", 0.0
        self.release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                outer.asked.append(f"{parts.path} {parse_qs(parts.query)['q'][0]}")
                if outer.delay:
                    outer.release.wait(outer.delay)
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(outer.body.encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/search/v3_1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def finds(self, *points: str) -> None:
        self.body = json.dumps({"response": {"docs": [{"centroide_ll": point} for point in points]}})

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server() -> Iterator[Locatieserver]:
    server = Locatieserver()
    yield server
    server.close()


def test_off_by_default() -> None:
    assert isinstance(geocoder(), NoGeocoder)
    assert geocoder().locate("Dorpsstraat 1, 4381 AB Vlissingen") is None


def test_an_address_is_asked_once(server: Locatieserver, settings: Settings) -> None:
    settings.GEOCODER_URL = server.url
    server.finds("POINT(3.57 51.45)", "POINT(5 52)")
    assert geocoder().locate("Dorpsstraat  1, Vlissingen") == (51.45, 3.57)
    assert geocoder().locate("dorpsstraat 1, vlissingen") == (51.45, 3.57)
    assert server.asked == ["/search/v3_1/free Dorpsstraat 1, Vlissingen"]


def test_an_unknown_address_is_remembered_too(server: Locatieserver) -> None:
    server.finds()
    adapter = PdokGeocoder(server.url)
    assert adapter.locate("Atlantis") is None
    assert adapter.locate("Atlantis") is None
    assert len(server.asked) == 1
    assert adapter.locate("  ") is None
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, ""),
        (302, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, '{"response": {"docs": [{}]}}'),
        (200, '{"response": {"docs": [{"centroide_ll": "POINT(a b)"}]}}'),
    ],
)
def test_a_fault_is_an_unknown_address_and_not_remembered(server: Locatieserver, status: int, body: str) -> None:
    server.status, server.body = status, body
    adapter = PdokGeocoder(server.url)
    assert adapter.locate("Dorpsstraat 1") is None
    server.status = 200
    server.finds("POINT(3.57 51.45)")
    assert adapter.locate("Dorpsstraat 1") == (51.45, 3.57)


def test_a_server_that_hangs_or_is_gone_costs_little(server: Locatieserver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocode, "TIMEOUT", httpx.Timeout(0.3))
    server.delay = 5
    assert PdokGeocoder(server.url).locate("Dorpsstraat 1") is None
    assert PdokGeocoder("http://127.0.0.1:1").locate("Dorpsstraat 1") is None


@pytest.mark.parametrize("url", ["https://evil.example/search", "http://169.254.169.254/", "file:///etc/passwd"])
def test_no_other_host_is_asked(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        PdokGeocoder(url)


@pytest.mark.django_db
def test_a_school_that_nothing_else_places_is_geocoded(server: Locatieserver, settings: Settings) -> None:
    settings.GEOCODER_URL = server.url
    server.finds("POINT(3.57 51.45)")
    nowhere = RegionFactory(name="Nergenshuizen", lat=None, lon=None)
    school = SchoolFactory(lat=None, lon=None, municipality=nowhere, city="Nergenshuizen")
    placing = Placing()
    placing.touch(nowhere.pk)
    assert placing.settle() == {school.pk}
    school = School.objects.get()
    assert (school.lat, school.lon, school.point_source) == (51.45, 3.57, "geocoder")
