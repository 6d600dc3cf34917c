"""The page that shows every mail, while developing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.mail import gallery

pytestmark = pytest.mark.django_db

TEMPLATE = "account_code"


def address(view: str, **changed: str) -> str:
    first = gallery.samples()[TEMPLATE][0]
    parts = {"template": TEMPLATE, "name": first.name, "language": "nl"} | changed
    return reverse(f"post:{view}", kwargs=parts)


def test_the_list_leads_to_every_sample(client):
    page = client.get("/post/galerij/").content.decode()
    for template, samples in gallery.samples().items():
        for sample in samples:
            assert reverse("post:sample", args=[template, sample.name, "nl"]) in page


def test_a_sample_is_shown_in_light_and_dark_wide_and_narrow(client):
    page = client.get(address("sample")).content.decode()
    for scheme in ("light", "dark"):
        assert page.count(address("sample_html", scheme=scheme)) == 2
    assert 'width="600"' in page
    assert 'width="360"' in page
    assert "Auto-Submitted" in page
    assert address("sample", language="en") in page


@pytest.mark.parametrize(("scheme", "rule"), [("light", "@media not all"), ("dark", "@media all")])
def test_a_frame_has_the_colours_that_it_is_asked_for(client, scheme, rule):
    frame = client.get(address("sample_html", scheme=scheme))
    assert rule in frame.content.decode()
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("wrong", [{"template": "booking"}, {"name": "nobody"}, {"language": "de"}])
def test_what_is_no_sample_is_not_found(client, wrong):
    assert client.get(address("sample", **wrong)).status_code == 404
    assert client.get(address("sample_html", scheme="dark", **wrong)).status_code == 404


def test_there_are_two_schemes(client):
    assert client.get(address("sample_html", scheme="blue")).status_code == 404


def test_the_gallery_is_for_development_only(client, settings):
    settings.SHOW_POST = False
    for path in ("/post/galerij/", address("sample"), address("sample_html", scheme="dark")):
        assert client.get(path).status_code == 404


def test_the_gallery_shows_nothing_of_real_people(client):
    """The people are invented, and no mail of the outbox is looked at."""
    with CaptureQueriesContext(connection) as asked:
        client.get("/post/galerij/")
    tables = {table for each in asked.captured_queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', each["sql"])}
    assert tables & {"accounts_user", "mail_outgoingmail"} == set()


def test_a_template_has_its_samples_once(client):
    with pytest.raises(ValueError, match="there already"):
        gallery.register(TEMPLATE, *gallery.samples()[TEMPLATE])


def test_samples_of_one_template_have_names_of_their_own():
    twice = gallery.Sample("same", dict)
    with pytest.raises(ValueError, match="a name of its own"):
        gallery.register("nowhere", twice, twice)
    with pytest.raises(ValueError, match="needs samples"):
        gallery.register("nowhere")
