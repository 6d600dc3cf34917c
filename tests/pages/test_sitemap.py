"""What search engines and those who share a page are told."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from techfinder.activities.models import Activity
from techfinder.organisations.models import Provider
from techfinder.pages import sitemaps
from techfinder.taxonomy.models import Theme
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory

pytestmark = pytest.mark.django_db
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
BASE = settings.BASE_URL.rstrip("/")


def locations(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    found = [each.text for each in ET.fromstring(response.content).iterfind(".//s:loc", SPACE)]
    assert all(each.startswith(f"{BASE}/") for each in found)
    return [each.removeprefix(BASE) for each in found]


def test_every_section_of_the_index_is_there_and_every_page_in_it_answers(client):
    ActivityFactory()
    sections = locations(client, "/sitemap.xml")
    assert len(sections) == len(sitemaps.SECTIONS)
    pages = [page for section in sections for page in locations(client, section)]
    assert len(pages) == len(set(pages))
    assert {page: client.get(page).status_code for page in pages if client.get(page).status_code != 200} == {}


def test_only_what_is_public_is_in_it(client):
    public = ActivityFactory()
    for status in set(Activity.Status) - {Activity.Status.PUBLISHED}:
        ActivityFactory(status=status)
    ActivityFactory(provider__status=Provider.Status.PENDING)
    ActivityFactory(provider__paused=True)
    assert locations(client, "/sitemap-aanbod.xml") == [public.get_absolute_url()]
    assert locations(client, "/sitemap-aanbieders.xml") == [public.provider.get_absolute_url()]


def test_when_it_last_changed_is_told(client):
    activity = ActivityFactory()
    text = client.get("/sitemap-aanbod.xml").content.decode()
    assert f"<lastmod>{activity.updated_at:%Y-%m-%d}</lastmod>" in text
    assert activity.updated_at.date().isoformat() in client.get("/sitemap.xml").content.decode()


def test_only_searches_that_find_something_are_in_it(client):
    ActivityFactory(regions=["NL-ZE"], themes=["robotica"])
    assert locations(client, "/sitemap-themas.xml") == [
        "/aanbod/thema/robotica/", "/aanbod/zeeland/thema/robotica/"
    ]  # fmt: skip
    regions = locations(client, "/sitemap-regios.xml")
    assert [address for address in regions if address.startswith("/aanbod/")] == ["/aanbod/zeeland/"]
    assert "/regio/drenthe/" in regions


def test_a_retired_theme_is_not_in_it(client):
    ActivityFactory(regions=["NL-ZE"], themes=["robotica"])
    Theme.objects.filter(code="robotica").update(active=False)
    assert "/aanbod/thema/robotica/" not in locations(client, "/sitemap-themas.xml")


def test_many_offers_come_in_parts(client, monkeypatch):
    monkeypatch.setattr(sitemaps.OwnSitemap, "limit", 2)
    slugs = [ActivityFactory().get_absolute_url() for _ in range(3)]
    assert {"/sitemap-aanbod.xml", "/sitemap-aanbod.xml?p=2"} <= set(locations(client, "/sitemap.xml"))
    assert locations(client, "/sitemap-aanbod.xml") + locations(client, "/sitemap-aanbod.xml?p=2") == slugs
    for page in ("3", "0", "x", "9999999999999999"):
        assert client.get(f"/sitemap-aanbod.xml?p={page}").status_code == 404
    assert client.get("/sitemap-bestaat-niet.xml").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("section", "asked"), [("aanbod", 3), ("aanbieders", 3)])
def test_a_section_asks_the_same_number_of_questions(client, count, section, asked):
    for _ in range(count):
        ActivityFactory()
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/sitemap-{section}.xml")
    assert len(queries) == asked


def test_robots_may_follow_pages_and_not_every_filter(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /mijn/" in lines
    assert "Disallow: /moderatie/" in lines
    assert "Disallow: /aanbod/*?" in lines
    assert "Allow: /aanbod/*?page=" in lines
    assert f"Sitemap: {BASE}/sitemap.xml" in lines


# -------------------------------------------------------------------------------- what a page says of itself


def head(client, address):
    return client.get(address).content.decode().split("</head>")[0]


def told(client, address):
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', head(client, address))
    return dict(found)


def canonical(client, address):
    found = re.search(r'<link rel="canonical" href="([^"]*)"', head(client, address))
    return found and found[1].removeprefix(BASE)


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("/", "/"),
        ("/hulp/?utm_source=x", "/hulp/"),
        ("/aanbod/", "/aanbod/"),
        ("/aanbod/?theme=energie", "/aanbod/"),
        ("/aanbod/?page=2", "/aanbod/?page=2"),
        ("/aanbod/?page=1", "/aanbod/"),
        ("/aanbod/?page=x", "/aanbod/"),
        ("/aanbod/?page=%C2%B2", "/aanbod/"),
        ("/aanbod/?page=2&theme=energie", "/aanbod/"),
        ("/aanbod/zeeland/", "/aanbod/zeeland/"),
        ("/aanbod/zeeland/?theme=energie", "/aanbod/zeeland/"),
        ("/aanbod/thema/energie/?page=2", "/aanbod/thema/energie/?page=2"),
        ("/regio/zeeland/", "/regio/zeeland/"),
    ],
)
def test_each_page_is_known_under_one_address(client, address, known_as):
    for _ in range(21):
        ActivityFactory(regions=["NL-ZE"])
    assert canonical(client, address) == known_as


def test_what_is_shared_has_title_words_picture_and_address(client):
    activity = ActivityFactory(title='Molens & "meer"', summary="Een molen bouwen.")
    found = told(client, activity.get_absolute_url())
    assert found["og:title"].startswith("Molens &amp; &quot;meer&quot;")
    assert found["og:description"] == found["description"] == "Een molen bouwen."
    assert found["og:url"] == BASE + activity.get_absolute_url()
    assert found["og:image"] == f"{BASE}/static/img/share.png"
    assert found["og:type"] == "article"
    assert found["twitter:card"] == "summary_large_image"


def test_the_picture_of_an_offer_is_the_one_that_is_shared(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    activity = ActivityFactory()
    activity.picture.save("molen.png", ContentFile(b"x"))
    assert told(client, activity.get_absolute_url())["og:image"] == BASE + activity.picture.url


@pytest.mark.parametrize(
    "address", ["/", "/hulp/", "/aanbod/", "/aanbod/zeeland/", "/regio/", "/regio/zeeland/", "/vraag/"]
)
def test_every_public_page_can_be_shared(client, address):
    ActivityFactory(regions=["NL-ZE"])
    found = told(client, address)
    assert found["og:title"]
    assert found["og:description"]
    assert "robots" not in found


def test_the_picture_of_the_site_is_there_and_of_its_size():
    from PIL import Image

    with Image.open(settings.BASE_DIR / "static" / "img" / "share.png") as picture:
        assert picture.size == (1200, 630)


@pytest.mark.parametrize("address", ["/mijn/", "/bewaard/", "/aanbod/vergelijk/", "/account/"])
def test_personal_pages_are_not_for_search_engines(client, address):
    client.force_login(MembershipFactory(provider=ProviderFactory()).user)
    text = client.get(address, follow=True).content.decode().split("</head>")[0]
    assert 'content="noindex"' in text
    assert "og:title" not in text


def test_a_search_without_results_is_not_for_search_engines(client):
    assert told(client, "/aanbod/?q=bestaatnergens")["robots"] == "noindex"
    assert told(client, "/aanbod/drenthe/")["robots"] == "noindex"


def test_a_page_that_is_not_there_has_no_address(client):
    assert canonical(client, "/bestaat-niet/") is None
