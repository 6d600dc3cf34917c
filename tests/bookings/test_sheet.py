"""What a side tells of the day: who fills in what, what it starts with, and what is kept."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from techfinder.bookings import day
from techfinder.bookings.links.tokens import token
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, DaySheet
from techfinder.organisations.remoteness import distance_km
from tests.bookings.day_steps import TEN, agreed, mails
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.bookings import BookingFactory, Parties, in_days
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

VISIT = {"delivery": ["at_provider"]}


def page(booking):
    return f"/boeking/{booking.uuid}/dag/"


def by_link(booking, side):
    return f"/boeking/l/{token(booking, side, 'change')}/dag/"


def filled(client, url, **fields):
    """POST the form as the page shows it, with these fields filled in."""
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in shown.items()} | fields
    return client.post(url, data)


def names(response):
    return set(response.context["form"].fields) - {"version"}


# ------------------------------------------------------------------- who says what


def test_at_the_school_the_school_receives(client):
    parties, booking = agreed()
    client.force_login(parties.request.contact)
    of_school = names(client.get(page(booking)))
    client.force_login(parties.member)
    of_provider = names(client.get(page(booking)))
    assert {"report_to", "parking", "start", "adults", "group_needs", "school_phone"} <= of_school
    assert of_provider == {"provider_name", "provider_phone", "clothing", "bring", "needs"}


def test_at_the_company_the_company_receives():
    _parties, booking = agreed(Parties(**VISIT))
    assert day.host(booking) == Side.PROVIDER
    assert day.missing(booking, Side.SCHOOL) == [str(day.LABELS[code]) for code in ("school_phone", "adults")]
    wanted = ("report_to", "provider_phone", "parking", "public_transport", "clothing", "needs")
    assert day.missing(booking, Side.PROVIDER) == [str(day.LABELS[code]) for code in wanted]


def test_online_nobody_parks(client):
    parties, booking = agreed(Parties(delivery=["online"]))
    assert day.missing(booking, Side.PROVIDER)[0] == str(day.LABELS["place"])
    client.force_login(parties.member)
    assert {"parking", "report_to", "route", "public_transport"}.isdisjoint(names(client.get(page(booking))))
    assert day.map_url(booking) == day.bicycle(booking) == ""


def test_the_coordinator_may_fill_in_all_of_it(client):
    _parties, booking = agreed()
    administrator = AdministratorFactory()
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(administrator)
    assert names(client.get(page(booking))) == {each.code for each in day.ITEMS}
    filled(client, page(booking), provider_phone="06 12345678")
    assert len(mails("booking_changed")) == 2


def test_a_stranger_and_a_day_that_is_not_agreed_are_not_found(client):
    parties, booking = agreed()
    client.force_login(UserFactory())
    assert client.get(page(booking)).status_code == 404
    waiting = BookingFactory(date=in_days(30))
    client.force_login(waiting.request.contact)
    assert client.get(page(waiting)).status_code == 404
    parties.do("cancel", booking, "school", reason="ill")
    for each in (waiting, booking):
        response = client.get(by_link(each, Side.SCHOOL), follow=True)
        assert (response.status_code, "form" in response.context) == (200, False)


# ------------------------------------------------------------------------ filling in


def test_what_is_filled_in_is_kept_and_told_to_the_other_side(client):
    parties, booking = agreed()
    response = filled(client, by_link(booking, Side.SCHOOL), report_to="Balie", adults="3", school_phone="06 12345678")
    assert response.status_code == 302
    booking = Booking.objects.get()
    assert (booking.sheet.report_to, booking.adults, booking.school_phone) == ("Balie", 3, "06 12345678")
    (mail,) = mails("booking_changed")
    assert mail.to == parties.member.email
    assert all(words in mail.text for words in ("Balie", "3", "06 12345678"))
    assert "28 leerlingen" not in mail.text


def test_nothing_changed_tells_nobody(client):
    _parties, booking = agreed()
    assert filled(client, by_link(booking, Side.SCHOOL)).status_code == 302
    assert Booking.objects.get().version == booking.version
    assert mails("booking_changed") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("school_phone", "bel me"),
        ("school_phone", "<script>"),
        ("adults", "drie"),
        ("adults", "-1"),
        ("pupils", ""),
        ("pupils", "0"),
        ("pupils", "99999"),
        ("start", "25.00"),
        ("end", "9.00"),
        ("report_to", "leerling Jan Jansen"),
        ("group_needs", "kind Fatima heeft een rolstoel"),
        ("parking", "x" * 251),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_kept(client, field, value):
    _parties, booking = agreed()
    response = filled(client, by_link(booking, Side.SCHOOL), **{"route": "Achterom", field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'value="{value}"' in response.content.decode() or value in response.context["form"].data[field]
    assert "Achterom" in response.content.decode()
    assert Booking.objects.get().version == booking.version


def test_more_pupils_than_there_are_places_is_said_at_the_field(client):
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), "provider")
    response = filled(client, by_link(booking, Side.SCHOOL), pupils="31")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["pupils"])
    assert filled(client, by_link(booking, Side.SCHOOL), pupils="30").status_code == 302


def test_a_field_of_the_other_side_is_not_taken(client):
    _parties, booking = agreed()
    filled(client, by_link(booking, Side.PROVIDER), report_to="Elders", adults="9", needs="Vier tafels")
    booking = Booking.objects.get()
    assert (booking.sheet.report_to, booking.adults, booking.sheet.needs) == ("", None, "Vier tafels")


def test_who_was_second_sees_it_and_saves_once_more(client):
    parties, booking = agreed()
    url = by_link(booking, Side.SCHOOL)
    form = client.get(url).context["form"]
    data = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    parties.do("change", booking, "provider", fields={"needs": "Vier tafels"})
    response = client.post(url, data | {"report_to": "Balie"})
    assert response.status_code == 422
    assert "Balie" in response.content.decode()
    again = response.context["form"]
    data = {name: "" if again[name].value() is None else again[name].value() for name in again.fields}
    assert client.post(url, data).status_code == 302
    assert (Booking.objects.get().sheet.report_to, Booking.objects.get().sheet.needs) == ("Balie", "Vier tafels")


def test_looking_changes_nothing_and_a_post_needs_its_token(client):
    _parties, booking = agreed()
    for method in (client.get, client.head):
        assert method(by_link(booking, Side.SCHOOL)).status_code == 200
    assert Booking.objects.get().version == booking.version
    assert Client(enforce_csrf_checks=True).post(by_link(booking, Side.SCHOOL)).status_code == 403


def test_a_link_of_who_is_contact_no_more_leads_to_its_own_page(client):
    _parties, booking = agreed()
    url = by_link(booking, Side.SCHOOL)
    Booking.objects.update(school_contact=None, school_email="ander@school.example")
    assert client.get(url).headers["Location"].startswith("/boeking/l/")
    assert client.post(url, {"report_to": "x"}).status_code == 302
    assert Booking.objects.get().sheet.report_to == ""


# ------------------------------------------------------------------- what it starts with


def test_an_activity_says_itself_what_must_be_ready():
    _parties, booking = agreed(Parties(school_arranges="Een digibord", safety_note="Dichte schoenen"))
    assert (booking.sheet.needs, booking.sheet.clothing) == ("Een digibord", "Dichte schoenen")
    assert str(day.LABELS["needs"]) not in day.missing(booking, Side.PROVIDER)


def test_a_second_booking_starts_with_what_was_written_the_last_time():
    parties, booking = agreed(Parties(**VISIT))
    said = {"report_to": "Poort 3", "parking": "Achter", "clothing": "Helm", "provider_phone": "0118 123456"}
    parties.do("change", booking, "provider", fields=said)
    parties.do("change", Booking.objects.get(), "school", fields={"group_needs": "Een lift", "adults": 3})
    parties.request = RequestFactory()
    _parties, second = agreed(parties)
    assert (second.sheet.report_to, second.sheet.parking, second.sheet.clothing) == ("Poort 3", "Achter", "Helm")
    assert second.provider_phone == "0118 123456"
    assert (second.sheet.group_needs, second.adults, second.school_phone) == ("", None, "")


def test_what_a_school_wrote_goes_with_the_school_and_to_no_other():
    parties, booking = agreed()
    parties.do("change", booking, "school", fields={"report_to": "Balie", "school_phone": "0118 654321"})
    other = Parties()
    other.request.school, other.request.contact = parties.request.school, parties.request.contact
    other.request.save()
    _other, second = agreed(other)
    assert (second.sheet.report_to, second.sheet.needs) == ("Balie", "")
    parties = Parties(provider=parties.provider)
    _parties, third = agreed(parties)
    assert third.sheet.report_to == ""


def test_agreeing_again_writes_over_nothing():
    parties, booking = agreed(Parties(school_arranges="Een digibord"))
    booking = parties.do("change", booking, "provider", fields={"needs": ""})
    booking = parties.do("propose_change", booking, "provider", date=in_days(70), start=TEN)
    parties.do("accept", booking, "school")
    assert DaySheet.objects.get().needs == ""


# --------------------------------------------------------------------------- the lines


def test_distance_and_minutes_by_bicycle():
    _parties, booking = agreed(Parties(**VISIT))
    school = booking.request.school
    school.lat, school.lon = 51.45, 3.57
    assert distance_km((51.45, 3.57), (51.45, 3.62)) == pytest.approx(3.465, abs=0.005)
    assert "14" in day.bicycle(booking)
    school.lat = None
    assert day.bicycle(booking) == ""


def test_nobody_cycles_across_the_country():
    _parties, booking = agreed(Parties(**VISIT))
    school = booking.request.school
    school.lat, school.lon = 52.99, 6.56
    assert day.bicycle(booking) == ""


def test_the_address_is_that_of_the_venue_else_of_the_company_else_as_written():
    parties, booking = agreed(Parties(**VISIT))
    assert day.place(booking) == f"{parties.provider.name}, Ritthemsestraat 500, 4389 PA Vlissingen"
    booking.activity.venue_street, booking.activity.venue_city = "Haven", "Breskens"
    assert day.place(booking) == "Haven, Breskens"
    booking.sheet.place = "Loods 7"
    assert day.place(booking) == "Loods 7"
    assert day.map_url(booking) == "https://www.openstreetmap.org/search?query=Loods+7"


def test_an_address_that_nobody_knows_is_asked():
    _parties, booking = agreed()
    school = booking.request.school
    school.street = school.house_number = school.postcode = school.city = ""
    assert day.place(booking) == ""
    assert day.missing(booking, Side.SCHOOL)[0] == str(day.LABELS["place"])
    (where,) = [line for line in day.lines(booking, Side.PROVIDER) if line.label == str(day.LABELS["place"])]
    assert (where.text, where.by, where.url) == ("", Side.SCHOOL, "")


def test_each_side_reads_the_number_of_the_other(client):
    parties, booking = agreed()
    own = str(day.LABELS["school_phone"])
    assert (own, Side.SCHOOL) in [(line.label, line.by) for line in day.lines(booking, Side.SCHOOL)]
    booking = parties.do("change", booking, "school", fields={"school_phone": "06 11111111"})
    assert own not in [line.label for line in day.lines(booking, Side.SCHOOL)]
    booking = parties.do("change", booking, "provider", fields={"provider_phone": "06 22222222"})
    phones = {side: [line.phone for line in day.lines(booking, side) if line.phone] for side in Side}
    assert phones[Side.SCHOOL] == ["06 22222222"]
    assert phones[Side.PROVIDER] == ["06 11111111"]
    assert phones[Side.COORDINATOR] == ["06 11111111", "06 22222222"]


@pytest.mark.parametrize("fields", [{"start": dt.time(10), "end": None}, {"start": None, "end": None}])
def test_times_that_nobody_said_are_asked(fields):
    _parties, booking = agreed(**fields)
    lacking = [name for name in ("start", "end") if fields[name] is None]
    assert day.missing(booking, Side.SCHOOL)[: len(lacking)] == [str(day.LABELS[name]) for name in lacking]
