"""Offers that a team keeps, and those that somebody without an account keeps on a device."""

import pytest
from django.contrib.auth.signals import user_logged_in
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.activities.favourites import device
from techfinder.activities.models import Activity, Favourite
from techfinder.organisations.models import Membership
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db
LIST = "/bewaard/"


@pytest.fixture
def school():
    return SchoolFactory(name="De Vuurtoren")


@pytest.fixture
def colleague(school):
    return MembershipFactory(school=school, user=UserFactory(name="Fatima")).user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def keep(client, activity, **data):
    return client.post(reverse("favourites:keep", args=[activity.slug]), data)


def drop(client, activity, **data):
    return client.post(reverse("favourites:drop", args=[activity.slug]), data)


def text(response):
    return response.content.decode()


def listed(client, **query):
    """The list, without what is said once of the change before."""
    client.get(LIST)
    return text(client.get(LIST, query))


def test_the_whole_team_sees_what_one_kept(school, colleague):
    activity = ActivityFactory(title="Windmolens bouwen")
    assert keep(signed_in(colleague), activity).status_code == 302
    other = MembershipFactory(school=school).user
    page = text(signed_in(other).get(LIST))
    assert "Windmolens bouwen" in page
    assert "Fatima" in page


def test_another_school_sees_nothing_of_it(colleague):
    keep(signed_in(colleague), ActivityFactory(title="Windmolens bouwen"))
    stranger = MembershipFactory(school=SchoolFactory()).user
    assert "Windmolens bouwen" not in text(signed_in(stranger).get(LIST))


def test_keeping_twice_keeps_once_and_the_first_name(school, colleague):
    activity = ActivityFactory()
    keep(signed_in(colleague), activity)
    keep(signed_in(MembershipFactory(school=school).user), activity)
    assert Favourite.objects.get().user == colleague


def test_only_what_is_public_can_be_kept(client, colleague):
    for status in set(Activity.Status) - {Activity.Status.PUBLISHED}:
        assert keep(signed_in(colleague), ActivityFactory(status=status)).status_code == 404
        assert keep(client, ActivityFactory(status=status)).status_code == 404
    assert not Favourite.objects.exists()


def test_a_get_changes_nothing(client, colleague):
    activity = ActivityFactory()
    for visitor in (client, signed_in(colleague)):
        for name in ("keep", "drop", "note"):
            assert visitor.get(reverse(f"favourites:{name}", args=[activity.slug])).status_code in (302, 405)
    assert not Favourite.objects.exists()


def test_any_member_takes_it_off_the_list(school, colleague):
    activity = ActivityFactory()
    keep(signed_in(colleague), activity)
    drop(signed_in(MembershipFactory(school=school).user), activity)
    assert not Favourite.objects.exists()


def test_who_left_the_school_no_longer_writes_its_list(school, colleague):
    activity = ActivityFactory()
    keep(signed_in(colleague), activity)
    gone = MembershipFactory(school=school, status=Membership.Status.LEFT).user
    drop(signed_in(gone), activity)
    assert Favourite.objects.count() == 1


def test_what_is_gone_is_said_and_can_be_taken_away(colleague):
    activity = ActivityFactory(title="Windmolens bouwen")
    visitor = signed_in(colleague)
    keep(visitor, activity)
    activity.status = Activity.Status.ARCHIVED
    activity.save()
    page = listed(visitor)
    assert "Windmolens bouwen" in page
    assert "niet meer" in page
    assert activity.get_absolute_url() not in page
    assert drop(visitor, activity).status_code == 302
    assert not Favourite.objects.exists()


def test_what_one_does_not_keep_and_is_not_public_is_not_known(client, colleague):
    hidden = ActivityFactory(draft=True)
    assert drop(client, hidden).status_code == 404
    assert drop(signed_in(colleague), hidden).status_code == 404


# -------------------------------------------------------------------------------- the note


def note(client, activity, value, **data):
    favourite = Favourite.objects.get(activity=activity)
    return client.post(reverse("favourites:note", args=[activity.slug]), {f"n{favourite.pk}-note": value, **data})


def test_a_note_for_colleagues(school, colleague):
    activity = ActivityFactory()
    keep(signed_in(colleague), activity)
    other = signed_in(MembershipFactory(school=school).user)
    assert note(other, activity, "Leuk  voor groep 7").status_code == 302
    assert "Leuk voor groep 7" in listed(signed_in(colleague))


def test_a_note_that_is_too_long_is_kept_in_its_field(colleague):
    activity = ActivityFactory()
    visitor = signed_in(colleague)
    keep(visitor, activity)
    response = note(visitor, activity, "x" * 201)
    assert response.status_code == 422
    assert "x" * 201 in text(response)
    assert Favourite.objects.get().note == ""


def test_nobody_writes_a_note_on_the_list_of_another_school(colleague):
    activity = ActivityFactory()
    keep(signed_in(colleague), activity)
    stranger = signed_in(MembershipFactory(school=SchoolFactory()).user)
    assert note(stranger, activity, "Hoi").status_code == 404
    assert note(stranger, activity, "Hoi", school=Favourite.objects.get().school.code).status_code == 404


def test_a_note_is_shown_as_text(colleague):
    activity = ActivityFactory()
    visitor = signed_in(colleague)
    keep(visitor, activity)
    note(visitor, activity, "<b onclick=x>")
    assert "<b onclick" not in listed(visitor)


# -------------------------------------------------------------------------------- several schools


@pytest.fixture
def board_member():
    board = BoardFactory()
    for name in ("Aalscholver", "Boomvalk"):
        SchoolFactory(name=name, board=board)
    return MembershipFactory(board=board, school=None, user=UserFactory()).user


def test_who_acts_for_several_schools_chooses(board_member):
    visitor = signed_in(board_member)
    activity = ActivityFactory()
    keep(visitor, activity)
    assert Favourite.objects.get().school.name == "Aalscholver"
    second = board_member.memberships.get().board.schools.get(name="Boomvalk")
    visitor.post(reverse("favourites:choose"), {"school": second.code})
    assert activity.title not in listed(visitor)
    keep(visitor, activity)
    assert {each.school.name for each in Favourite.objects.all()} == {"Aalscholver", "Boomvalk"}


def test_one_cannot_choose_the_school_of_others(board_member):
    visitor = signed_in(board_member)
    assert visitor.post(reverse("favourites:choose"), {"school": SchoolFactory().code}).status_code == 404
    assert visitor.get(LIST, {"school": SchoolFactory().code}).status_code == 404


# -------------------------------------------------------------------------------- without an account


def test_without_an_account_a_device_keeps(client):
    activity = ActivityFactory(title="Windmolens bouwen")
    assert keep(client, activity).status_code == 302
    assert "Windmolens bouwen" in listed(client)
    assert "Windmolens bouwen" not in listed(Client())
    drop(client, activity)
    assert "Windmolens bouwen" not in listed(client)
    assert not Favourite.objects.exists()


def test_a_device_keeps_no_more_than_fit(client):
    many = [ActivityFactory() for _ in range(device.MOST + 1)]
    for activity in many[:-1]:
        keep(client, activity)
    response = keep(client, many[-1])
    assert str(device.MOST) in str(list(get_messages(response.wsgi_request))[-1])
    assert device.kept(client.session) == [activity.pk for activity in reversed(many[:-1])]


def test_a_full_device_says_so_with_htmx_too(client):
    session = client.session
    session[device.KEY] = list(range(10**9, 10**9 + device.MOST))  # not that of the one below
    session.save()
    response = client.post(reverse("favourites:keep", args=[ActivityFactory().slug]), headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


def test_after_signing_in_the_device_can_go_to_the_school(client, school, colleague):
    kept, there = ActivityFactory(), ActivityFactory()
    Favourite.objects.create(school=school, activity=there, user=None)
    gone = ActivityFactory()
    for activity in (kept, there, gone):
        keep(client, activity)
    gone.status = Activity.Status.PAUSED
    gone.save()
    client.force_login(colleague)
    assert "op dit apparaat" in listed(client)
    client.post(reverse("favourites:move"))
    assert set(Favourite.objects.values_list("activity", "user")) == {(kept.pk, colleague.pk), (there.pk, None)}
    assert device.kept(client.session) == []


def test_without_a_school_nothing_moves(client):
    keep(client, ActivityFactory())
    client.force_login(MembershipFactory(provider=ProviderFactory()).user)
    assert client.post(reverse("favourites:move")).status_code == 404
    assert len(device.kept(client.session)) == 1


# -------------------------------------------------------------------------------- where one comes from


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/aanbod/?q=wind", "/aanbod/?q=wind"),
        ("https://elders.nl/", LIST),
        ("//elders.nl", LIST),
        ("javascript:alert(1)", LIST),
        ("", LIST),
    ],
)
def test_one_comes_back_where_one_was(client, wanted, found):
    assert keep(client, ActivityFactory(), next=wanted).headers["Location"] == found


def test_htmx_gets_the_button_in_its_new_state(client):
    activity = ActivityFactory()
    headers = {"HX-Request": "true"}
    on = client.post(reverse("favourites:keep", args=[activity.slug]), headers=headers)
    assert reverse("favourites:drop", args=[activity.slug]) in text(on)
    assert on.headers["HX-Reswap"] == "outerHTML"
    off = client.post(reverse("favourites:drop", args=[activity.slug]), headers=headers)
    assert reverse("favourites:keep", args=[activity.slug]) in text(off)


def test_the_page_of_an_offer_knows_that_it_is_kept(client, colleague):
    activity = ActivityFactory()
    for visitor in (client, signed_in(colleague)):
        assert "Bewaard" not in button(visitor, activity)
        keep(visitor, activity)
        assert "Bewaard" in button(visitor, activity)


def button(client, activity):
    page = text(client.get(activity.get_absolute_url()))
    return page.split(f'id="bewaar-{activity.slug}"')[1].split("</button>")[0]


# -------------------------------------------------------------------------------- queries


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_a_school_asks_the_same_number_of_questions(school, colleague, count):
    visitor = signed_in(colleague)
    for _ in range(count):
        Favourite.objects.create(school=school, activity=ActivityFactory(), user=UserFactory())
    visitor.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(LIST)
    assert len(queries) == 10


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_a_device_asks_the_same_number_of_questions(client, count):
    for _ in range(count):
        keep(client, ActivityFactory())
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert len(queries) == 3


def test_the_list_has_pages(school, colleague):
    for number in range(21):
        Favourite.objects.create(school=school, activity=ActivityFactory(title=f"Molen {number:02}"), user=None)
    visitor = signed_in(colleague)
    assert "Molen 00" not in listed(visitor)
    assert "Molen 00" in listed(visitor, page=2)


def test_signing_in_says_what_can_be_moved(client, school, colleague):
    keep(client, ActivityFactory())
    client.get(LIST)
    request = client.get(LIST).wsgi_request
    user_logged_in.send(sender=type(colleague), request=request, user=colleague)
    assert "Je bewaarde 1 activiteit op dit apparaat" in str(list(get_messages(request))[-1])


def test_signing_in_says_nothing_when_there_is_nothing_or_no_school(client, colleague):
    request = client.get(LIST).wsgi_request
    user_logged_in.send(sender=type(colleague), request=request, user=colleague)
    keep(client, ActivityFactory())
    client.get(LIST)
    other = client.get(LIST).wsgi_request
    user_logged_in.send(sender=type(colleague), request=other, user=UserFactory())
    assert [*get_messages(request), *get_messages(other)] == []
