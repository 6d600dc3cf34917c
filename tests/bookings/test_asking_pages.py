"""Asking on the site: by a school, for a school by its coordinator, and by a provider."""

import pytest
from allauth.mfa.models import Authenticator
from django.db.models import F
from django.test import Client
from django.urls import reverse

from techfinder.activities.models import Activity
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties():
    return matched(Parties())


def matched(parties):
    parties.match = Match.objects.create(
        request=parties.request, activity=parties.activity, score=80, placed_at=parties.request.confirmed_at
    )
    # The worker has looked.
    Request.objects.filter(pk=parties.request.pk).update(matched_version=F("version"))
    return parties


def ask_url(parties, **query):
    address = reverse("bookings:ask", args=[parties.activity.slug])
    return f"{address}?vraag={query['vraag']}" if query else address


def offer_url(parties):
    return reverse("bookings:offer", args=[parties.request.uuid, parties.activity.slug])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_school_asks_with_the_request_that_fits(parties):
    client = signed_in(parties.request.contact)
    page = client.get(ask_url(parties))
    assert page.status_code == 200
    assert page.context["asked"] == parties.request
    day = in_days(60)
    answer = client.post(
        ask_url(parties), {"date": f"{day:%d-%m-%Y}", "start": "9.30", "pupils": "24", "words": "Liefst 's ochtends"}
    )
    booking = Booking.objects.get()
    assert answer.headers["Location"] == booking.get_absolute_url()
    assert (booking.asked_by, booking.state, booking.turn) == (Side.SCHOOL, State.ASKED, Side.PROVIDER)
    assert (booking.date, booking.pupils, booking.words) == (day, 24, "Liefst 's ochtends")
    parties.match.refresh_from_db()
    assert parties.match.asked_at


def test_without_a_day_the_provider_names_one(parties):
    signed_in(parties.request.contact).post(ask_url(parties), {"pupils": "28"})
    assert Booking.objects.get().date is None


def test_a_day_with_places_is_chosen_and_a_full_one_queues():
    parties = matched(Parties(seats=30))
    full = parties.day(10, after=70)
    client = signed_in(parties.request.contact)
    page = client.get(ask_url(parties)).content.decode()
    assert "nog 30 plekken" in page
    assert client.post(ask_url(parties), {"pupils": "28"}).status_code == 422
    other = RequestFactory(group_size=10)
    parties.ask(request_id=other.pk, session_id=full.pk)
    client.post(ask_url(parties), {"pupils": "8", "session": full.pk})
    mine = Booking.objects.get(request=parties.request)
    assert (mine.state, mine.session) == (State.QUEUED, full)
    assert "1 groep wacht" in signed_in(parties.request.contact).get(ask_url(matched_again(parties))).content.decode()


def matched_again(parties):
    """Another request of the same person that fits."""
    request = RequestFactory(contact=parties.request.contact, school=parties.request.school)
    Match.objects.create(request=request, activity=parties.activity, score=70, placed_at=parties.request.confirmed_at)
    return parties


def test_who_has_no_request_posts_one_for_this_activity(parties):
    wanted = f"{reverse('requests:new')}?activiteit={parties.activity.slug}"
    for client in (Client(), signed_in(UserFactory())):
        assert client.get(ask_url(parties)).headers["Location"] == wanted
        assert client.post(ask_url(parties), {"pupils": "28"}).headers["Location"] == wanted
    assert not Booking.objects.exists()


def test_what_was_asked_already_is_shown(parties):
    booking = parties.ask()
    client = signed_in(parties.request.contact)
    answer = client.get(ask_url(parties, vraag=parties.request.uuid))
    assert answer.headers["Location"] == booking.get_absolute_url()
    assert client.post(ask_url(parties, vraag=parties.request.uuid), {"pupils": "28"}).status_code == 302
    assert Booking.objects.count() == 1


def test_another_ones_request_is_not_there(parties):
    client = signed_in(RequestFactory().contact)
    for request in (parties.request.uuid, "onzin"):
        assert client.get(ask_url(parties, vraag=request)).status_code == 404
        assert client.post(ask_url(parties, vraag=request), {"pupils": "28"}).status_code == 404
    assert not Booking.objects.exists()


def test_what_is_not_public_cannot_be_asked_for(parties):
    Activity.objects.update(status=Activity.Status.PAUSED)
    assert signed_in(parties.request.contact).get(ask_url(parties)).status_code == 404


def test_a_closed_request_says_so(parties):
    Request.objects.update(status=Request.Status.WITHDRAWN)
    answer = signed_in(parties.request.contact).post(ask_url(parties, vraag=parties.request.uuid), {"pupils": "28"})
    assert answer.status_code == 422
    assert "niet meer open" in answer.content.decode()
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"pupils": ""}, "pupils"),
        ({"pupils": "veel"}, "pupils"),
        ({"pupils": "0"}, "pupils"),
        ({"pupils": "31"}, "pupils"),
        ({"pupils": "28", "date": "31-2-2027"}, "date"),
        ({"pupils": "28", "date": "1-1-2020"}, "date"),
        ({"pupils": "28", "start": "10.00"}, "date"),
        ({"pupils": "28", "words": "Sem Jansen, geboren 3-4-2015, heeft een rolstoel"}, "words"),
    ],
)
def test_bad_input_is_said_at_the_field_and_kept(data, field):
    parties = matched(Parties(group_max=30))
    answer = signed_in(parties.request.contact).post(ask_url(parties), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Booking.objects.exists()
    assert f'value="{data["pupils"]}"' in answer.content.decode() or not data["pupils"]


def test_too_soon_for_the_provider_is_said_at_the_day():
    parties = matched(Parties(lead_days=30))
    client = signed_in(parties.request.contact)
    answer = client.post(ask_url(parties), {"pupils": "28", "date": f"{in_days(5):%d-%m-%Y}"})
    assert list(answer.context["form"].errors) == ["date"]
    assert answer.status_code == 422


def test_where_is_asked_only_when_there_is_a_choice():
    one, two = matched(Parties()), matched(Parties(delivery=["at_school", "at_provider"]))
    assert "delivery" not in signed_in(one.request.contact).get(ask_url(one)).context["form"].fields
    client = signed_in(two.request.contact)
    assert client.post(ask_url(two), {"pupils": "28"}).status_code == 422
    client.post(ask_url(two), {"pupils": "28", "delivery": "at_provider"})
    assert Booking.objects.get().delivery == "at_provider"


def a_coordinator(code):
    user = UserFactory(moderates=[Region.objects.get(code=code)])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def test_a_coordinator_asks_for_a_school_of_the_region_any_public_activity():
    here = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    parties = Parties()
    parties.request.school = SchoolFactory(municipality=here)
    parties.request.save()
    coordinator = a_coordinator("NL-ZE")
    client = signed_in(coordinator)
    assert parties.request.school.name in client.get(ask_url(parties, vraag=parties.request.uuid)).content.decode()
    client.post(ask_url(parties, vraag=parties.request.uuid), {"pupils": "28"})
    booking = Booking.objects.get()
    assert (booking.asked_by, booking.turn) == (Side.COORDINATOR, Side.PROVIDER)
    assert booking.school_email == parties.request.contact_email
    elsewhere = signed_in(a_coordinator("NL-DR"))
    assert elsewhere.get(ask_url(parties, vraag=parties.request.uuid)).status_code == 404


# --------------------------------------------------------------- by the provider


def test_a_provider_offers_with_a_day(parties):
    client = signed_in(parties.member)
    assert client.get(offer_url(parties)).status_code == 200
    day = in_days(40)
    client.post(offer_url(parties), {"pupils": "28", "date": f"{day:%d-%m-%Y}", "start": "13.00", "end": "14.30"})
    booking = Booking.objects.get()
    assert (booking.asked_by, booking.turn, booking.date) == (Side.PROVIDER, Side.SCHOOL, day)
    assert booking.provider_email == parties.member.email
    parties.match.refresh_from_db()
    assert parties.match.offered_at
    assert client.get(offer_url(parties)).headers["Location"] == booking.get_absolute_url()


def test_a_provider_offers_only_what_is_put_before_it(parties):
    Match.objects.update(placed_at=None)
    assert signed_in(parties.member).post(offer_url(parties), {"pupils": "28"}).status_code == 404
    other = Parties()
    Match.objects.update(placed_at=parties.request.confirmed_at)
    assert signed_in(other.member).post(offer_url(parties), {"pupils": "28"}).status_code == 404
    assert not Booking.objects.exists()


def test_a_provider_cannot_offer_a_full_day():
    parties = matched(Parties(seats=10))
    answer = signed_in(parties.member).post(offer_url(parties), {"pupils": "28", "session": parties.session.pk})
    assert answer.status_code == 422
    assert not Booking.objects.exists()


# ----------------------------------------------------------- the pages of matches


def test_the_page_of_a_request_shows_what_was_asked_and_how_it_stands(parties):
    client = signed_in(parties.request.contact)
    url = reverse("matches:request", args=[parties.request.uuid])
    assert ask_url(parties) in client.get(url).content.decode()
    booking = parties.ask(date=in_days(60))
    page = client.get(url).content.decode()
    assert booking.get_absolute_url() in page
    assert ask_url(parties) not in page
    assert f"Wacht op antwoord van {parties.provider.name}" in page
    assert [each["state"] for each in client.get(url).context["stages"]] == ["done", "done", "now", "todo"]
    parties.do("decline", booking, Side.PROVIDER, reason="full")
    after = client.get(url)
    assert "Afgewezen door" in after.content.decode()
    assert "vraagt iets aan" in after.context["stages"][2]["title"]


def test_the_page_of_an_activity_shows_the_provider_what_runs(parties):
    client = signed_in(parties.member)
    url = reverse("matches:activity", args=[parties.activity.slug])
    assert offer_url(parties) in client.get(url).content.decode()
    booking = parties.ask()
    page = client.get(url).content.decode()
    assert booking.get_absolute_url() in page
    assert "Wacht op jouw antwoord" in page


def test_today_is_fine_for_an_activity_without_notice(parties):
    client = signed_in(parties.request.contact)
    answer = client.post(ask_url(parties), {"pupils": "5", "date": f"{in_days(0):%d-%m-%Y}"})
    assert answer.status_code == 302
    assert Booking.objects.get().date == in_days(0)
