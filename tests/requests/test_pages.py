from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts.actions import delete_account
from techfinder.activities.models import Activity
from techfinder.requests import actions
from techfinder.requests.access import requests_for
from techfinder.requests.models import Request
from techfinder.requests.queries import ways_to_strengthen
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

OWN = ("detail", "edit", "extend", "withdraw")


def url(name, request):
    return reverse(f"requests:{name}", args=[request.uuid])


@pytest.fixture
def request_of_school():
    zeeland = Region.objects.get(code="NL-ZE")
    school = SchoolFactory(board=BoardFactory(), municipality=RegionFactory(parent=zeeland))
    return RequestFactory(school=school)


@pytest.mark.parametrize("name", OWN)
def test_who_may_open_it(client, request_of_school, name):
    school = request_of_school.school
    allowed = [
        request_of_school.contact,
        MembershipFactory(school=school).user,
        MembershipFactory(board=school.board).user,
    ]
    for user in allowed:
        client.force_login(user)
        assert client.get(url(name, request_of_school)).status_code == 200


@pytest.mark.parametrize("name", OWN)
def test_strangers_get_404(client, request_of_school, name):
    school = request_of_school.school
    assert client.get(url(name, request_of_school)).status_code == 302
    strangers = [
        UserFactory(),
        MembershipFactory(school=SchoolFactory()).user,
        MembershipFactory(board=BoardFactory()).user,
        MembershipFactory(school=school, status="pending").user,
        MembershipFactory(school=school, status="left").user,
    ]
    for user in strangers:
        client.force_login(user)
        assert client.get(url(name, request_of_school)).status_code == 404
        assert client.post(url(name, request_of_school)).status_code in (404, 405)


def test_moderators_see_their_regions_and_administrators_all(request_of_school):
    def sees(*codes):
        user = UserFactory(moderates=list(Region.objects.filter(code__in=codes)))
        return requests_for(user).filter(pk=request_of_school.pk).exists()

    assert sees("NL-ZE")
    assert sees("LD-ZUIDWEST")
    assert sees("NL")
    assert not sees("NL-DR")
    network = Region.objects.create(code="RPA99", slug="rpa99", name="Kring", type=Region.Type.NETWORK)
    assert not sees("RPA99")
    network.municipalities.add(request_of_school.school.municipality)
    assert sees("RPA99")
    assert requests_for(AdministratorFactory()).filter(pk=request_of_school.pk).exists()
    assert not requests_for(UserFactory(is_active=False)).exists()


def posted(request, **changes):
    fields = {
        "title": request.title,
        "levels": request.levels,
        "themes": request.themes,
        "group_size": request.group_size,
        "date_from": request.date_from.strftime("%d-%m-%Y"),
        "date_until": request.date_until.strftime("%d-%m-%Y"),
    }
    return {**fields, **changes}


@pytest.mark.parametrize(
    ("changes", "raised"),
    [({"group_size": 12}, 1), ({"themes": ["water"]}, 1), ({"delivery": ["online"]}, 1), ({"goals": "Meer weten"}, 0)],
)
def test_edit_raises_the_version_only_for_what_matters(client, changes, raised):
    request = RequestFactory()
    client.force_login(request.contact)
    assert client.post(url("edit", request), posted(request, **changes)).status_code == 302
    again = Request.objects.get(pk=request.pk)
    assert again.version == request.version + raised
    name, value = next(iter(changes.items()))
    assert getattr(again, name) == value


def test_edit_form_shows_what_was_filled_in(client):
    request = RequestFactory(levels=["po"], goals="Ontdekken", max_travel_km=25)
    client.force_login(request.contact)
    page = client.get(url("edit", request)).content.decode()
    assert page.count(" checked") >= 9
    assert "Ontdekken" in page
    assert 'value="25"' in page


def test_bad_edit_changes_nothing(client):
    request = RequestFactory()
    client.force_login(request.contact)
    answer = client.post(url("edit", request), posted(request, group_size="-3", title="Anders"))
    assert answer.status_code == 422
    assert "Anders" in answer.content.decode()
    assert Request.objects.get(pk=request.pk).title == request.title


def test_extend_opens_what_had_run_out(client):
    today = timezone.localdate()
    request = RequestFactory(
        date_from=today - timedelta(days=40), date_until=today - timedelta(days=1), status=Request.Status.OPEN
    )
    assert actions.close_past() == 1
    request.refresh_from_db()
    assert (request.status, request.version) == (Request.Status.EXPIRED, 2)
    client.force_login(request.contact)
    assert client.post(url("extend", request), {"date_until": "1-1-2020"}).status_code == 422
    later = today + timedelta(days=30)
    assert client.post(url("extend", request), {"date_until": later.strftime("%d-%m-%Y")}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.version, request.date_until) == (Request.Status.OPEN, 3, later)


def test_withdraw_needs_a_reason_and_works_once(client):
    request = RequestFactory()
    client.force_login(request.contact)
    assert client.post(url("withdraw", request), {}).status_code == 422
    answer = client.post(url("withdraw", request), {"reason": "found_elsewhere", "note": "Via een ouder"})
    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.status, request.withdrawn_reason, request.version) == ("withdrawn", "found_elsewhere", 2)
    client.post(url("withdraw", request), {"reason": "other"})
    request.refresh_from_db()
    assert (request.withdrawn_reason, request.version) == ("found_elsewhere", 2)
    assert client.get(url("edit", request)).status_code == 302


def test_found_here_is_fulfilled():
    request = RequestFactory()
    assert actions.withdraw_request(request_id=request.pk, reason="found_here").status == Request.Status.FULFILLED


def test_open_list_shows_no_school_and_no_person(client):
    request = RequestFactory(school=SchoolFactory(name="De Loefzijde", city="Arnemuiden"), contact_name="Elke Vos")
    for status in ("unconfirmed", "withdrawn", "expired", "fulfilled"):
        RequestFactory(title=f"Niet te zien {status}", status=status)
    RequestFactory(title="Niet te zien gesloten", school=SchoolFactory(closed_at=timezone.localdate()))
    page = client.get(reverse("requests:list")).content.decode()
    assert request.title in page
    assert "Arnemuiden" in page
    assert "28 leerlingen" in page
    for hidden in ("De Loefzijde", "Elke Vos", request.contact_email, str(request.uuid), "Niet te zien"):
        assert hidden not in page


def test_open_list_narrows(client):
    zeeland = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    RequestFactory(title="Zeeuws", school=SchoolFactory(municipality=zeeland))
    RequestFactory(title="Havo", levels=["vo-havo-3"], themes=["water"])
    RequestFactory(title="Alles", levels=["po"], themes=[])

    def titles(**query):
        return sorted(question.title for question in client.get(reverse("requests:list"), query).context["questions"])

    assert titles() == ["Alles", "Havo", "Zeeuws"]
    assert titles(regio="NL-ZE") == ["Zeeuws"]
    assert titles(niveau="vo-havo") == ["Havo"]
    assert titles(niveau="po") == ["Alles", "Zeeuws"]
    assert titles(thema="water") == ["Alles", "Havo"]
    assert titles(thema="bestaat-niet", niveau="x", regio="'\x00", page="999") == ["Alles", "Havo", "Zeeuws"]


@pytest.mark.parametrize("count", [1, 3])
def test_open_list_has_a_constant_number_of_queries(client, django_assert_num_queries, count):
    for _each in range(count):
        RequestFactory()
    with django_assert_num_queries(5):
        client.get(reverse("requests:list"))


def test_advice_for_a_vague_request_and_none_for_a_whole_one():
    vague = RequestFactory(title="Techniek", themes=[])
    whole = RequestFactory(
        goals="a", prior_knowledge="b", practicalities="c", minutes=60, max_travel_km=10, max_cost=0,
        school=SchoolFactory(holiday_region="Zuid"),
    )  # fmt: skip
    assert len(ways_to_strengthen(vague)) == 8
    assert ways_to_strengthen(whole) == []


def test_deleted_account_leaves_nothing_behind():
    request = RequestFactory(contact_name="Elke Vos")
    delete_account(user=request.contact)
    request.refresh_from_db()
    assert (request.contact, request.contact_email, request.contact_name) == (None, "", "")
    assert request.status == Request.Status.WITHDRAWN
    assert not actions.history().filter(contact_name="Elke Vos").exists()


def test_activity_fills_in_the_form(client):
    activity = ActivityFactory(title="Mini-Zonnebootrace", kind="wedstrijd", levels=["po-7"], themes=["energie"])
    page = client.get(reverse("requests:new"), {"activiteit": activity.slug})
    form = page.context["form"]
    assert "Het bedrijf dat je koos" in page.content.decode()
    assert (form.initial["title"], form.initial["kinds"], form.initial["levels"]) == (
        "Mini-Zonnebootrace", ["wedstrijd"], ["po-7"],
    )  # fmt: skip
    Activity.objects.update(status=Activity.Status.DRAFT)
    assert "title" not in client.get(reverse("requests:new"), {"activiteit": activity.slug}).context["form"].initial
