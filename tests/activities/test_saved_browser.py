"""From the list to an alert and out again, in a browser, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from techfinder.activities.models import SavedSearch
from tests.activities.saved_steps import a_saved, alerts_to, letters_to, run
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def address_in(mail, part):
    return re.search(rf"https?://[^/\s]+(/bericht/{part}\S*)", mail.text)[1]


def look(page, name):
    """No faults, and nothing to scroll sideways, on a phone and on a desk."""
    assert faults_at(page, name, [(360, 900), (1280, 900)]) == []


def test_from_the_list_to_an_alert_and_out_again(page_without_scripts):
    page = page_without_scripts
    ActivityFactory()
    page.goto("/aanbod/?theme=energie")
    page.get_by_role("link", name="Mail mij").click()
    page.get_by_label("Je e-mailadres").fill("leraar@school.example")
    page.get_by_label("Zodra er iets nieuws is").check()
    page.get_by_role("button", name="Mail mij").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in je mail")
    page.goto(address_in(letters_to()[0], "bevestigen"))
    page.get_by_role("button", name="Zet mijn bericht aan").click()
    expect(page.get_by_text("Dit bericht staat aan")).to_be_visible()
    ActivityFactory(title="Robots bouwen", themes=["energie", "robotica"])
    SavedSearch.objects.update(next_due_at=SavedSearch.objects.get().confirmed_at)
    assert run() == 1
    (mail,) = alerts_to()
    page.goto(re.search(r"(/bericht/[0-9a-f-]+/minder/\S+)", mail.text)[1])
    page.get_by_label("Thema: ", exact=False).check()
    page.get_by_role("button", name="Laat dit weg").click()
    expect(page.get_by_role("heading", name="Wat je niet meer krijgt")).to_be_visible()
    page.get_by_role("button", name="Verander waarover").click()
    page.goto("/aanbod/?theme=water")
    page.get_by_role("link", name="Neem deze zoekopdracht").click()
    page.get_by_role("button", name="Verander het").click()
    assert SavedSearch.objects.get().criteria == {"theme": ["water"]}
    page.goto(address_in(mail, "stop"))
    page.get_by_role("button", name="Stop dit bericht").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bericht is gestopt")
    page.get_by_role("button", name="Begin opnieuw").click()
    expect(page.get_by_text("Dit bericht staat aan")).to_be_visible()


def test_every_page_is_for_everybody(page):
    saved = a_saved(
        criteria={"theme": ["energie", "gone"], "level": ["po-7", "po-8"]}, less=[{"by": "kind", "value": "gastles"}]
    )
    fresh = a_saved(email="b@school.example", state="unconfirmed")
    stopped = a_saved(email="c@school.example", state="stopped", stopped_because="silent")
    activity = ActivityFactory(themes=["energie", "water"])
    pages = {
        "new": "nieuw/?theme=energie&level=po-7&straal=25",
        "not": "nieuw/?level=po-7",
        "sent": "gestuurd/",
        "manage": f"{saved.uuid}/",
        "stopped": f"{stopped.uuid}/",
        "change": f"{saved.uuid}/wijzigen/?theme=water",
        "less": f"{saved.uuid}/minder/{activity.slug}/",
        "confirm": f"bevestigen/{fresh.uuid}/",
        "pause": f"pauze/{saved.uuid}/",
        "stop": f"stop/{saved.uuid}/",
        "wanted": f"nog/{saved.uuid}/",
    }
    for name, path in pages.items():
        page.goto(f"/bericht/{path}")
        look(page, name)
    page.goto("/bericht/nieuw/?theme=energie")
    page.get_by_role("button", name="Mail mij").click()
    look(page, "wrong")
    page.goto("/aanbod/?theme=energie")
    look(page, "list")


def test_ones_own_page(page, client, live_server):
    user = UserFactory()
    a_saved(email=user.email, user=user, criteria={"theme": ["energie"], "level": ["po-7"]})
    a_saved(email=user.email, user=user, criteria={"theme": ["gone"]}, state="paused")
    client.force_login(user)
    cookie = next(iter(client.cookies.values()))
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto("/bericht/")
    look(page, "mine")
    ActivityFactory.create_batch(2)
    SavedSearch.objects.filter(state="active").update(watermark=0)
    run()
    page.set_content(alerts_to(user.email)[0].html)
    look(page, "mail")
