"""The home page, the pages of words, and what every page has."""

import gzip
import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from techfinder.activities.models import Activity
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import months
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

WORDS = ["pages:help", "pages:how", "pages:privacy", "pages:accessibility"]

pytestmark = pytest.mark.django_db


def test_home_shows_what_is_there(client):
    ActivityFactory(title="Mini-Zonnebootrace", themes=["energie"])
    ActivityFactory(draft=True, title="Nog niet af")
    RequestFactory(title="Robotica: zelf een arm programmeren", themes=["robotica"], contact_name="Jonas de Wit")
    RequestFactory(title="Niet bevestigd", status=Request.Status.UNCONFIRMED)
    html = client.get("/").content.decode()
    assert "Mini-Zonnebootrace" in html
    assert "Robotica: zelf een arm programmeren" in html
    assert "Robotica en automatisering" in html
    assert "Nog niet af" not in html
    assert "Niet bevestigd" not in html
    assert "Jonas" not in html


def test_home_is_never_a_dead_end(client):
    html = client.get("/").content.decode()
    assert "Nog geen aanbod" in html
    assert "Nu geen open vragen" in html


def test_home_hides_the_offer_of_a_provider_that_is_not_verified(client):
    ActivityFactory(title="Verborgen", provider=ProviderFactory(status="pending"))
    assert "Verborgen" not in client.get("/").content.decode()


def test_home_takes_as_many_queries_with_much_as_with_little(client, django_assert_max_num_queries):
    ActivityFactory()
    RequestFactory()
    client.get("/")
    with django_assert_max_num_queries(11):
        client.get("/")
    for _ in range(6):
        ActivityFactory()
        RequestFactory()
    with django_assert_max_num_queries(11):
        client.get("/")


def test_the_search_box_leads_to_the_offers(client):
    html = client.get("/").content.decode()
    form = re.search(r'<form class="tf-search[^>]*>', html)
    assert form is not None
    assert 'action="/aanbod/"' in form[0]
    assert 'name="q"' in html
    assert 'name="plaats"' in html


@pytest.mark.parametrize("name", WORDS)
def test_pages_of_words(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


def test_the_header_says_for_whom_one_acts(client):
    membership = MembershipFactory(user=UserFactory(), provider=ProviderFactory(name="Zilt Elektrotechniek"))
    client.force_login(membership.user)
    html = client.get("/hulp/").content.decode()
    assert "Zilt Elektrotechniek" in html
    assert "Uitloggen" in html


def test_the_header_of_a_person_without_an_organisation(client):
    client.force_login(UserFactory(name="Elke Moens"))
    assert "Elke Moens" in client.get("/hulp/").content.decode()


def test_a_pending_claim_is_not_in_the_header(client):
    membership = MembershipFactory(user=UserFactory(), provider=ProviderFactory(name="Geclaimd"), status="pending")
    client.force_login(membership.user)
    assert "Geclaimd" not in client.get("/hulp/").content.decode()


def test_the_language_switch(client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/hulp/"})
    html = client.get("/hulp/").content.decode()
    assert '<html lang="en"' in html
    assert "Why is there no password?" in html


def test_an_address_that_does_not_exist(client):
    response = client.get("/bestaat-niet/")
    assert response.status_code == 404


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404"])
def test_pages_of_failures_lead_on(rf, code):
    html = render_to_string(f"{code}.html", {}, rf.get("/") if code != "400" else None)
    assert html.count("<h1") == 1
    assert reverse("pages:help") in html


def test_the_page_of_a_fault_needs_nothing():
    assert "<h1" in render_to_string("500.html")


def test_no_template_has_inline_style_or_script():
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        if "mail" in template.relative_to(settings.BASE_DIR / "templates").parts:
            continue
        text = template.read_text()
        assert not re.search(r"\sstyle=", text), template
        assert not re.search(r"\son[a-z]+=\"", text), template
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/" in script, f"{template}: {script}"


def test_styles_stay_small():
    sheets = [*(settings.BASE_DIR / "static" / "css").glob("*.css")]
    sheets.append(settings.FRONT_END_PACKAGES["utrecht"] / "index.css")
    sheets.append(settings.FRONT_END_PACKAGES["figtree"] / "wght.css")
    assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in sheets) < 60_000


def test_a_colour_is_a_token():
    """A colour value stands in theme.css and nowhere else; white on teal and paper for print are the exceptions."""
    for sheet in (settings.BASE_DIR / "static" / "css").glob("tf-*.css"):
        if sheet.name != "tf-print.css":
            assert set(re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text())) <= {"#fff"}, sheet.name


def test_the_lockfile_names_no_address():
    text = (settings.BASE_DIR / "package-lock.json").read_text()
    assert '"resolved"' not in text


def test_a_card_shows_the_latest_first(client):
    from django.utils import timezone

    old = ActivityFactory(title="Oud", published_at=timezone.now() - timezone.timedelta(days=9))
    new = ActivityFactory(title="Nieuw")
    html = client.get("/").content.decode()
    assert html.index(new.title) < html.index(old.title)
    assert Activity.objects.count() == 2


def test_what_has_only_fixed_days_is_not_for_the_whole_year(client):
    day = SessionFactory(activity=ActivityFactory(months=[])).date
    html = client.get("/").content.decode()
    assert "Hele jaar" not in html
    assert months([day.month]).capitalize() in html
