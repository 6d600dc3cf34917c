import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from techfinder.organisations.queries import search_schools
from techfinder.organisations.register.names import searchable
from tests.factories.organisations import SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def schools() -> None:
    for code, name, city, postcode in [
        ("12AB00", "Basisschool De Zonnebloem", "Vlissingen", "4381 AB"),
        ("12AB01", "Zonnebloem", "Goes", "4461 XY"),
        ("13CD00", "Één voor Állen", "'s-Gravenhage", "2511 AA"),
        ("14EF00", "2e Montessori", "Goes", "4462 AB"),
    ]:
        SchoolFactory(code=code, name=name, city=city, postcode=postcode, search_name=searchable(name, city))
    SchoolFactory(code="15GH00", name="Zonnebloem", search_name="zonnebloem goes", closed_at=dt.date(2026, 8, 1))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("zonnebloem", ["12AB01", "12AB00"]),
        ("ZONNE vliss", ["12AB00"]),
        ("een allen", ["13CD00"]),
        ("Eén, áll", ["13CD00"]),
        ("den haag", ["13CD00"]),
        ("'s-gravenhage", ["13CD00"]),
        ("bloem", []),
        ("4381", ["12AB00"]),
        ("4381 ab", ["12AB00"]),
        ("4381AB", ["12AB00"]),
        ("4381 a", []),
        ("13cd", ["13CD00"]),
        ("13CD00", ["13CD00"]),
        ("2e goes", ["14EF00"]),
        ("15GH00", []),
        ("", []),
        ("%_ '", []),
        ("\x00", []),
    ],
)
def test_schools_are_found_as_people_type_them(text: str, codes: list[str]) -> None:
    assert [school.code for school in search_schools(text)] == codes


def test_one_query_and_a_limit(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert len([school.municipality.name for school in search_schools("goes", 1)]) == 1
