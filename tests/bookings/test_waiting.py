"""The waiting list: who is on it, at which place, what is new, when a human looks, and what the school hears."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions.waiting import QUIET, hand_over, look_at, renew_waiting, sweep_waiting
from techfinder.bookings.links.waiting import waiting_url
from techfinder.bookings.machine import Side
from techfinder.bookings.models import ClockRule, Task, Waiting
from techfinder.bookings.queries.waiting import place_of, schools_nearby, waiting_now, waiting_of
from techfinder.mail.models import OutgoingMail
from techfinder.matches.actions import match_request, rematch
from techfinder.matches.models import Match
from techfinder.organisations.models import Membership
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import Parties
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def ask(vlissingen):
    def make(days_ago=0, town=vlissingen, **fields):
        fields = {"school": SchoolFactory(municipality=town, name="De Loefzijde"), **fields}
        return RequestFactory(confirmed_at=timezone.now() - days_ago * DAY, **fields)

    return make


def row(request):
    return Waiting.objects.get(request=request)


def mails(template):
    return list(OutgoingMail.objects.filter(kind=template).order_by("pk"))


# ------------------------------------------------------------------- on and off


def test_an_open_request_is_on_the_list_until_it_has_a_place(ask):
    parties = Parties()
    asked = parties.request
    assert sweep_waiting()["added"] == 1
    assert row(asked).since == asked.confirmed_at
    booking = parties.ask()
    assert not waiting_now().exists()  # at once, swept or not
    assert sweep_waiting()["ended"] == 1
    parties.do("decline", booking, Side.PROVIDER, reason="full")
    assert renew_waiting(request_id=asked.pk)
    assert row(asked).since == asked.confirmed_at  # its old place
    assert row(asked).ended_at is None


def test_a_second_sweep_changes_nothing(ask):
    ask(days_ago=60)
    first = sweep_waiting()
    assert first == {"added": 1, "ended": 0, "due": 1, "told": 0}
    assert sweep_waiting() == {"added": 0, "ended": 0, "due": 0, "told": 0}
    assert (Waiting.objects.count(), Task.objects.count()) == (1, 1)


def test_who_stands_in_the_queue_of_a_full_day_still_waits_for_a_place(ask):
    parties = Parties(seats=30)
    parties.ask(request_id=ask(group_size=28).pk)
    booking = parties.ask()
    assert booking.state == "queued"
    sweep_waiting()
    assert waiting_of(parties.request)


@pytest.mark.parametrize("status", ["fulfilled", "withdrawn", "expired"])
def test_what_is_no_longer_asked_leaves_the_list_and_its_task_goes(ask, status):
    asked = ask(days_ago=60)
    sweep_waiting()
    asked.status = status
    asked.save()
    assert sweep_waiting()["ended"] == 1
    assert row(asked).ended_at
    assert Task.objects.get().done_at


def test_unconfirmed_requests_do_not_wait(ask):
    ask(status="unconfirmed")
    assert sweep_waiting()["added"] == 0


# ------------------------------------------------------------------------ place


def test_the_place_is_among_the_province_and_its_themes(ask):
    mine = ask(days_ago=5, themes=["energie"])
    ask(days_ago=9, themes=["energie", "water"])
    ask(days_ago=8, themes=["robotica"])  # no theme in common
    ask(days_ago=7, themes=[])
    ask(days_ago=6, town=RegionFactory(parent=Region.objects.get(code="NL-DR")))
    ask(days_ago=1, themes=["energie"])
    sweep_waiting()
    place = place_of(waiting_of(mine))
    assert (place.number, place.total) == (3, 4)


def test_who_names_no_theme_is_placed_among_all(ask):
    mine = ask(days_ago=5, themes=[])
    ask(days_ago=8, themes=["robotica"])
    ask(days_ago=7, themes=["energie"])
    sweep_waiting()
    assert place_of(waiting_of(mine)).number == 3


def test_a_human_looks_after_the_working_days_of_the_region(ask):
    with time_machine.travel(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=False):
        assert_look(ask(), dt.date(2026, 12, 14))  # fifteen working days
        rule = ClockRule.objects.create(region=Region.objects.get(code="NL-ZE"), look=20)
        # The Christmas holiday does not count.
        assert_look(ask(), dt.date(2027, 1, 4))
        assert rule.look == 20


def assert_look(request, day):
    sweep_waiting()
    assert row(request).look_on == day


# ---------------------------------------------------------------------- looking


@pytest.fixture
def noor():
    return UserFactory(name="Noor Verhage", moderates=[Region.objects.get(code="NL-ZE")])


def test_the_school_is_told_that_a_human_looked_and_the_task_is_done(ask, noor):
    asked = ask(days_ago=60)
    sweep_waiting()
    waiting = row(asked)
    told = look_at(waiting_id=waiting.pk, by=noor, seen=None, words="Ik bel Huis van de Techniek.")
    assert told.look_on > timezone.localdate()
    (mail,) = mails("waiting_looked")
    assert mail.to == asked.contact.email
    assert "Ik bel Huis van de Techniek." in mail.text
    assert waiting_url(asked) in mail.text
    assert "Noor Verhage" in mail.text
    task = Task.objects.get()
    assert (task.done_by, task.done_words) == (noor, "Ik bel Huis van de Techniek.")


def test_of_two_who_look_at_once_the_second_tells_nothing(ask, noor):
    asked = ask()
    sweep_waiting()
    assert look_at(waiting_id=row(asked).pk, by=noor, seen=None)
    assert look_at(waiting_id=row(asked).pk, by=UserFactory(), seen=None) is None
    assert len(mails("waiting_looked")) == 1


def test_after_a_look_the_school_hears_only_what_got_better(ask, noor):
    before, asked = ask(days_ago=9), ask(days_ago=5)
    sweep_waiting()
    look_at(waiting_id=row(asked).pk, by=noor, seen=None)
    assert row(asked).told_place == 2
    later = timezone.now() + QUIET + DAY
    assert sweep_waiting(now=later)["told"] == 0  # nothing changed
    before.status = "withdrawn"
    before.save()
    assert sweep_waiting(now=later)["told"] == 0  # told of a moment ago
    assert sweep_waiting(now=later + QUIET + DAY)["told"] == 1
    (mail,) = mails("waiting_moved")
    assert "plek 1" in mail.subject.lower()
    assert sweep_waiting(now=later + 3 * QUIET)["told"] == 0


def test_nobody_hears_of_a_place_whom_no_human_has_looked_at(ask):
    before = ask(days_ago=9)
    ask(days_ago=5)
    sweep_waiting()
    before.status = "withdrawn"
    before.save()
    sweep_waiting(now=timezone.now() + 9 * QUIET)
    assert mails("waiting_moved") == []


def test_who_left_the_school_is_not_mailed_and_a_colleague_is(ask, noor):
    asked = ask()
    MembershipFactory(user=asked.contact, school=asked.school, status=Membership.Status.LEFT)
    colleague = MembershipFactory(school=asked.school).user
    sweep_waiting()
    look_at(waiting_id=row(asked).pk, by=noor, seen=None)
    assert [mail.to for mail in mails("waiting_looked")] == [colleague.email]


def test_handing_over_mails_the_coordinators_of_the_other_region_and_moves_the_task(ask, noor):
    asked = ask(days_ago=60)
    drenthe = Region.objects.get(code="NL-DR")
    other = UserFactory(moderates=[drenthe])
    sweep_waiting()
    assert hand_over(waiting_id=row(asked).pk, by=noor, region=drenthe, words="Past bij jullie.")
    assert not hand_over(waiting_id=row(asked).pk, by=noor, region=drenthe)
    (mail,) = mails("waiting_handed")
    assert (mail.to, "Past bij jullie." in mail.text) == (other.email, True)
    assert Task.objects.get().region == drenthe
    assert hand_over(waiting_id=row(asked).pk, by=noor, region=None)
    assert Task.objects.get().region == asked.school.municipality


# --------------------------------------------------------------------- the page


def page(client, request):
    return client.get(reverse("bookings:waiting", args=[request.uuid]))


@pytest.fixture
def signed_in(client, ask):
    def make(request):
        client.force_login(request.contact)
        return client

    return make


def test_the_page_leads_to_what_fits_already(ask, signed_in):
    asked = ask()
    parties = Parties()
    Match.objects.create(request=asked, activity=parties.activity, score=80, placed_at=timezone.now())
    sweep_waiting()
    link = reverse("matches:request", args=[asked.uuid])
    assert re.search(rf'href="{link}"[^>]*>\s*Bekijk wat past', page(signed_in(asked), asked).content.decode())


def test_the_page_says_place_rule_and_when_a_human_looks(ask, signed_in):
    ask(days_ago=9)
    asked = ask(days_ago=5)
    sweep_waiting()
    text = page(signed_in(asked), asked).content.decode()
    assert "Je staat op plek 2 van 2" in text
    assert "Zeeland" in text
    assert "kijkt een coördinator" in text


def test_the_page_shows_what_came_online_since_and_what_would_make_it_fit(ask, signed_in):
    asked = ask(days_ago=5, group_size=28)
    old = ActivityFactory(title="Oud aanbod", group_max=20, published_at=timezone.now() - 9 * DAY)
    near = ActivityFactory(title="Nieuw, kleine groep", group_max=20)
    fits = ActivityFactory(title="Nieuw en past")
    rematch(everything=True)
    sweep_waiting()
    news = page(signed_in(asked), asked).context["news"]
    assert {each.activity: bool(each.phrase) for each in news} == {fits: False, near: True}
    assert old not in {each.activity for each in news}


def test_a_request_of_this_minute_has_a_place_before_the_sweep(ask, signed_in):
    asked = ask()
    assert page(signed_in(asked), asked).context["standing"].place.number == 1
    assert not Waiting.objects.exists()  # looking changes nothing


def test_who_has_a_place_reads_so(signed_in):
    parties = Parties()
    parties.ask()
    text = page(signed_in(parties.request), parties.request).content.decode()
    assert "staat niet op de wachtlijst" in text


def test_the_link_of_the_mail_opens_it_without_an_account_and_offers_nothing_to_press(ask):
    asked = ask()
    sweep_waiting()
    ActivityFactory(group_max=20)
    rematch(everything=True)
    address = waiting_url(asked).removeprefix("http://testserver")
    client = Client()
    response = client.get("/" + address.split("/", 3)[3])
    assert response.status_code == 200
    assert "Je staat op plek 1 van 1" in response.content.decode()
    assert b'name="loosen"' not in response.content
    assert client.get(reverse("bookings:waiting_link", args=["vals"])).status_code == 404


def test_the_page_asks_the_same_number_of_queries_for_more_who_wait(ask, signed_in):
    asked = ask(days_ago=5)
    ActivityFactory(group_max=20)
    rematch(everything=True)
    sweep_waiting()
    client = signed_in(asked)
    page(client, asked)
    assert queries(client, asked) == queries_with_more(client, asked, ask)


def queries(client, asked):
    with CaptureQueriesContext(connection) as captured:
        page(client, asked)
    return len(captured)


def queries_with_more(client, asked, ask):
    for _ in range(3):
        ask(days_ago=9)
        ActivityFactory(group_max=20)
    rematch(everything=True)
    sweep_waiting()
    page(client, asked)
    return queries(client, asked)


def test_the_page_of_the_request_says_the_place_and_leads_there(ask, signed_in):
    asked = ask()
    sweep_waiting()
    text = signed_in(asked).get(reverse("matches:request", args=[asked.uuid])).content.decode()
    assert "Plek 1 van 1 op de wachtlijst" in text
    assert reverse("bookings:waiting", args=[asked.uuid]) in text


# ----------------------------------------------------------------- for companies


def test_companies_see_how_many_schools_nearby_wait_for_what_they_offer(client, ask, vlissingen):
    provider = ProviderFactory(municipality=vlissingen)
    activity = ActivityFactory(provider=provider, levels=["po-7"], themes=["energie"])
    for number in range(3):
        ask(school=SchoolFactory(municipality=vlissingen, name=f"School {number}"))
    ask(themes=["robotica"])
    ask(levels=["po-3"])
    ask(school=SchoolFactory(municipality=vlissingen, lat=52.4, lon=6.5))
    same = SchoolFactory(municipality=vlissingen)
    ask(school=same)
    ask(school=same)  # twice of one school
    sweep_waiting()
    rematch(everything=True)
    assert schools_nearby([activity.pk]) == 4
    client.force_login(MembershipFactory(provider=provider).user)
    for address in (reverse("matches:dashboard"), reverse("matches:activity", args=[activity.slug])):
        assert "4 scholen bij jou in de buurt vragen dit" in client.get(address).content.decode()


def test_what_is_asked_already_is_not_counted(ask):
    parties = Parties()
    sweep_waiting()
    rematch(everything=True)
    assert schools_nearby([parties.activity.pk]) == 1
    parties.ask()
    sweep_waiting()
    assert schools_nearby([parties.activity.pk]) == 0


def test_a_step_has_the_list_renewed_by_a_worker(monkeypatch):
    parties = Parties()
    woken = []
    monkeypatch.setattr("techfinder.bookings.telling.waiting_list.wake", lambda *args: woken.append(args))
    booking = parties.ask()
    parties.do("withdraw", booking, Side.SCHOOL)
    assert woken == [("bookings.renew_waiting", parties.request.pk)] * 2


def test_the_match_that_came_later_is_counted_as_fitting(ask, signed_in):
    asked = ask()
    sweep_waiting()
    ActivityFactory()
    match_request(request_id=asked.pk)
    assert page(signed_in(asked), asked).context["fits"] == 1
