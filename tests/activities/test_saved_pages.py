"""Saving a search and all that can be done with it: from the page, from a mail, with and without an account."""

import uuid

import pytest
from django.urls import reverse

from techfinder.accounts.actions import delete_account
from techfinder.accounts.queries import personal_data
from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved import actions, reading
from techfinder.activities.saved.reading import EDITION, clean, fingerprint, read
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.taxonomy.models import Region
from tests.activities.saved_steps import THEME, a_saved, alerts_to, letters_to, run
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db
NEW = "/bericht/nieuw/?theme=energie"
FORM = {"email": "Leraar@school.example", "frequency": "daily"}


def url(name, saved, *args):
    return reverse(f"saved:{name}", args=[saved.uuid, *args])


def save(client, address=NEW, **data):
    return client.post(address, {**FORM, **data})


# ------------------------------------------------------------------- saving


def test_nothing_is_sent_before_the_owner_of_the_mailbox_confirms(client):
    answer = save(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/bericht/gestuurd/")
    saved = SavedSearch.objects.get()
    assert (saved.email, saved.state, saved.criteria) == ("leraar@school.example", "unconfirmed", THEME)
    (letter,) = letters_to(saved.email)
    link = url("confirm", saved)
    assert link in letter.text
    assert link in letter.html
    assert letter.is_code
    ActivityFactory()
    run()
    page = client.get(link)
    assert page.status_code == 200
    saved.refresh_from_db()
    assert saved.state == "unconfirmed"
    assert client.post(link).status_code == 302
    saved.refresh_from_db()
    assert (saved.state, bool(saved.confirmed_at), bool(saved.wanted_at)) == ("active", True, True)
    SavedSearch.objects.update(frequency="at_once", next_due_at=saved.confirmed_at)
    assert run() == 0
    ActivityFactory()
    assert run() == 1


def test_the_answer_does_not_tell_whether_the_address_is_known(client):
    known = a_saved(frequency="weekly")
    before, after = save(client, email="een@school.example"), save(client)
    assert before.headers["Location"] == after.headers["Location"]
    assert SavedSearch.objects.filter(email=known.email).count() == 1
    known.refresh_from_db()
    assert (known.frequency, known.state) == ("weekly", "active")
    (letter,) = letters_to(known.email)
    assert url("manage", known) in letter.text
    assert url("confirm", known) not in letter.text


def test_asking_twice_is_one_row_and_two_mails(client):
    save(client)
    save(client, "/bericht/nieuw/?theme=energie&sort=title&page=3", frequency="weekly")
    saved = SavedSearch.objects.get()
    assert (saved.frequency, len(letters_to(saved.email))) == ("weekly", 2)


@pytest.mark.django_db(transaction=True)
def test_asking_four_times_at_once_is_one_row():
    def ask():
        actions.save_for_address(email="a@school.example", params=THEME, frequency="daily", language="nl")

    in_threads(4, ask)
    assert SavedSearch.objects.count() == 1


def test_the_order_of_values_makes_no_other_search(rf):
    one, two = (clean(rf.get(f"/?{query}").GET) for query in ("theme=water&theme=ict", "theme=ict&theme=water&page=2"))
    assert fingerprint(one) == fingerprint(two)


def test_a_person_who_is_signed_in_needs_no_mail(client):
    user = UserFactory()
    client.force_login(user)
    answer = client.post(NEW, {"frequency": "weekly"})
    saved = SavedSearch.objects.get()
    assert answer.headers["Location"] == url("manage", saved)
    assert (saved.state, saved.user, saved.email) == ("active", user, user.email)
    assert not OutgoingMail.objects.exists()
    client.post(NEW, {"frequency": "daily"})
    assert SavedSearch.objects.get().frequency == "daily"


@pytest.mark.parametrize(
    "query", ["", "?level=po-7&free=1", "?straal=25", "?theme=bestaatniet", "?plaats=Nergenshuizen"]
)
def test_without_place_or_theme_the_page_says_why(client, query):
    page = client.get(f"/bericht/nieuw/{query}")
    assert page.status_code == 200
    assert "Kies eerst een plaats, regio of thema" in page.text
    assert save(client, f"/bericht/nieuw/{query}").status_code == 422
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": ""}, "Vul je e-mailadres in"),
        ({"email": "geen adres"}, "Vul een e-mailadres in"),
        ({"email": "a" * 300 + "@school.example"}, "e-mailadres"),
        ({"frequency": ""}, "Kies hoe vaak"),
        ({"frequency": "yearly"}, "Kies een van deze"),
    ],
)
def test_a_wrong_form_says_so_at_the_field_and_keeps_what_was_typed(client, wrong, words):
    answer = save(client, **wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert not SavedSearch.objects.exists()
    if wrong.get("email"):
        assert wrong["email"] in answer.text


def test_a_mailbox_is_not_filled_by_strangers(client):
    answers = [save(client, f"/bericht/nieuw/?theme=energie&groep={size}").status_code for size in range(1, 13)]
    assert answers == [302] * 10 + [429] * 2
    assert len(letters_to("leraar@school.example")) == 10


def test_odd_parameters_do_no_harm(client):
    long = "x" * 10_000
    many = "&".join(f"theme=t{n}" for n in range(500))
    for query in (f"?theme=energie&q={long}", f"?theme=energie&{many}", "?theme=energie&van=ooit&groep=-1&straal=1e9"):
        assert client.get(f"/bericht/nieuw/{query}").status_code == 200
        assert save(client, f"/bericht/nieuw/{query}").status_code in (302, 429)
    for saved in SavedSearch.objects.all():
        assert "energie" in saved.criteria["theme"]
        assert len(str(saved.criteria)) < 1000


def test_the_bar_of_the_list_leads_here(client):
    page = client.get("/aanbod/?theme=energie&level=po-7")
    assert 'href="/bericht/nieuw/?theme=energie&amp;level=po-7"' in page.text or (
        'href="/bericht/nieuw/?level=po-7&amp;theme=energie"' in page.text
    )
    assert "Kies eerst een plaats, regio of thema" in client.get("/aanbod/?level=po-7").text


# -------------------------------------------------------- pages of one alert


@pytest.mark.parametrize("name", ["manage", "confirm", "pause", "stop", "wanted", "change", "act"])
def test_a_number_that_nobody_has_is_not_found(client, name):
    address = reverse(f"saved:{name}", args=[uuid.uuid4()])
    assert client.post(address).status_code == 404
    if name != "act":
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["manage", "pause", "stop", "wanted", "change"])
def test_looking_changes_nothing(client, name):
    saved = a_saved()
    before = SavedSearch.objects.values().get()
    answer = client.get(url(name, saved))
    assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert SavedSearch.objects.values().get() == before


def test_pause_resume_stop_and_start_again(client):
    saved = a_saved()

    def state():
        saved.refresh_from_db()
        return saved.state

    client.post(url("pause", saved))
    assert state() == "paused"
    client.post(url("act", saved), {"do": "resume"})
    assert state() == "active"
    page = client.post(url("stop", saved))
    assert page.status_code == 200
    assert "Je bericht is gestopt" in page.text
    assert (state(), saved.stopped_because) == ("stopped", "self")
    client.post(url("act", saved), {"do": "again"})
    assert (state(), saved.stopped_because, saved.stopped_at) == ("active", "", None)


def test_one_that_was_never_confirmed_is_stopped_in_two_tabs():
    saved = a_saved(state="unconfirmed")
    tabs = [SavedSearch.objects.get(pk=saved.pk) for _ in range(2)]
    assert [actions.stop(saved=tab).state for tab in tabs] == ["stopped", "stopped"]
    assert not SavedSearch.objects.exists()


def test_a_mail_program_stops_it_without_cookies_or_token(settings):
    from django.test import Client

    saved = a_saved()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(url("stop", saved), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    saved.refresh_from_db()
    assert saved.state == "stopped"
    assert strict.post(url("act", saved), {"do": "again"}).status_code == 403


def test_rather_once_a_week(client):
    saved = a_saved()
    client.post(url("stop", saved), {"frequency": "weekly"})
    saved.refresh_from_db()
    assert (saved.state, saved.frequency) == ("active", "weekly")


def test_the_frequency_is_changed_on_the_page(client):
    saved = a_saved()
    assert client.post(url("manage", saved), {"frequency": "daily"}).status_code == 302
    saved.refresh_from_db()
    assert saved.frequency == "daily"
    assert client.post(url("manage", saved), {"frequency": "soms"}).status_code == 422


def test_what_it_searches_for_is_changed_on_the_page_of_offers(client):
    saved = a_saved()
    answer = client.post(url("act", saved), {"do": "change"})
    assert answer.headers["Location"] == "/aanbod/?theme=energie"
    bar = client.get("/aanbod/?theme=water").text
    assert f"{url('change', saved)}?theme=water" in bar
    page = client.get(f"{url('change', saved)}?theme=water")
    assert "water" in page.text
    saved.refresh_from_db()
    assert saved.criteria == THEME
    client.post(f"{url('change', saved)}?theme=water")
    saved.refresh_from_db()
    assert (saved.criteria, saved.fingerprint) == ({"theme": ["water"]}, fingerprint({"theme": ["water"]}))
    assert url("change", saved) not in client.get("/aanbod/?theme=water").text


def test_a_change_to_nothing_or_to_another_one_of_ones_own_is_refused(client):
    saved = a_saved()
    a_saved(criteria={"theme": ["water"]})
    assert client.post(f"{url('change', saved)}?level=po-7").status_code == 422
    answer = client.post(f"{url('change', saved)}?theme=water", follow=True)
    assert "Je hebt al een bericht met die zoekopdracht" in answer.text
    saved.refresh_from_db()
    assert saved.criteria == THEME


def test_less_like_this_and_back(client):
    saved, activity = a_saved(), ActivityFactory(themes=["energie", "water"])
    page = client.get(url("less", saved, activity.slug))
    assert activity.provider.name in page.text
    assert "theme:energie" not in page.text
    wrong = client.post(url("less", saved, activity.slug), {"what": "theme:energie"})
    assert wrong.status_code == 422
    client.post(url("less", saved, activity.slug), {"what": f"provider:{activity.provider.slug}"})
    saved.refresh_from_db()
    assert saved.less == [{"by": "provider", "value": activity.provider.slug}]
    shown = client.get(url("manage", saved)).text
    assert f"Alles van {activity.provider.name}" in shown
    client.post(url("act", saved), {"do": "back", "what": f"provider:{activity.provider.slug}"})
    saved.refresh_from_db()
    assert saved.less == []


def test_what_is_no_longer_offered_needs_no_leaving_out(client):
    saved, activity = a_saved(), ActivityFactory()
    Activity.objects.update(status="archived")
    answer = client.get(url("less", saved, activity.slug))
    assert answer.headers["Location"] == url("manage", saved)


def test_a_region_that_is_gone_is_shown(client):
    region = RegionFactory(code="GM9999", slug="weg", name="Weggehucht", parent=Region.objects.get(code="NL-ZE"))
    saved = a_saved(criteria={"region": ["GM9999"], "theme": ["energie"]})
    region.delete()
    assert "De regio GM9999 bestaat niet meer" in client.get(url("manage", saved)).text
    saved.criteria = {"region": ["GM9999"], "level": ["po-7"]}
    saved.save()
    answer = client.post(url("act", a_paused(saved)), {"do": "resume"}, follow=True)
    assert "vindt niets meer" in answer.text
    saved.refresh_from_db()
    assert saved.state == "paused"


def a_paused(saved):
    saved.state = "paused"
    saved.save()
    return saved


def test_an_older_edition_is_brought_along(monkeypatch):
    def renamed(params):
        return {"theme" if name == "thema" else name: values for name, values in params.items()}

    monkeypatch.setattr(reading, "UPGRADES", (renamed,))
    assert read({"thema": ["energie"]}, edition=1).criteria.themes == ("energie",)
    assert read({"theme": ["energie"]}, edition=2).criteria.themes == ("energie",)
    assert EDITION == 1


def test_a_mailbox_that_works_again_is_mailed_again(client):
    Suppression.objects.create(email="leraar@school.example", detail="550")
    save(client)
    client.post(url("confirm", SavedSearch.objects.get()))
    assert not Suppression.objects.exists()
    run()
    assert SavedSearch.objects.get().state == "active"


# --------------------------------------------------------------- own pages


@pytest.mark.parametrize("count", [1, 3])
def test_people_see_their_own_in_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    user, other = UserFactory(), UserFactory()
    a_saved(email=other.email, user=other, criteria={"theme": ["water"]})
    for number in range(count):
        a_saved(email=user.email, user=user, criteria={"theme": ["energie"], "groep": [str(number + 1)]})
    client.force_login(user)
    client.get("/bericht/")
    with django_assert_num_queries(6):
        page = client.get("/bericht/")
    assert page.text.count("<article") == count
    assert "Water" not in page.text


def test_the_list_is_paged(client):
    user = UserFactory()
    for number in range(23):
        a_saved(email=user.email, user=user, criteria={"theme": ["energie"], "groep": [str(number + 1)]})
    client.force_login(user)
    assert client.get("/bericht/?page=2").text.count("<article") == 3
    assert client.get("/bericht/?page=1000000000").status_code == 200


def test_what_was_saved_without_account_is_found_after_signing_in(client):
    user = UserFactory()
    saved = a_saved(email=user.email)
    client.force_login(user)
    assert str(saved.uuid) in client.get("/bericht/").text
    assert actions.adopt(user=user) == 1
    exported = personal_data(user)["activities.savedsearch.user"]
    assert [row["criteria"] for row in exported] == [THEME]
    assert "uuid" not in exported[0]


def test_a_deleted_account_leaves_no_alert():
    user = UserFactory()
    a_saved(email=user.email, user=user)
    a_saved(email=user.email, criteria={"theme": ["water"]})
    other = a_saved()
    delete_account(user=user)
    assert list(SavedSearch.objects.all()) == [other]


def test_mail_goes_where_the_person_is_now():
    user = UserFactory()
    a_saved(email=user.email, user=user)
    user.email = "nieuw@school.example"
    user.save()
    ActivityFactory()
    run()
    assert len(alerts_to("nieuw@school.example")) == 1
