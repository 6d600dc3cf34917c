"""The pages of both sides, and who may see and do what there."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.mail.models import Heartbeat
from techfinder.matches import actions
from techfinder.matches.actions.sweeping import NIGHTLY
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(make_activity, make_request):
    make_activity()
    request = make_request()
    actions.match_request(request_id=request.pk)
    return Match.objects.select_related("request__contact", "activity").get()


def with_second_factor(user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def page_of(pair):
    return reverse("matches:request", args=[pair.request.uuid])


def test_the_school_sees_matches_with_reasons(client, pair):
    client.force_login(pair.request.contact)
    text = client.get(page_of(pair)).content.decode()
    for words in (pair.activity.title, "Huis van de Techniek", "km", "groep 7", "energie"):
        assert words in text


def test_the_provider_sees_requests_with_reasons(client, pair, member):
    client.force_login(member)
    for url in (reverse("matches:dashboard"), reverse("matches:activity", args=[pair.activity.slug])):
        text = client.get(url).content.decode()
        for words in (pair.request.title, "De Loefzijde", "groep 7", "energie"):
            assert words in text
        assert pair.request.contact_email not in text


def test_who_may_see_what(client, pair, member, school, zeeland):
    board = BoardFactory()
    school.board = board
    school.save()
    colleague, of_board = UserFactory(), UserFactory()
    MembershipFactory(user=colleague, school=school)
    MembershipFactory(user=of_board, board=board)
    moderator, other = with_second_factor(UserFactory(moderates=[zeeland])), UserFactory()
    request_page, activity_page = page_of(pair), reverse("matches:activity", args=[pair.activity.slug])
    expected = [
        (pair.request.contact, 200, 404),
        (colleague, 200, 404),
        (of_board, 200, 404),
        (member, 404, 200),
        (moderator, 200, 200),
        (with_second_factor(AdministratorFactory()), 200, 200),
        (other, 404, 404),
    ]
    for user, sees_request, sees_activity in expected:
        client.force_login(user)
        assert client.get(request_page).status_code == sees_request, user
        assert client.get(activity_page).status_code == sees_activity, user


@pytest.mark.parametrize("name", ["decline", "ask", "offer"])
def test_strangers_cannot_act_and_get_changes_nothing(client, pair, name):
    url = reverse(f"matches:{name}", args=[pair.pk])
    assert client.post(url).status_code == 302
    client.force_login(UserFactory())
    assert client.post(url).status_code == 404
    client.force_login(pair.request.contact)
    assert client.get(url).status_code == 405
    pair.refresh_from_db()
    assert (pair.state, pair.asked_at, pair.offered_at) == (Match.State.OPEN, None, None)


def test_a_moderator_looks_and_does_not_answer(client, pair, zeeland):
    client.force_login(with_second_factor(UserFactory(moderates=[zeeland])))
    page = client.get(page_of(pair)).content.decode()
    assert "Vraag dit aan voor de school" in page
    assert reverse("matches:decline", args=[pair.pk]) not in page
    assert client.post(reverse("matches:ask", args=[pair.pk])).status_code == 404


def test_not_suiting_takes_it_away_for_good(client, pair):
    client.force_login(pair.request.contact)
    client.post(reverse("matches:decline", args=[pair.pk]))
    assert pair.activity.get_absolute_url() not in client.get(page_of(pair)).content.decode()
    pair.refresh_from_db()
    assert pair.state == Match.State.DECLINED


def test_asking_and_offering_lead_to_a_form_with_this_pair(client, pair, member):
    """The old addresses too: a page that was open before a new version still works."""
    asking = f"{reverse('bookings:ask', args=[pair.activity.slug])}?vraag={pair.request.uuid}"
    offering = reverse("bookings:offer", args=[pair.request.uuid, pair.activity.slug])
    for user, old, page, form in (
        (pair.request.contact, "matches:ask", page_of(pair), asking),
        (member, "matches:offer", reverse("matches:activity", args=[pair.activity.slug]), offering),
    ):
        client.force_login(user)
        assert form in client.get(page).content.decode()
        assert client.post(reverse(old, args=[pair.pk])).headers["Location"] == form
        assert client.get(form).status_code == 200
    pair.refresh_from_db()
    assert (pair.asked_at, pair.offered_at) == (None, None)


def test_few_matches_show_what_would_help_and_it_does(client, make_activity, make_request):
    make_activity(group_max=20)
    make_activity(cost=75, title="Duur")
    request = make_request(max_cost=0)
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    url = reverse("matches:loosen", args=[request.uuid])
    page = client.get(reverse("matches:request", args=[request.uuid]))
    values = {step.value for step in page.context["why"].steps}
    assert values == {"group_size:20", "max_cost:75"}
    assert client.post(url, {"loosen": "group_size:1"}).status_code == 302
    request.refresh_from_db()
    assert request.group_size == 28
    client.post(url, {"loosen": "max_cost:75"})
    request.refresh_from_db()
    assert request.max_cost == 75
    assert request.matches.open().get().activity.title == "Duur"


def test_a_closed_request_says_so(client, pair):
    Request.objects.update(status=Request.Status.WITHDRAWN)
    client.force_login(pair.request.contact)
    assert client.get(page_of(pair)).status_code == 200


def test_the_own_page_is_for_who_signed_in(client):
    assert client.get(reverse("matches:dashboard")).status_code == 302
    client.force_login(UserFactory())
    assert client.get(reverse("matches:dashboard")).status_code == 200


@pytest.mark.parametrize("count", [3, 5])
def test_pages_ask_the_same_number_of_queries(client, member, make_activity, make_request, count):
    """From three matches on nothing is loosened any more: the page of the request says less, and asks less."""
    contact = UserFactory()
    activities = [make_activity() for _ in range(count)]
    requests = [make_request(contact=contact) for _ in range(count)]
    actions.rematch(everything=True)
    Match.objects.filter(activity=activities[0], request=requests[0]).update(offered_at=timezone.now())
    pages = [
        (contact, reverse("matches:request", args=[requests[0].uuid]), 24),
        (contact, reverse("matches:dashboard"), 18),
        (member, reverse("matches:activity", args=[activities[0].slug]), 26),
        (member, reverse("matches:dashboard"), 30),
    ]
    for user, url, expected in pages:
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        assert len(queries) == expected, url


def test_a_request_that_fits_several_activities_is_one_line_with_the_best(client, member, make_activity, make_request):
    activities = [make_activity() for _ in range(3)]
    asked, other = make_request(), make_request()
    actions.rematch(everything=True)
    Match.objects.filter(activity=activities[1], request=asked).update(score=1_000)
    client.force_login(member)
    board = client.get(reverse("matches:dashboard")).context["board"]
    assert board.ask_count == 2
    assert {ask.match.request_id for ask in board.asks} == {asked.pk, other.pk}
    assert activities[1].pk in {ask.match.activity_id for ask in board.asks if ask.match.request_id == asked.pk}
    Match.objects.filter(activity=activities[2], request=asked).update(offered_at=timezone.now())
    assert [ask.match.request_id for ask in client.get(reverse("matches:dashboard")).context["board"].asks] == [
        other.pk
    ]


# ----------------------------------------------------------------- held back


@pytest.fixture
def busy(make_activity, make_request, provider, vlissingen):
    """A provider that takes one request at once: the first of three is put before it."""
    provider.max_open = 1
    provider.save()
    make_activity()
    requests = [
        make_request(school=SchoolFactory(municipality=vlissingen), confirmed_at=timezone.now() - timedelta(days=days))
        for days in (20, 10, 0)
    ]
    for request in requests:
        actions.match_request(request_id=request.pk)
    return requests


def test_the_school_reads_why_a_company_does_not_have_its_question_yet(client, busy):
    client.force_login(busy[1].contact)
    page = client.get(reverse("matches:request", args=[busy[1].uuid])).content.decode()
    assert "1 activiteit past, maar het bedrijf heeft nu genoeg vragen" in page
    assert "Zodra een bedrijf plaats heeft" in page
    assert "Er past nog niets" not in page
    assert '<ol class="tf-cards">' not in page
    client.force_login(busy[0].contact)
    assert "genoeg vragen" not in client.get(reverse("matches:request", args=[busy[0].uuid])).content.decode()


def test_the_school_may_ask_for_what_is_held_back(client, busy, member):
    client.force_login(busy[1].contact)
    held = Match.objects.get(request=busy[1])
    assert (held.held, held.placed_at) == ("full", None)
    client.post(reverse("bookings:ask", args=[held.activity.slug]) + f"?vraag={busy[1].uuid}", {"pupils": "28"})
    held.refresh_from_db()
    assert (held.held, held.asked_at) == ("", held.placed_at)
    assert '<ol class="tf-cards">' in client.get(reverse("matches:request", args=[busy[1].uuid])).content.decode()


def test_the_provider_sees_what_has_a_place_and_how_many_wait(client, busy, member, provider):
    client.force_login(member)
    activity = busy[0].matches.get().activity
    for url in (reverse("matches:dashboard"), reverse("matches:activity", args=[activity.slug])):
        page = client.get(url).content.decode()
        assert busy[0].title in page
        assert busy[1].title not in page
        assert "Nog 2 vragen passen." in page
        assert "hoogstens 1 tegelijk" in page
        assert f"{reverse('organisations:edit_provider', args=[provider.slug])}#id_max_open" in page
    held = Match.objects.get(request=busy[1])
    assert client.post(reverse("matches:offer", args=[held.pk])).status_code == 404
    assert actions.offer(match_id=held.pk) is False


def test_an_answer_gives_the_place_to_who_waits_longest(client, busy, member):
    client.force_login(member)
    first = busy[0].matches.get()
    client.post(reverse("bookings:offer", args=[busy[0].uuid, first.activity.slug]), {"pupils": "28"})
    assert actions.release_places(provider_ids=[member.memberships.get().provider_id]) == 1
    page = client.get(reverse("matches:dashboard")).content.decode()
    assert busy[1].title in page
    assert "Nog 1 vraag past." in page
    client.force_login(busy[1].contact)
    client.post(reverse("matches:decline", args=[busy[1].matches.get().pk]))
    Heartbeat.objects.create(name=NIGHTLY)
    actions.sweep()
    assert Match.objects.get(request=busy[2]).placed_at
    client.force_login(member)
    assert "tegelijk" not in client.get(reverse("matches:dashboard")).content.decode()


def test_what_the_school_asked_for_already_is_apart_with_the_other_request(client, make_activity, make_request, school):
    activity = make_activity(title="Zonnebootrace")
    first = make_request(title="Eerste vraag van de school")
    actions.match_request(request_id=first.pk)
    actions.ask(match_id=first.matches.get().pk)
    colleague = MembershipFactory(user=UserFactory(), school=school).user
    second = make_request(contact=UserFactory())
    actions.match_request(request_id=second.pk)
    assert second.matches.get().held == "twice"
    other = reverse("matches:request", args=[first.uuid])
    for user, is_linked in ((second.contact, False), (colleague, True)):
        client.force_login(user)
        page = client.get(reverse("matches:request", args=[second.uuid])).content.decode()
        assert "Je school heeft het al aangevraagd bij een andere vraag:" in page
        assert "Eerste vraag van de school" in page
        assert activity.get_absolute_url() in page
        assert (other in page) is is_linked


@pytest.mark.parametrize("count", [1, 3])
def test_folds_ask_the_same_number_of_queries(client, make_activity, make_request, provider, school, count):
    for _ in range(count):
        make_activity()
    told = make_request()
    actions.match_request(request_id=told.pk)
    for match in told.matches.all():
        actions.ask(match_id=match.pk)
    provider.max_open = 1
    provider.save()
    for _ in range(count):
        make_activity(levels=["po-7"], themes=["energie", "water"])
    MembershipFactory(user=told.contact, school=school)
    request = make_request(contact=told.contact)
    actions.rematch(everything=True)
    assert set(request.matches.values_list("held", flat=True)) == {"full", "twice"}
    client.force_login(request.contact)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("matches:request", args=[request.uuid])).content.decode()
    assert page.count("<details") >= 2
    assert len(queries) == 33
