"""The calendar of one person at a secret address."""

import datetime as dt

import icalendar
import pytest
import time_machine
import vobject
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from techfinder.accounts.actions import delete_account
from techfinder.bookings.actions import feeds
from techfinder.bookings.links.tokens import token
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, CalendarFeed
from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import Membership
from tests.bookings.day_steps import agreed, mails
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in

pytestmark = pytest.mark.django_db


def url_of(feed):
    return f"/boeking/agenda/{feed.token}.ics"


def shown(client, feed):
    """By UID the events that the address gives."""
    response = client.get(url_of(feed))
    assert response.status_code == 200
    return {str(each["UID"]): each for each in icalendar.Calendar.from_ical(response.content).walk("VEVENT")}


def uid(booking):
    return f"booking-{booking.uuid}@techfinder.example"


# ------------------------------------------------------------------ what is in it


def test_each_of_both_sees_the_booking_in_the_own_feed(client):
    parties, booking = agreed()
    for person in (parties.member, parties.request.contact):
        feed = feeds.open_feed(user=person)
        event = shown(client, feed)[uid(booking)]
        assert (event["STATUS"], int(event["SEQUENCE"])) == ("CONFIRMED", booking.sequence)
        assert vobject.readOne(client.get(url_of(feed)).content.decode()).vevent.uid.value == uid(booking)


def test_nobody_else_sees_it_nor_what_is_not_agreed(client):
    parties, _booking = agreed()
    colleague = Membership.objects.create(user=UserFactory(), provider=parties.provider).user
    waiting = booking_in("asked")
    for person in (colleague, UserFactory(), waiting.request.contact):
        assert shown(client, feeds.open_feed(user=person)) == {}


def test_who_left_the_company_sees_nothing_of_it_any_more(client):
    parties, _booking = agreed()
    feed = feeds.open_feed(user=parties.member)
    Membership.objects.filter(user=parties.member).update(status=Membership.Status.LEFT)
    assert shown(client, feed) == {}


def test_a_person_without_an_account_has_one_by_address(client):
    _parties, booking = agreed()
    Booking.objects.update(school_contact=None, school_email="juf@school.example")
    feed = feeds.open_feed(email="Juf@School.example")
    assert set(shown(client, feed)) == {uid(booking)}
    assert feeds.open_feed(email="juf@school.example").pk == feed.pk


def test_an_address_of_an_account_is_the_feed_of_that_person():
    person = UserFactory(email="juf@school.example")
    assert feeds.open_feed(email="juf@school.example") == feeds.open_feed(user=person)


def test_what_is_called_off_stays_for_thirty_days_as_cancelled(client):
    parties, booking = agreed()
    feed = feeds.open_feed(user=parties.member)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=False):
        parties.do("cancel", booking, "school", reason="ill")
    with time_machine.travel(timezone.now() + dt.timedelta(days=29)):
        event = shown(client, feed)[uid(booking)]
        assert (event["STATUS"], int(event["SEQUENCE"])) == ("CANCELLED", booking.sequence + 1)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert shown(client, feed) == {}


def test_a_month_back_and_a_year_ahead(client):
    parties, booking = agreed()
    feed = feeds.open_feed(user=parties.member)
    for days, seen in ((-31, False), (-30, True), (400, True), (401, False)):
        Booking.objects.update(date=timezone.localdate() + dt.timedelta(days=days))
        assert (uid(booking) in shown(client, feed)) is seen


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(client, django_assert_num_queries, count):
    parties = Parties()
    for _each in range(count):
        agreed(Parties(provider=parties.provider))
    Booking.objects.update(provider_contact=parties.member)
    feed = feeds.open_feed(user=parties.member)
    with django_assert_num_queries(3):
        assert len(shown(client, feed)) == count


# -------------------------------------------------------------------- fetching it


def test_unchanged_is_not_sent_again(client):
    parties, booking = agreed()
    feed = feeds.open_feed(user=parties.member)
    first = client.get(url_of(feed))
    tags = {"If-None-Match": first.headers["ETag"]}
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (tags, since, tags | since):
        again = client.get(url_of(feed), headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    parties.do("change", booking, "school", fields={"report_to": "Balie"})
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=2)):
        parties.do("change", Booking.objects.get(), "school", fields={"report_to": "De conciërge"})
    for headers in (tags, since, tags | since):
        again = client.get(url_of(feed), headers=headers)
        assert again.status_code == 200
        assert "conciërge" in str(icalendar.Calendar.from_ical(again.content).walk("VEVENT")[0]["DESCRIPTION"])


def test_a_reminder_of_the_clock_is_no_change(client):
    parties, booking = agreed()
    feed = feeds.open_feed(user=parties.member)
    before = client.get(url_of(feed)).headers["ETag"]
    later = timezone.now() + dt.timedelta(minutes=5)
    booking.events.create(version=9, action="remind", side=Side.CLOCK, after="agreed", at=later)
    assert client.get(url_of(feed)).headers["ETag"] == before


def test_nothing_on_the_way_keeps_it(client):
    response = client.get(url_of(feeds.open_feed(user=UserFactory())))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response.headers
    assert client.head(url_of(CalendarFeed.objects.get())).status_code == 200


def test_a_revoked_or_unknown_address_gives_nothing(client):
    person = UserFactory()
    feed = feeds.open_feed(user=person)
    newer = feeds.renew_feed(feed_id=feed.pk)
    assert newer.token != feed.token
    assert [client.get(url_of(each)).status_code for each in (feed, newer)] == [404, 200]
    feeds.stop_feed(feed_id=newer.pk)
    feeds.stop_feed(feed_id=newer.pk)
    assert client.get(url_of(newer)).status_code == 404
    assert client.get("/boeking/agenda/0123456789abcdef0123456789abcdef.ics").status_code == 404


def test_of_a_closed_account_there_is_none(client):
    person = UserFactory()
    feed = feeds.open_feed(user=person)
    person.is_active = False
    person.save()
    assert client.get(url_of(feed)).status_code == 404


def test_a_deleted_account_leaves_no_address(client):
    person = UserFactory()
    CalendarFeed.objects.create(email=person.email)
    feeds.open_feed(user=person)
    delete_account(user=person)
    assert not CalendarFeed.objects.exists()


# ---------------------------------------------------------------- its address


def test_the_page_makes_renews_and_stops(client):
    person = UserFactory()
    client.force_login(person)
    assert "agenda/" not in client.get("/boeking/agenda/").content.decode().partition("<main")[2].partition("csrf")[0]
    assert not CalendarFeed.objects.exists()
    client.post("/boeking/agenda/")
    first = CalendarFeed.objects.get()
    page = client.get("/boeking/agenda/").content.decode()
    assert f"http://127.0.0.1:8000{url_of(first)}" in page
    assert f"webcal://127.0.0.1:8000{url_of(first)}" in page
    client.post("/boeking/agenda/", {"act": "renew"})
    assert client.get(url_of(first)).status_code == 404
    client.post("/boeking/agenda/", {"act": "stop"})
    client.post("/boeking/agenda/", {"act": "stop"})
    client.post("/boeking/agenda/", {"act": "wat"})
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_by_the_link_of_a_mail_the_address_goes_to_the_mailbox_only(client):
    _parties, booking = agreed()
    Booking.objects.update(school_contact=None, school_email="juf@school.example")
    booking.refresh_from_db()
    url = f"/boeking/l/{token(booking, Side.SCHOOL, 'page')}/agenda/"
    assert client.get(url).status_code == 200
    assert not CalendarFeed.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url).status_code == 403
    page = client.post(url).content.decode()
    feed = CalendarFeed.objects.get()
    assert feed.email == "juf@school.example"
    assert feed.token not in page
    (mail,) = mails("booking_feed")
    assert (mail.to, mail.is_code) == ("juf@school.example", True)
    assert url_of(feed) in mail.text
    assert f"/boeking/agenda/{feed.token}/" in mail.text


def test_a_mailbox_is_not_filled(client):
    _parties, booking = agreed()
    url = f"/boeking/l/{token(booking, Side.SCHOOL, 'page')}/agenda/"
    cache.clear()
    for _each in range(5):
        assert client.post(url).status_code == 200
    assert len(mails("booking_feed")) == 3


def test_a_link_of_who_is_contact_no_more_gives_nothing(client):
    _parties, booking = agreed()
    url = f"/boeking/l/{token(booking, Side.SCHOOL, 'page')}/agenda/"
    Booking.objects.update(school_contact=None, school_email="ander@school.example")
    assert client.post(url)["Location"].startswith("/boeking/l/")
    assert not OutgoingMail.objects.filter(kind="booking_feed").exists()
    assert client.get("/boeking/l/vals/agenda/").status_code == 404


def test_without_an_account_the_secret_stops_it_and_only_the_mailbox_gets_another(client):
    feed = feeds.open_feed(email="juf@school.example")
    url = f"/boeking/agenda/{feed.token}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"act": "wat"}).status_code == 400
    page = client.post(url, {"act": "renew"}).content.decode()
    newer = CalendarFeed.objects.get(revoked_at=None)
    assert newer.token not in page
    assert url_of(newer) in mails("booking_feed")[0].text
    client.post(url, {"act": "renew"})
    assert CalendarFeed.objects.count() == 2
    client.post(f"/boeking/agenda/{newer.token}/", {"act": "stop"})
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_the_secret_of_an_account_does_not_act_for_it(client):
    feed = feeds.open_feed(user=UserFactory())
    response = client.post(f"/boeking/agenda/{feed.token}/", {"act": "stop"})
    assert response.headers["Location"] == "/boeking/agenda/"
    assert CalendarFeed.objects.filter(revoked_at=None).exists()
