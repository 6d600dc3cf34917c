"""Again next year, several classes in one go, and a row of lessons."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Session
from techfinder.bookings import actions
from techfinder.bookings.actions import CannotAskError, NoSeatError, Part, Why
from techfinder.bookings.actors import person
from techfinder.bookings.links.tokens import Purpose, token
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Series
from techfinder.bookings.queries.next_year import day_next_year, row_of_days
from techfinder.requests.models import Request
from techfinder.taxonomy.workdays import Workdays
from tests.bookings.after_steps import at_provider, at_school, happened
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
TUESDAY = dt.date(2027, 3, 9)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


# ---------------------------------------------------------------- which day


@pytest.mark.parametrize(
    ("region", "day", "next_year"),
    [
        # Tuesday to Tuesday.
        ("Noord", (2026, 11, 17), (2027, 11, 16)),
        # Into the autumn holiday of the north: the week after it is nearer than none, the first one that is open.
        ("Noord", (2026, 10, 20), (2027, 10, 26)),
        ("Zuid", (2026, 10, 20), (2027, 10, 19)),
        # Christmas.
        ("Midden", (2026, 12, 29), (2027, 12, 21)),
        # A second Easter day, 17 April 2028.
        ("Midden", (2027, 4, 19), (2028, 4, 24)),
        # What was two years ago is asked for the coming year.
        ("Noord", (2025, 3, 11), (2027, 3, 9)),
        # A year that has a 29 February.
        ("Noord", (2027, 2, 15), (2028, 2, 14)),
        # A Sunday that would lie in the autumn holiday.
        ("Zuid", (2026, 11, 1), (2027, 11, 7)),
        # A school of which nobody knows the region.
        ("", (2026, 11, 17), (2027, 11, 16)),
    ],
)
def test_a_year_on_the_same_weekday_outside_holidays(region, day, next_year):
    found = day_next_year(dt.date(*day), Workdays(region), today=timezone.localdate())
    assert found == dt.date(*next_year)
    assert found.weekday() == dt.date(*day).weekday()
    assert found.weekday() > 4 or Workdays(region).holds(found)


def test_a_row_skips_holidays_and_does_not_count_them():
    """North: the spring holiday is from 20 to 28 February 2027."""
    days = row_of_days(dt.date(2027, 2, 9), weeks=1, times=4, days=Workdays("Noord"))
    assert days == [dt.date(2027, 2, 9), dt.date(2027, 2, 16), dt.date(2027, 3, 2), dt.date(2027, 3, 9)]
    assert row_of_days(dt.date(2027, 2, 14), weeks=1, times=4, days=Workdays("Noord")) == []


# ------------------------------------------------------------- again, by hand


def test_the_page_of_a_booking_leads_there_for_the_school_only(client, old):
    names = ("again", "classes", "row")
    for user, links in ((at_school(old.request.school), names), (at_provider(old.activity.provider), ())):
        client.force_login(user)
        page = client.get(old.get_absolute_url()).content.decode()
        assert [name for name in names if reverse(f"bookings:{name}", args=[old.uuid]) in page] == list(links)
        assert reverse("bookings:report", args=[old.uuid]) in page
        assert reverse("bookings:propose_partnership", args=[old.uuid]) in page


@pytest.fixture
def old():
    request = RequestFactory(
        status="fulfilled",
        title="Zonne-energie",
        goals="Stroom",
        group_size=28,
        school=SchoolFactory(holiday_region="Noord"),
    )
    return happened(request=request, date=dt.date(2026, 11, 17), start=dt.time(10), end=dt.time(11, 30), pupils=26)


def by(booking):
    return person(booking.school_contact, Side.SCHOOL)


def test_one_click_copies_the_request_and_asks(client, old):
    client.force_login(at_school(old.request.school))
    address = reverse("bookings:again", args=[old.uuid])
    page = client.get(address)
    assert "16-11-2027" in page.content.decode()
    form = page.context["form"]
    response = client.post(
        address,
        {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        | {"date": "16-11-2027", "start": "10.00", "end": "11.30", "words": ""},
    )
    asked = Booking.objects.exclude(pk=old.pk).get()
    assert response.url == asked.get_absolute_url()
    assert (asked.date, asked.start, asked.pupils, asked.state) == (dt.date(2027, 11, 16), dt.time(10), 26, State.ASKED)
    assert asked.activity == old.activity
    copy = asked.request
    assert (copy.title, copy.goals, copy.levels, copy.status) == ("Zonne-energie", "Stroom", old.request.levels, "open")
    assert copy.pk != old.request_id
    assert copy.date_from <= asked.date <= copy.date_until
    assert copy.contact is not None


def test_the_same_click_twice_is_one_question(client, old):
    client.force_login(at_school(old.request.school))
    answer = {"date": "16-11-2027", "pupils": "26"}
    address = reverse("bookings:again", args=[old.uuid])
    assert client.post(address, answer).status_code == 302
    assert client.post(address, answer).status_code == 422
    assert Booking.objects.count() == 2
    assert Request.objects.count() == 2


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"date": ""}, "date"),
        ({"date": "1-1-2020"}, "date"),
        ({"date": "1-1-2040"}, "date"),
        ({"date": "morgen"}, "date"),
        ({"pupils": "0"}, "pupils"),
        ({"pupils": "x"}, "pupils"),
        ({"start": "12.00", "end": "11.00"}, "end"),
        ({"words": "Leerling Jan Jansen kan niet."}, "words"),
    ],
)
def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_written(client, old, answer, field):
    client.force_login(at_school(old.request.school))
    response = client.post(reverse("bookings:again", args=[old.uuid]), {"date": "16-11-2027", "pupils": "26", **answer})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Request.objects.count() == 1


def test_the_nearest_day_with_places_is_proposed(client, old):
    for days in (20, 355, 380):
        SessionFactory(activity=old.activity, date=old.date + dt.timedelta(days=days), seats=30)
    client.force_login(at_school(old.request.school))
    page = client.get(reverse("bookings:again", args=[old.uuid]))
    nearest = Session.objects.get(date=old.date + dt.timedelta(days=355))
    assert page.context["form"].initial["session"] == str(nearest.pk)


def test_what_is_not_offered_any_more_leads_on(client, old):
    type(old.activity).objects.filter(pk=old.activity_id).update(status="archived")
    client.force_login(at_school(old.request.school))
    page = client.get(reverse("bookings:again", args=[old.uuid])).content.decode()
    assert reverse("requests:new") in page
    answer = {"date": "16-11-2027", "pupils": "26"}
    assert client.post(reverse("bookings:again", args=[old.uuid]), answer).status_code == 422
    assert Request.objects.count() == 1


def test_from_the_mail_without_signing_in(client, old):
    address = reverse("bookings:again_by_link", args=[token(old, Side.SCHOOL, Purpose.PAGE)])
    for look in (client.get, client.head):
        assert look(address).status_code == 200
    assert Booking.objects.count() == 1
    response = client.post(address, {"date": "16-11-2027", "pupils": "26"})
    asked = Booking.objects.exclude(pk=old.pk).get()
    assert (asked.school_email, asked.request.contact) == (old.school_email, old.school_contact)
    assert client.get(response.url).status_code == 200


def test_the_other_side_and_strangers_do_not_ask_for_the_school(client, old):
    assert (
        client.get(reverse("bookings:again_by_link", args=[token(old, Side.PROVIDER, Purpose.PAGE)])).status_code == 404
    )
    assert client.get(reverse("bookings:again_by_link", args=["vals"])).status_code == 404
    for stranger in (UserFactory(), at_provider(old.activity.provider), at_school(SchoolFactory())):
        client.force_login(stranger)
        for name in ("again", "classes", "row"):
            assert client.get(reverse(f"bookings:{name}", args=[old.uuid])).status_code == 404


# ----------------------------------------------------------- several classes


def parts_of_days(*days, pupils=25):
    return [Part(pupils, None, day) for day in days]


def test_four_classes_in_one_go(old):
    days = [TUESDAY + dt.timedelta(days=n) for n in range(4)]
    asked = actions.ask_several(booking_id=old.pk, by=by(old), kind=Series.Kind.CLASSES, parts=parts_of_days(*days))
    assert [booking.state for booking in asked] == [State.ASKED] * 4
    assert sorted(booking.part for booking in asked) == [1, 2, 3, 4]
    assert len({booking.series_id for booking in asked}) == 1
    (request,) = {booking.request for booking in asked}
    assert request.group_size == 100


def test_it_is_where_it_was(old):
    Booking.objects.filter(pk=old.pk).update(delivery="at_provider")
    type(old.activity).objects.filter(pk=old.activity_id).update(delivery=["at_school", "at_provider"])
    again = actions.ask_again(booking_id=old.pk, by=by(old), date=TUESDAY)
    days = parts_of_days(TUESDAY + dt.timedelta(days=1))
    (row,) = actions.ask_several(booking_id=old.pk, by=by(old), kind=Series.Kind.ROW, parts=days)
    assert (again.delivery, row.delivery) == ("at_provider", "at_provider")


def with_places(activity, *seats):
    return [
        SessionFactory(activity=activity, date=TUESDAY + dt.timedelta(days=n), seats=each)
        for n, each in enumerate(seats)
    ]


def parts_of_sessions(sessions, pupils=25):
    return [Part(pupils, each.pk, each.date) for each in sessions]


def test_as_many_as_there_are_and_the_rest_waits(old):
    sessions = with_places(old.activity, 30, 30)
    Session.objects.filter(pk=sessions[1].pk).update(taken=20)
    wanted = parts_of_sessions(sessions)
    asked = actions.ask_several(booking_id=old.pk, by=by(old), kind=Series.Kind.CLASSES, parts=wanted)
    assert [(each.state, each.seats_held) for each in asked] == [(State.ASKED, 25), (State.QUEUED, 0)]


def test_all_or_nothing_takes_no_seat(old):
    sessions = with_places(old.activity, 30, 30)
    Session.objects.filter(pk=sessions[1].pk).update(taken=20)
    with pytest.raises(NoSeatError):
        actions.ask_several(
            booking_id=old.pk,
            by=by(old),
            kind=Series.Kind.CLASSES,
            parts=parts_of_sessions(sessions),
            all_or_none=True,
        )
    assert Booking.objects.count() == 1
    assert Request.objects.count() == 1
    assert Series.objects.count() == 0
    assert Session.objects.get(pk=sessions[0].pk).taken == 0


def test_two_classes_of_one_day_share_its_seats(old):
    (session,) = with_places(old.activity, 60)
    wanted = parts_of_sessions([session, session, session])
    asked = actions.ask_several(booking_id=old.pk, by=by(old), kind=Series.Kind.CLASSES, parts=wanted)
    assert sorted(each.state for each in asked) == [State.ASKED, State.ASKED, State.QUEUED]
    assert Session.objects.get(pk=session.pk).taken == 50


def formset(*rows, **more):
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows)), **more}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    return data


def test_the_page_of_four_classes_says_honestly_who_waits(client, old):
    sessions = with_places(old.activity, 30, 30)
    Session.objects.filter(pk=sessions[1].pk).update(taken=20)
    client.force_login(at_school(old.request.school))
    address = reverse("bookings:classes", args=[old.uuid])
    assert len(client.get(address).context["formset"].forms) == 4
    assert len(client.get(address + "?klassen=2").context["formset"].forms) == 2
    rows = [{"session": str(each.pk), "pupils": "25"} for each in sessions]
    refused = client.post(address + "?klassen=2", formset(*rows, fit="all"))
    assert refused.status_code == 422
    assert Booking.objects.count() == 1
    response = client.post(address + "?klassen=2", formset(*rows, fit="some"), follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert Booking.objects.exclude(pk=old.pk).count() == 2
    assert "1" in str(next(iter(response.context["messages"])))
    assert page.count("tf-panel--plain") >= 2


@pytest.mark.parametrize("count", ["0", "1", "9", "99", "x", "-3", "٤"])
def test_a_number_of_classes_that_cannot_be(client, old, count):
    client.force_login(at_school(old.request.school))
    page = client.get(reverse("bookings:classes", args=[old.uuid]), {"klassen": count})
    assert 2 <= len(page.context["formset"].forms) <= 8


def test_two_classes_at_the_same_moment_are_refused(client, old):
    client.force_login(at_school(old.request.school))
    same = {"date": "9-3-2027", "start": "10.00", "pupils": "25"}
    response = client.post(reverse("bookings:classes", args=[old.uuid]), formset(same, same))
    assert response.status_code == 422
    other = {**same, "start": "11.00"}
    assert client.post(reverse("bookings:classes", args=[old.uuid]), formset(same, other)).status_code == 302
    assert list(Booking.objects.exclude(pk=old.pk).order_by("start").values_list("start", flat=True)) == [
        dt.time(10),
        dt.time(11),
    ]


def test_more_forms_than_there_may_be_are_refused(client, old):
    client.force_login(at_school(old.request.school))
    rows = [{"date": f"{day}-3-2027", "pupils": "25"} for day in range(1, 10)]
    assert client.post(reverse("bookings:classes", args=[old.uuid]), formset(*rows)).status_code == 422
    assert client.post(reverse("bookings:classes", args=[old.uuid]), {"form-TOTAL_FORMS": "x"}).status_code == 422
    assert Booking.objects.count() == 1


def test_classes_of_an_open_request(client):
    request = RequestFactory(group_size=50)
    activity = ActivityFactory()
    client.force_login(request.contact)
    address = reverse("bookings:classes_of_request", args=[request.uuid, activity.slug])
    assert client.get(address + "?klassen=2").context["formset"].forms[0].initial["pupils"] == 25
    rows = [{"date": f"{day}-3-2027", "pupils": "25"} for day in (9, 10)]
    assert client.post(address, formset(*rows)).status_code == 302
    assert list(Booking.objects.values_list("request", flat=True)) == [request.pk] * 2
    assert client.post(address, formset(*rows)).status_code == 422
    assert Booking.objects.count() == 2


# --------------------------------------------------------------------- a row


def test_a_row_shows_its_days_first_and_then_asks(client, old):
    client.force_login(at_school(old.request.school))
    address = reverse("bookings:row", args=[old.uuid])
    answer = {"date": "9-2-2027", "weeks": "1", "times": "3", "pupils": "26"}
    shown = client.post(address, answer)
    assert shown.status_code == 200
    days = [dt.date(2027, 2, 9), dt.date(2027, 2, 16), dt.date(2027, 3, 2)]
    assert [part.date for part in shown.context["parts"]] == days
    assert Booking.objects.count() == 1
    assert client.post(address, {**answer, "sure": "1"}).status_code == 302
    asked = Booking.objects.exclude(pk=old.pk)
    assert sorted(asked.values_list("date", flat=True)) == days
    assert {each.request.group_size for each in asked} == {26}
    assert {each.series.kind for each in asked} == {Series.Kind.ROW}
    assert client.post(address, {**answer, "sure": "1"}).status_code == 422


def test_a_row_of_sundays_is_none(client, old):
    client.force_login(at_school(old.request.school))
    answer = {"date": "14-2-2027", "weeks": "1", "times": "3", "pupils": "26", "sure": "1"}
    response = client.post(reverse("bookings:row", args=[old.uuid]), answer)
    assert response.status_code == 422
    assert 'id="id_date_error"' in response.content.decode()


def test_a_row_of_days_with_places(client, old):
    sessions = with_places(old.activity, 30, 30, 30)
    client.force_login(at_school(old.request.school))
    address = reverse("bookings:row", args=[old.uuid])
    chosen = [str(each.pk) for each in sessions[:2]]
    assert client.post(address, {"dates": chosen[:1], "pupils": "26", "fit": "all"}).status_code == 422
    assert client.post(address, {"dates": chosen, "pupils": "26", "fit": "all", "sure": "1"}).status_code == 302
    assert set(Booking.objects.exclude(pk=old.pk).values_list("session", flat=True)) == {
        each.pk for each in sessions[:2]
    }


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_of_a_series_does_not_grow(client, old, count):
    days = [TUESDAY + dt.timedelta(days=n) for n in range(count)]
    asked = actions.ask_several(booking_id=old.pk, by=by(old), kind=Series.Kind.ROW, parts=parts_of_days(*days))
    client.force_login(old.school_contact)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("bookings:series", args=[asked[0].series_id]))
    assert page.status_code == 200
    assert len(page.context["parts"]) == count
    assert len(queries) == 15


def test_a_series_is_nobody_elses(client, old):
    asked = actions.ask_several(
        booking_id=old.pk,
        by=by(old),
        kind=Series.Kind.ROW,
        parts=parts_of_days(TUESDAY, TUESDAY + dt.timedelta(days=7)),
    )
    client.force_login(UserFactory())
    assert client.get(reverse("bookings:series", args=[asked[0].series_id])).status_code == 404


def test_what_is_asked_already_for_that_day_is_refused(old):
    actions.ask_again(booking_id=old.pk, by=by(old), date=TUESDAY)
    with pytest.raises(CannotAskError) as refused:
        actions.ask_again(booking_id=old.pk, by=by(old), date=TUESDAY)
    assert refused.value.why == Why.ALREADY
