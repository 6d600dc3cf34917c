"""A moderator reads why a pair fits or not; the numbers add up, and other regions stay unknown."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.matches import actions
from techfinder.matches.models import Match
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

RULES = ["live", "place", "level", "theme", "kind", "audience", "period", "group", "cost", "pair"]


def enter(client, user):
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture(autouse=True)
def moderator(client, vlissingen):
    enter(client, UserFactory(moderates=[Region.objects.get(code="NL-ZE")]))


@pytest.fixture
def request_(vlissingen):
    return RequestFactory(ref="R1", school=SchoolFactory(municipality=vlissingen), title="Zonneboot")


@pytest.fixture
def activity(vlissingen):
    return ActivityFactory(
        ref="A1", slug="race", regions=["NL-ZE"], provider=ProviderFactory(municipality=vlissingen), group_max=20
    )


def page(client, vraag, aanbod):
    return client.get(reverse("moderation:explain"), {"vraag": vraag, "aanbod": aanbod})


def numbers(texts):
    return [float(text.replace(",", ".")) for text in texts]


def test_a_pair_that_fits_shows_ten_rules_and_a_sum(client, request_, activity):
    activity.group_max = None
    activity.save()
    actions.match_request(request_id=request_.pk)
    told = page(client, "R1", "A1").context["told"]
    assert len(told.rules) == 10
    assert all(rule.holds for rule in told.rules)
    assert told.verdict == "Dit paar past: alle tien regels kloppen."
    assert round(sum(numbers(part.points for part in told.parts)), 1) == numbers([told.score])[0]
    stored = dict(told.stored)
    assert stored["Toestand"] == "Open"
    assert numbers([stored["Opgeslagen score"]]) == numbers([told.score])
    assert stored["Plaats binnen de vraag"] == "1"


def test_a_pair_that_does_not_fit_says_what_would_do(client, request_, activity):
    told = page(client, "R1", "A1").context["told"]
    assert told.verdict == "Dit paar past niet: 1 regel houdt het tegen."
    assert [rule.name for rule in told.rules if not rule.holds] == ["Groepsgrootte"]
    assert told.helps == ["Groepsgrootte: Kom met 20 leerlingen (nu: 28 leerlingen)."]
    assert dict(told.stored)["Opgeslagen"] == "nee"


def test_what_no_change_of_the_request_mends_is_said(client, request_, activity):
    activity.levels, activity.cost = ["vo-havo"], 75
    activity.save()
    request_.max_cost = 0
    request_.save()
    helps = page(client, "R1", "A1").context["told"].helps
    assert helps[0] == "Klas: hier helpt geen verandering van de vraag."
    assert helps[2].startswith("Kosten: Betaal tot €")


@pytest.mark.parametrize(
    ("vraag", "aanbod"),
    [
        ("{request.ref}", "{activity.ref}"),
        (" {request.uuid} ", "{activity.slug}"),
        ("http://testserver/mijn/vraag/{request.uuid}/?page=2", "http://testserver/aanbod/{activity.slug}/"),
        ("/vraag/{request.uuid}/", "/programs/{activity.slug}"),
        ("{request.pk}", "{activity.pk}"),
    ],
)
def test_both_are_found_by_what_people_have_at_hand(client, request_, activity, vraag, aanbod):
    names = {"request": request_, "activity": activity}
    assert page(client, vraag.format(**names), aanbod.format(**names)).context["told"].request == request_


@pytest.mark.parametrize("name", ["R9", "\x00", "9" * 30, "/vraag/", "https://", "x" * 300, "%", "é"])
def test_an_unknown_name_is_said_at_the_field_and_kept(client, request_, activity, name):
    answer = page(client, name, "A1")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["vraag"]
    assert "A1" in answer.content.decode()


def test_a_field_left_empty_is_said(client, request_, activity):
    answer = page(client, "", "A9")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"vraag", "aanbod"}


def test_what_lies_elsewhere_is_not_found(client, request_, activity):
    assen = RegionFactory(code="GM0106", name="Assen", parent=Region.objects.get(code="NL-DR"))
    RequestFactory(ref="R2", school=SchoolFactory(municipality=assen))
    ActivityFactory(draft=True, ref="A2", regions=["NL-DR"], provider=ProviderFactory(municipality=assen))
    RequestFactory(ref="R3", school=request_.school, status="unconfirmed")
    answer = page(client, "R2", "A2")
    assert answer.context["form"].errors.as_data().keys() == {"vraag", "aanbod"}
    assert page(client, "R3", "A1").status_code == 422
    enter(client, AdministratorFactory())
    assert page(client, "R2", "A2").status_code == 200


def test_a_public_offer_of_another_region_can_be_explained(client, request_):
    assen = RegionFactory(code="GM0106", name="Assen", parent=Region.objects.get(code="NL-DR"))
    ActivityFactory(ref="A2", regions=["NL-DR"], provider=ProviderFactory(municipality=assen))
    told = page(client, "R1", "A2").context["told"]
    assert [rule.name for rule in told.rules if not rule.holds] == ["Plaats"]


@pytest.mark.parametrize(("state", "word"), [("declined", "Past niet"), ("hidden", "Verborgen")])
def test_what_was_put_aside_is_named(client, request_, activity, state, word):
    activity.group_max = None
    activity.save()
    Match.objects.create(request=request_, activity=activity, score=1, state=state)
    told = page(client, "R1", "A1").context["told"]
    assert [rule.asked.lower() for rule in told.rules if not rule.holds] == [word.lower()]


def test_what_is_held_back_says_why(client, request_, activity):
    Match.objects.create(request=request_, activity=activity, score=1, held=Match.Held.FULL)
    stored = dict(page(client, "R1", "A1").context["told"].stored)
    assert stored["Aan mensen getoond"].startswith("Nee: ")


def test_every_rule_has_words_for_every_kind_of_value(client, request_, activity):
    for days in range(7):
        SessionFactory(activity=activity, date=timezone.localdate() + dt.timedelta(days=days))
    activity.max_travel_km, activity.group_min, activity.splittable = 10, 5, True
    activity.save()
    text = page(client, "R1", "A1").content.decode()
    for words in ("nog 2 datums", "mag gesplitst worden", "Minstens 5", "tot 10 km", "Vlissingen ligt daarin"):
        assert words in text


@pytest.mark.parametrize("each", [1, 3])
def test_the_queries_stay_the_same(client, request_, activity, each):
    for days in range(each):
        SessionFactory(activity=activity, date=timezone.localdate() + dt.timedelta(days=days))
        ActivityFactory(regions=["NL-ZE"])
    with CaptureQueriesContext(connection) as queries:
        assert page(client, "R1", "A1").status_code == 200
    assert len(queries) == 27, [query["sql"] for query in queries]


def test_a_moderator_gets_here_from_a_match(client, request_, activity):
    activity.group_max = None
    activity.save()
    actions.match_request(request_id=request_.pk)
    here = f"{reverse('moderation:explain')}?vraag={request_.uuid}&amp;aanbod={activity.slug}"
    page_of_request = reverse("matches:request", args=[request_.uuid])
    assert here in client.get(page_of_request).content.decode()
    client.force_login(request_.contact)
    assert here not in client.get(page_of_request).content.decode()
