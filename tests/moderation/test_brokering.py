"""Asking by hand: any public activity, for one school or for neighbours in one visit: seats for all, or none."""

from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from techfinder.bookings.actions.brokering import broker, merge
from techfinder.bookings.actions.errors import CannotAskError, Why
from techfinder.bookings.actions.waiting import hand_over, sweep_waiting
from techfinder.bookings.actors import person
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Series, Task, Waiting
from techfinder.mail.models import OutgoingMail
from techfinder.matches.actions import rematch
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor():
    user = UserFactory(name="Noor", moderates=[Region.objects.get(code="NL-ZE")])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


@pytest.fixture
def desk(noor):
    client = Client()
    client.force_login(noor)
    return client


@pytest.fixture
def here():
    return RegionFactory(parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def ask(here):
    def make(lat=51.45, **fields):
        fields = {"school": SchoolFactory(municipality=here, lat=lat, lon=3.57), "group_size": 20, **fields}
        request = RequestFactory(**fields)
        sweep_waiting()
        return request

    return make


@pytest.fixture
def offer(here):
    """An activity that fits no request here by its level, of a company with one member."""

    def make(seats=0, **fields):
        provider = ProviderFactory(municipality=here)
        MembershipFactory(provider=provider)
        activity = ActivityFactory(**{"provider": provider, "levels": ["vo-havo-3"], **fields})
        if seats:
            SessionFactory(activity=activity, seats=seats)
        return activity

    return make


def by(noor):
    return person(noor, Side.COORDINATOR)


def address(name, request, activity=None):
    return reverse(f"moderation:{name}", args=[request.uuid, *([activity.slug] if activity else [])])


# ---------------------------------------------------------------------------- choosing


def test_what_fits_and_nearly_fits_is_there_and_all_else_is_searched_for(desk, ask, offer):
    asked = ask()
    fits = ActivityFactory(title="Past precies")
    near = ActivityFactory(title="Past bijna", group_max=15)
    other = offer(title="Robotarm voor havo")
    rematch(everything=True)
    offers = desk.get(address("broker", asked)).context["offers"]
    assert ([each.activity for each in offers.fit], [each.activity for each in offers.near]) == ([fits], [near])
    found = desk.get(address("broker", asked), {"zoek": "robotarm"}).context["offers"].found
    assert [each.activity for each in found] == [other]
    assert desk.get(address("broker", asked), {"zoek": "x" * 500}).status_code == 200


def test_what_is_not_public_cannot_be_asked_for(desk, ask, offer):
    asked = ask()
    for activity in (ActivityFactory(draft=True), ActivityFactory(provider__paused=True)):
        assert desk.get(address("broker_ask", asked, activity)).status_code == 404
        assert desk.post(address("together", asked, activity), {}).status_code == 404


# ----------------------------------------------------------------------------- for one


def test_a_coordinator_asks_for_what_does_not_fit_and_both_are_told(desk, noor, ask, offer):
    asked, activity = ask(), offer()
    Task.objects.create(kind=Task.Kind.WAITING, request=asked)
    response = desk.post(address("broker_ask", asked, activity), {"pupils": "20", "words": "Voor een plusklas"})
    booking = Booking.objects.get()
    assert response.headers["Location"] == booking.get_absolute_url()
    assert (booking.asked_by, booking.turn, booking.state) == (Side.COORDINATOR, Side.PROVIDER, State.ASKED)
    assert (booking.school_contact, booking.school_email) == (asked.contact, asked.contact_email)
    mailed = set(OutgoingMail.objects.values_list("to", flat=True))
    assert {asked.contact.email, activity.provider.membership_set.get().user.email} <= mailed
    task = Task.objects.get(kind=Task.Kind.WAITING)
    assert (task.done_by, activity.title in task.done_words) == (noor, True)
    sweep_waiting()
    assert Waiting.objects.get().ended_at


def test_what_cannot_be_asked_says_so_at_the_form(desk, ask, offer):
    asked, activity = ask(), offer(group_max=15)
    response = desk.post(address("broker_ask", asked, activity), {"pupils": "20", "words": ""})
    assert response.status_code == 422
    assert not Booking.objects.exists()
    assert desk.post(address("broker_ask", asked, activity), {"pupils": "x"}).status_code == 422


def test_asking_the_same_twice_is_one_booking(desk, ask, offer):
    asked, activity = ask(), offer()
    for _ in range(2):
        response = desk.post(address("broker_ask", asked, activity), {"pupils": "20", "words": ""})
    assert response.status_code == 422
    assert Booking.objects.count() == 1


# --------------------------------------------------------------------- with neighbours


def test_neighbours_go_together_with_seats_for_all(desk, ask, offer):
    one, two, three = ask(), ask(lat=51.47), ask(lat=51.48)
    activity = offer(seats=60)
    session = activity.sessions.get()
    page = desk.get(address("together", one, activity))
    assert {key for key, _words in page.context["choices"]} == {str(two.pk), str(three.pk)}
    form = {"neighbours": [str(two.pk), str(three.pk)], "session": str(session.pk), "words": "Eén bus"}
    assert desk.post(address("together", one, activity), form).status_code == 302
    series = Series.objects.get()
    assert series.kind == Series.Kind.TOGETHER
    assert {booking.request for booking in series.bookings.all()} == {one, two, three}
    session.refresh_from_db()
    assert session.taken == 60


def test_too_few_places_for_all_is_a_place_for_nobody(desk, ask, offer):
    one, two = ask(), ask(lat=51.47)
    activity = offer(seats=39)
    session = activity.sessions.get()
    form = {"neighbours": [str(two.pk)], "session": str(session.pk), "words": ""}
    response = desk.post(address("together", one, activity), form)
    assert response.status_code == 422
    assert "te weinig plekken voor iedereen samen" in response.content.decode()
    session.refresh_from_db()
    assert (session.taken, Booking.objects.count(), Series.objects.count()) == (0, 0, 0)
    assert not OutgoingMail.objects.exists()


def test_without_seats_the_largest_group_holds_for_all_together(noor, ask, offer):
    ids = [ask().pk, ask().pk]
    with pytest.raises(CannotAskError) as refused:
        merge(request_ids=ids, activity_id=offer(group_max=30).pk, by=by(noor))
    assert refused.value.why == Why.TOO_MANY
    merge(request_ids=ids, activity_id=offer(group_max=30, splittable=True).pk, by=by(noor))
    assert Booking.objects.count() == 2


def test_when_one_cannot_be_asked_nobody_is(noor, ask, offer):
    one, two = ask(), ask()
    activity = offer()
    broker(request_id=two.pk, activity_id=activity.pk, by=by(noor))
    with pytest.raises(CannotAskError):
        merge(request_ids=[one.pk, two.pk], activity_id=activity.pk, by=by(noor))
    assert Booking.objects.count() == 1


def test_a_neighbour_too_far_away_or_of_another_region_cannot_be_chosen(desk, ask, offer):
    one, far = ask(), ask(lat=51.7)
    foreign = ask(school=SchoolFactory(municipality=RegionFactory(parent=Region.objects.get(code="NL-DR")), lat=51.46))
    activity = offer()
    for other in (far, foreign, one):
        form = {"neighbours": [str(other.pk)], "words": ""}
        assert desk.post(address("together", one, activity), form).status_code == 422
    assert desk.post(address("together", one, activity), {"words": ""}).status_code == 422
    assert not Booking.objects.exists()
    assert str(far.pk) in dict(desk.get(address("together", one, activity), {"km": "50"}).context["choices"])


@pytest.mark.django_db(transaction=True)
def test_coordinators_who_merge_the_same_neighbours_at_once_neither_hang_nor_double(noor, ask, offer):
    ids = [ask().pk for _ in range(4)]
    activity = offer(seats=80)
    session = activity.sessions.get()
    common = {"activity_id": activity.pk, "by": by(noor), "session_id": session.pk}
    acts = [partial(merge, request_ids=ids[::step], **common) for step in (1, -1, 1, -1)]
    came = at_once(*acts, refusals=CannotAskError)
    assert sum(isinstance(each, CannotAskError) for each in came) == 3
    session.refresh_from_db()
    assert (session.taken, Booking.objects.count()) == (80, 4)


def test_the_page_says_what_it_shows(desk, ask, offer):
    asked = ask()
    plain = desk.get(address("broker", asked)).content.decode()
    assert "Er past niets volgens alle regels" in plain
    assert "gevonden" not in plain
    assert "Geen openbare activiteit" in desk.get(address("broker", asked), {"zoek": "xyzzy"}).content.decode()


def test_a_colleague_who_helps_asks_too_and_stays_at_her_own_desk(noor, ask, offer):
    drenthe = Region.objects.get(code="NL-DR")
    colleague = UserFactory(moderates=[drenthe])
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(colleague)
    asked, activity = ask(), offer()
    assert client.get(address("broker", asked)).status_code == 404
    hand_over(waiting_id=asked.waiting.pk, by=noor, region=drenthe)
    response = client.post(address("broker_ask", asked, activity), {"pupils": "20", "words": ""}, follow=True)
    assert response.status_code == 200
    assert Booking.objects.get().asked_by == Side.COORDINATOR


@pytest.mark.django_db(transaction=True)
def test_who_merges_and_who_asks_for_one_of_them_do_not_wait_in_a_ring(noor, ask, offer):
    ids = [ask().pk for _ in range(4)]
    for _round in range(4):
        activity = offer(seats=500)
        session = activity.sessions.get()
        common = {"activity_id": activity.pk, "by": by(noor), "session_id": session.pk}
        acts = [partial(merge, request_ids=ids, **common)]
        acts += [partial(broker, request_id=pk, **common) for pk in ids[1:]]
        at_once(*acts, refusals=CannotAskError)
        session.refresh_from_db()
        assert session.taken == 20 * Booking.objects.filter(activity=activity).count()
