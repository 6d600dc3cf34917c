"""The own lists of bookings, and the queue of a day."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.bookings.machine import Side, State
from tests.bookings.test_pages import signed_in, step_url
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import MembershipFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


def test_what_waits_for_me_comes_first_on_my_own_page():
    parties = Parties()
    asked = parties.ask(date=in_days(60))
    board = signed_in(parties.member).get(reverse("matches:dashboard")).context["bookings"]
    assert [line.booking.pk for line in board.waiting] == [asked.pk]
    board = signed_in(parties.request.contact).get(reverse("matches:dashboard")).context["bookings"]
    assert (board.waiting, [line.booking.pk for line in board.theirs]) == ([], [asked.pk])
    parties.do("accept", asked, Side.PROVIDER)
    for user in (parties.member, parties.request.contact):
        board = signed_in(user).get(reverse("matches:dashboard")).context["bookings"]
        assert (board.waiting, board.theirs, [line.booking.pk for line in board.coming]) == ([], [], [asked.pk])


def test_the_list_is_narrowed_by_state_and_side():
    parties = Parties()
    MembershipFactory(user=parties.member, school=parties.request.school)
    asked = parties.ask()
    over = Parties(provider=parties.provider)
    over = over.do("decline", over.ask(), Side.PROVIDER, reason="full")
    client = signed_in(parties.member)

    def listed(**query):
        return [line.booking.pk for line in client.get(reverse("bookings:list"), query).context["lines"]]

    assert listed() == [over.pk, asked.pk]
    assert listed(stand="antwoord") == [asked.pk]
    assert listed(stand="niet") == [over.pk]
    assert listed(stand="geweest") == listed(stand="afgesproken") == []
    assert listed(kant="school") == [asked.pk]
    assert listed(stand="onzin") == [over.pk, asked.pk]


def test_an_empty_list_says_what_to_do():
    page = signed_in(UserFactory()).get(reverse("bookings:list")).content.decode()
    assert reverse("activities:list") in page


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_queries(count):
    parties = Parties()
    for _ in range(count):
        parties.ask(request_id=RequestFactory(school=parties.request.school, contact=parties.request.contact).pk)
        parties.do(
            "accept",
            parties.ask(
                request_id=RequestFactory(school=parties.request.school, contact=parties.request.contact).pk,
                date=in_days(60),
            ),
            Side.PROVIDER,
        )
    for user, url, expected in [
        (parties.member, reverse("bookings:list"), 15),
        (parties.request.contact, reverse("bookings:list"), 15),
    ]:
        client = signed_in(user)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        assert len(queries) == expected, url


def test_the_provider_sees_the_queue_and_gives_a_place_by_hand():
    parties = Parties(seats=30)
    parties.provider.auto_promote = False
    parties.provider.save()
    first = parties.ask()
    waiting = parties.ask(request_id=RequestFactory(group_size=20).pk)
    assert waiting.state == State.QUEUED
    client = signed_in(parties.member)
    url = reverse("bookings:queue", args=[parties.activity.slug])
    page = client.get(url).content.decode()
    assert waiting.request.school.name in page
    assert "te weinig plekken" in page
    parties.do("decline", first, Side.PROVIDER, reason="full")
    assert "te weinig plekken" not in client.get(url).content.decode()
    client.post(step_url(waiting, "plek-geven"), {"version": waiting.version})
    waiting.refresh_from_db()
    parties.session.refresh_from_db()
    assert (waiting.state, parties.session.taken) == (State.AGREED, 20)
    assert signed_in(UserFactory()).get(url).status_code == 404
