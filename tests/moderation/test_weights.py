"""The weights of the score on the page of administrators: proposed, counted, applied, brought back."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from matching import WEIGHTS
from techfinder.activities.models import Activity
from techfinder.matches.actions import weighing
from techfinder.matches.fairness.weights import components, current_weights
from techfinder.matches.models import WeightSet
from techfinder.matches.rows import World, refresh_activities, refresh_requests
from techfinder.moderation.forms.decisions import WeightField
from techfinder.moderation.showing.weights import first_sentence
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

URL = reverse("moderation:weights")
DEFAULTS = {name: f"{weight:g}" for name, weight in WEIGHTS.items()}
PROPOSAL = {**DEFAULTS, "theme": "40", "small": "2,5", "note": "Thema telt te weinig mee"}


def enter(client, user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    return enter(client, AdministratorFactory(name="Ada Beheerder"))


def text_of(response):
    plain = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])
    return re.sub(r"\s+", " ", html.unescape(plain))


def propose(client, **more):
    response = client.post(URL, {**PROPOSAL, **more})
    assert response.status_code == 302
    return WeightSet.objects.latest("pk")


def page_of(proposed):
    return reverse("moderation:weight_set", args=[proposed.pk])


def apply(client, proposed, **data):
    return client.post(reverse("moderation:apply_weights", args=[proposed.pk]), data or {"sure": "on"})


def another_first_match():
    """A request of which the first match depends on the weight of themes."""
    here = SchoolFactory(name="De Loefzijde", municipality=RegionFactory(parent=Region.objects.get(code="NL-ZE")))
    RequestFactory(title="Zelf een boot bouwen", themes=["energie", "water", "metaal"], school=here)
    near = {"venue_lat": 51.45 + 2 / 111.195, "venue_lon": 3.57}
    far = {"venue_lat": 51.45 + 30 / 111.195, "venue_lon": 3.57}
    ActivityFactory(title="Dichtbij", themes=["energie"], **near)
    ActivityFactory(title="Verderop", themes=["energie", "water", "metaal"], **far)
    with transaction.atomic():
        world = World()
        refresh_requests(None, world)
        refresh_activities(None, world)


# --------------------------------------------------------------------------------------------------------- the table


def test_the_table_names_every_weight_with_its_share_and_explanation(client, administrator):
    page = text_of(client.get(URL))
    for each in components():
        assert each.label in page
        assert each.text in page
    assert "23,4%" in page
    assert "Nobody changed" not in page
    assert [each.name for each in components()] == [name for name, _ in WEIGHTS.items()]


def test_a_weight_is_shown_as_dutch_writes_it(client, administrator):
    WeightSet.objects.create(values={**dict(WEIGHTS.items()), "small": 2.5}, applied_at=timezone.now())
    response = client.get(URL)
    assert 'value="2,5"' in response.content.decode()
    assert 'value="25"' in response.content.decode()
    assert 'value="2"' in client.get(URL, {"standaard": ""}).content.decode()


@pytest.mark.parametrize("typed", ["2,5", "2.5", " 2,50 ", "02.5"])
def test_a_comma_or_a_point(typed):
    assert float(WeightField(label="x", help_text="").clean(typed)) == 2.5


@pytest.mark.parametrize("typed", ["veel", "", "-1", "101", "NaN", "inf", "1e9", "2,5,1", "1,234", "٫", "2 5"])
def test_what_is_no_weight_is_refused(typed):
    with pytest.raises(ValidationError):
        WeightField(label="x", help_text="").clean(typed)


# ---------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(("typed", "words"), [("veel", "such as 2.5"), ("101", "0 to 100"), ("", "0 to 100")])
def test_a_weight_that_is_no_number_is_told_at_the_field(client, administrator, typed, words):
    with translation.override("en"):
        response = client.post(URL, {**PROPOSAL, "distance": typed}, headers={"accept-language": "en"})
    assert response.status_code == 422
    form = response.context["form"]
    assert words in form.errors["distance"][0]
    assert list(form.errors) == ["distance"]
    written = response.content.decode()
    assert 'id="id_distance_error"' in written
    assert f'value="{PROPOSAL["small"]}"' in written
    assert PROPOSAL["note"] in written
    assert not WeightSet.objects.exists()


def test_the_message_is_dutch(client, administrator):
    page = text_of(client.post(URL, {**PROPOSAL, "distance": "veel"}))
    assert "Afstand: vul een getal in van 0 tot 100, bijvoorbeeld 2,5." in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict.fromkeys(DEFAULTS, "0"), "Alle gewichten zijn 0"),
        (DEFAULTS, "Dit zijn de gewichten die nu gelden"),
        ({"note": " "}, "Schrijf in één zin waarom"),
        ({"note": "x" * 251}, "250"),
    ],
)
def test_other_faults_are_told_and_nothing_is_kept(client, administrator, change, words):
    response = client.post(URL, {**PROPOSAL, **change})
    assert response.status_code == 422
    assert words in text_of(response)
    assert not WeightSet.objects.exists()


# ----------------------------------------------------------------------------------------------------------- a preview


def test_a_proposal_is_kept_and_the_page_waits_for_the_count(
    client, administrator, django_capture_on_commit_callbacks, monkeypatch
):
    woken = []
    monkeypatch.setattr("techfinder.celery.publisher.publish", lambda name, args: woken.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        proposed = propose(client)
    assert woken == [("matches.preview_weights", (proposed.pk,))]
    assert proposed.values == {**dict(WEIGHTS.items()), "theme": 40, "small": 2.5}
    assert (proposed.created_by, proposed.note) == (administrator, PROPOSAL["note"])

    waiting = client.get(page_of(proposed))
    assert waiting.context["state"] == "counting"
    written = waiting.content.decode()
    assert f'hx-get="{page_of(proposed)}"' in written
    assert f'href="{page_of(proposed)}"' in written
    assert "Toepassen" not in text_of(waiting)


def test_what_it_changes_is_told_in_a_sentence_and_in_tables(client, administrator):
    another_first_match()
    proposed = propose(client)
    weighing.preview_weights(weight_set_id=proposed.pk)
    response = client.get(page_of(proposed))
    page = text_of(response)
    assert "Van 1 vraag krijgt er 1 een andere eerste match." in page
    assert "Zelf een boot bouwen De Loefzijde, Vlissingen Dichtbij" in page
    assert "Zeeland 1 1 100,0%" in page
    assert "htmx" not in response.content.decode().partition("</main>")[2]


def test_the_sentence_of_the_country():
    with translation.override("nl"):
        assert (
            first_sentence({"requests": 60000, "other_first": 3120})
            == "Van 60.000 vragen krijgen er 3.120 een andere eerste match."
        )
        assert first_sentence({"requests": 60000, "other_first": 0}).startswith("Van 60.000 vragen krijgt er geen")


def test_examples_that_are_gone_are_said_to_be(client, administrator):
    another_first_match()
    proposed = propose(client)
    weighing.preview_weights(weight_set_id=proposed.pk)
    Activity.objects.all().delete()
    Request.objects.all().delete()
    assert "een vraag die er niet meer is" in text_of(client.get(page_of(proposed)))


def test_what_could_not_be_counted_for_a_day_says_so(client, administrator):
    proposed = WeightSet.objects.create(values=dict(WEIGHTS.items()), created_at=timezone.now() - dt.timedelta(days=2))
    response = client.get(page_of(proposed))
    assert response.context["state"] == "failed"
    assert "htmx" not in response.content.decode().partition("</main>")[2]


# --------------------------------------------------------------------------------------------------- apply, bring back


@pytest.fixture
def counted(client, administrator):
    proposed = propose(client)
    weighing.preview_weights(weight_set_id=proposed.pk)
    return proposed


def test_applied_weights_hold_and_are_recorded(client, administrator, counted):
    response = apply(client, counted)
    assert response.status_code == 302
    counted.refresh_from_db()
    assert counted.applied_by == administrator
    assert current_weights().theme == 40
    assert client.get(page_of(counted)).context["state"] == "current"
    assert "Toegepast op" in text_of(client.get(URL))


def test_without_the_tick_nothing_is_applied(client, counted):
    response = apply(client, counted, sure="")
    assert response.status_code == 422
    assert "Vink aan dat je hebt gezien wat er verandert." in text_of(response)
    assert current_weights() == WEIGHTS


def test_what_is_not_counted_is_not_applied(client, administrator):
    response = apply(client, propose(client))
    assert response.status_code == 409
    assert "nog niet geteld" in text_of(response)
    assert current_weights() == WEIGHTS


def test_when_others_were_applied_meanwhile_it_is_refused(client, administrator, counted):
    other = propose(client, theme="60")
    weighing.preview_weights(weight_set_id=other.pk)
    assert client.get(page_of(counted)).context["state"] == "ready"
    apply(client, other)
    assert client.get(page_of(counted)).context["state"] == "overtaken"
    response = apply(client, counted)
    assert response.status_code == 409
    assert "Er zijn intussen andere gewichten toegepast" in text_of(response)
    assert current_weights().theme == 60


def test_twice_applied_is_applied_once(client, counted):
    apply(client, counted)
    counted.refresh_from_db()
    first = counted.applied_at
    again = apply(client, counted)
    assert again.status_code == 409
    assert "Deze gewichten zijn al toegepast" in text_of(again)
    counted.refresh_from_db()
    assert counted.applied_at == first


def test_old_weights_are_brought_back_as_a_new_proposal(client, administrator, counted):
    apply(client, counted)
    other = propose(client, theme="60")
    weighing.preview_weights(weight_set_id=other.pk)
    apply(client, other)
    response = client.post(reverse("moderation:bring_back_weights", args=[counted.pk]))
    again = WeightSet.objects.latest("pk")
    assert response.url == page_of(again)
    assert again.values == counted.values
    assert again.applied_at is None
    assert again.note.startswith("Terug naar die van ")
    assert again.note.endswith(PROPOSAL["note"])
    assert current_weights().theme == 60

    response = client.post(reverse("moderation:bring_back_weights", args=[other.pk]), follow=True)
    assert "Dit zijn de gewichten die nu gelden." in text_of(response)
    assert WeightSet.objects.latest("pk") == again


def test_a_proposal_that_was_overtaken_is_counted_anew_with_its_own_reason(client, administrator, counted):
    WeightSet.objects.create(values={**counted.values, "theme": 60}, applied_at=timezone.now())
    client.post(reverse("moderation:bring_back_weights", args=[counted.pk]))
    again = WeightSet.objects.latest("pk")
    assert again.pk > counted.pk
    assert (again.values, again.note, again.preview) == (counted.values, counted.note, None)


# ------------------------------------------------------------------------------------------------------------- history


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_asks_the_database_as_often_for_many(client, administrator, django_assert_num_queries, count):
    for number in range(count):
        proposed = propose(client, note=f"Voorstel {number}")
        weighing.preview_weights(weight_set_id=proposed.pk)
    client.get(URL)
    with django_assert_num_queries(8):
        page = text_of(client.get(URL))
    assert f"Voorstel {count - 1}" in page
    assert "Ada Beheerder" in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_proposal_asks_the_database_as_often_for_many(client, administrator, django_assert_num_queries, count):
    for _ in range(count):
        another_first_match()
    proposed = propose(client)
    weighing.preview_weights(weight_set_id=proposed.pk)
    client.get(page_of(proposed))
    with django_assert_num_queries(10):
        client.get(page_of(proposed))


def test_the_history_is_in_pages(client, administrator):
    WeightSet.objects.bulk_create(WeightSet(values=dict(WEIGHTS.items()), note=f"nr {n}") for n in range(23))
    assert len(client.get(URL).context["history"]) == 10
    assert len(client.get(URL, {"page": 3}).context["history"]) == 3


# -------------------------------------------------------------------------------------------------------------- access


def test_moderators_and_strangers_find_nothing(client, counted):
    enter(client, UserFactory(moderates=[Region.objects.get(code="NL-ZE")]))
    for url in (URL, page_of(counted)):
        assert client.get(url).status_code == 404
    for name in ("apply_weights", "bring_back_weights"):
        assert client.post(reverse(f"moderation:{name}", args=[counted.pk]), {"sure": "on"}).status_code == 404
    assert client.post(URL, PROPOSAL).status_code == 404
    assert "gewichten" not in text_of(client.get(reverse("moderation:queue"))).lower()
    assert WeightSet.objects.count() == 1
    assert current_weights() == WEIGHTS


def test_an_administrator_finds_the_page_from_the_desk(client, administrator):
    assert f'href="{URL}"' in client.get(reverse("moderation:queue")).content.decode()
