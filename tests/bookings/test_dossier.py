"""The record of a school and of a provider, per school year."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.bookings.queries.records import (
    happened_between,
    record_of_provider,
    record_of_school,
    school_year,
    years_of,
)
from techfinder.taxonomy.models import Region
from tests.bookings.after_steps import a_booking, at_provider, at_school, happened
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 10, 6)


def for_school(school, **fields):
    return happened(request=RequestFactory(school=school, status="fulfilled"), **{"date": DAY, **fields})


def test_what_this_side_told_goes_first_then_what_the_other_told_then_what_was_agreed():
    school = SchoolFactory()
    for_school(school, told={"school": {"pupils": 25, "hours": 2}, "provider": {"pupils": 30, "hours": 9}})
    for_school(school, told={"provider": {"pupils": 20, "hours": 8}}, start=dt.time(10), end=dt.time(11, 30))
    for_school(school)
    total = record_of_school(school, 2026).total
    assert (total.times, total.pupils, total.hours) == (3, 25 + 20 + 28, Decimal("3.5"))


def test_a_provider_counts_its_own_hours_and_without_them_those_of_the_school():
    provider = ProviderFactory()
    activity = ActivityFactory(provider=provider)
    for told in ({"provider": {"hours": 9}, "school": {"hours": 2}}, {"school": {"hours": 2}}):
        happened(activity=activity, date=DAY, told=told)
    record = record_of_provider(provider, 2026)
    assert record.total.hours == Decimal(11)
    assert len(record.others) == 2


def test_only_what_happened_in_the_school_year_counts():
    school = SchoolFactory()
    for_school(school, date=dt.date(2026, 7, 31))
    for_school(school, date=dt.date(2026, 8, 1))
    for_school(school, date=dt.date(2027, 7, 31))
    for_school(school, date=dt.date(2027, 8, 1))
    a_booking(request=RequestFactory(school=school), date=DAY)
    a_booking(request=RequestFactory(school=school), date=DAY, state="not_happened")
    assert record_of_school(school, 2026).total.times == 2


def test_sums_by_provider_and_theme():
    school = SchoolFactory()
    provider = ProviderFactory(name="Huis van de Techniek")
    both = ActivityFactory(provider=provider, themes=["energie", "water"])
    for_school(school, activity=both)
    for_school(school, activity=ActivityFactory(provider=provider, themes=["energie"]))
    record = record_of_school(school, 2026)
    assert [(row.name, row.times, row.pupils) for row in record.others] == [("Huis van de Techniek", 2, 56)]
    assert [(row.name, row.times) for row in record.themes] == [("energie", 2), ("water", 1)]


def test_both_sides_told_and_it_counts_once():
    for_school(SchoolFactory(), told={"school": {"pupils": 5}, "provider": {"pupils": 6}})
    assert [booking.told_pupils for booking in happened_between(DAY, DAY)] == [5]


@pytest.mark.parametrize(("day", "year"), [((2026, 7, 31), 2025), ((2026, 8, 1), 2026), ((2027, 1, 1), 2026)])
def test_a_school_year_starts_in_august(day, year):
    assert school_year(dt.date(*day)) == year


def test_years_run_from_the_first_that_happened_to_now():
    school = SchoolFactory()
    assert years_of(school, today=DAY) == [2026]
    for_school(school, date=dt.date(2024, 10, 1))
    assert years_of(school, today=DAY) == [2026, 2025, 2024]


# ------------------------------------------------------------------ pages


def address(organisation, name="record"):
    kind, key = ("school", organisation.code) if hasattr(organisation, "code") else ("aanbieder", organisation.slug)
    return reverse(f"bookings:{name}", args=[kind, key])


def test_a_member_reads_the_record_and_a_stranger_does_not(client):
    school = SchoolFactory()
    for_school(school, activity=ActivityFactory(title="Zonneboot"), told={"school": {"pupils": 27}})
    client.force_login(at_school(school))
    page = client.get(address(school) + "?jaar=2026").content.decode()
    assert "Zonneboot" in page
    assert "2026-2027" in page
    assert ">27<" in page
    for stranger in (UserFactory(), at_school(SchoolFactory()), at_provider(ProviderFactory())):
        client.force_login(stranger)
        assert client.get(address(school)).status_code == 404
        assert client.get(address(school, "record_file")).status_code == 404


def test_the_board_and_the_coordinator_of_the_region_read_it(client):
    board = BoardFactory()
    town = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    school = SchoolFactory(board=board, municipality=town)
    for reader in (
        MembershipFactory(board=board).user,
        UserFactory(moderates=[Region.objects.get(code="NL-ZE")]),
    ):
        client.force_login(reader)
        assert client.get(address(school)).status_code in (200, 302)


def test_no_name_of_a_person_is_in_a_record(client):
    school = SchoolFactory()
    booking = for_school(school)
    client.force_login(at_school(school))
    for name in ("record", "record_file"):
        response = client.get(address(school, name) + "?jaar=2026")
        text = b"".join(response).decode() if response.streaming else response.content.decode()
        assert booking.activity.title in text
        assert "Jan de Monteur" not in text
        assert booking.school_email not in text


def test_the_file_has_all_lines_and_no_formula(client):
    provider = ProviderFactory()
    happened(activity=ActivityFactory(provider=provider, title="=CMD()"), date=DAY, told={"provider": {"hours": "1.5"}})
    client.force_login(at_provider(provider))
    response = client.get(address(provider, "record_file") + "?jaar=2026")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert "2026-2027" in response["Content-Disposition"]
    assert lines[0].startswith("datum,school,activiteit")
    assert "'=CMD()" in lines[1]
    assert len(lines) == 2


@pytest.mark.parametrize("year", ["x", "19999", "1", "٢٠٢٦", "-2026", "2026.0"])
def test_a_year_that_is_none_is_not_found(client, year):
    school = SchoolFactory()
    client.force_login(at_school(school))
    assert client.get(address(school), {"jaar": year}).status_code == 404
    assert client.get(address(school, "record_file"), {"jaar": year}).status_code == 404


def test_an_empty_year_says_what_to_do(client):
    school = SchoolFactory()
    client.force_login(at_school(school))
    assert reverse("activities:list") in client.get(address(school)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(client, count):
    school = SchoolFactory()
    for _ in range(count):
        for_school(school, told={"school": {"pupils": 5}})
    client.force_login(at_school(school))
    with CaptureQueriesContext(connection) as queries:
        client.get(address(school) + "?jaar=2026")
    assert len(queries) == 21


def test_own_records_lists_what_somebody_acts_for(client):
    school, provider = SchoolFactory(), ProviderFactory()
    user = at_school(school)
    MembershipFactory(user=user, provider=provider)
    client.force_login(user)
    page = client.get(reverse("bookings:records")).content.decode()
    assert address(school) in page
    assert address(provider) in page
    client.force_login(UserFactory())
    assert reverse("organisations:index") in client.get(reverse("bookings:records")).content.decode()
