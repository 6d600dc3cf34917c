from datetime import date
from itertools import pairwise

import pytest

from techfinder.requests.levels import level_choices, offered_levels, related_codes
from techfinder.requests.pupil_data import suspicions
from techfinder.taxonomy.holidays import HOLIDAYS, coming_holidays, holiday_around, holidays_in
from tests.factories.organisations import SchoolFactory

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("leerling Jan Jansen heeft een rolstoel", ["leerling Jan Jansen"]),
        ("Leerling Sjoerd van der Meer", ["Leerling Sjoerd van der Meer"]),
        ("een meisje genaamd Fatima", ["meisje genaamd Fatima"]),
        ("mijn zoon Daan doet mee", ["zoon Daan"]),
        ("hij is geboren op 3-4-2016", ["geboren op", "3-4-2016"]),
        ("geb. 3 april 2014", ["geb.", "3 april 2014"]),
        ("nummer 111222333", ["111222333"]),
        ("De leerlingen van groep 7 bouwen een boot", []),
        ("Onze leerlingen Nederlands en Techniek", []),
        ("een kind in een rolstoel; kinderen uit groep 3", []),
        ("Op 18-6-2027 is de race, ons schoolplan is van 1995", []),
        ("Bel 0118123456 of 123456789", []),
        ("", []),
    ],
)
def test_what_looks_like_data_of_a_pupil(text, found):
    assert suspicions(text, today=TODAY) == found


def test_holidays_have_order_and_length():
    for region in ("Noord", "Midden", "Zuid"):
        found = list(holidays_in(region))
        assert len(found) == 10
        assert all(one.last < other.first for one, other in pairwise(found))
        assert all(holiday.first.weekday() == 5 and holiday.last.weekday() == 6 for holiday in found)
        assert [(each.last - each.first).days + 1 for each in found] == [9, 16, 9, 9, 44] * 2
    assert len(HOLIDAYS) == 18


def test_coming_holidays_and_a_window_inside_one():
    first, *_rest = coming_holidays("Zuid", today=TODAY)
    assert (first.first, first.last) == (date(2026, 12, 19), date(2027, 1, 3))
    assert coming_holidays("", today=TODAY) == []
    assert holiday_around("Zuid", date(2027, 4, 26), date(2027, 4, 30)) is not None
    assert holiday_around("Zuid", date(2027, 4, 20), date(2027, 4, 30)) is None


def test_codes_that_share_a_leaf():
    assert set(related_codes("vo-havo-3")) == {"vo", "vo-havo", "vo-havo-3"}
    assert "po-7" in related_codes("po")
    assert related_codes("nergens") == []


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"sector": "po", "levels": ["po"]}, [f"po-{group}" for group in range(1, 9)]),
        ({"sector": "so", "levels": ["vso"]}, ["vso"]),
        ({"sector": "so", "levels": []}, ["so", "sbo", "vso"]),
        ({"sector": "mbo", "levels": ["mbo"]}, ["mbo-1", "mbo-2", "mbo-3", "mbo-4"]),
        ({"sector": "vo", "levels": ["vo-havo", "onbekend"]}, [f"vo-havo-{year}" for year in range(1, 6)]),
    ],
)
def test_a_school_is_offered_its_own_classes(fields, codes):
    assert [level.code for level in offered_levels(SchoolFactory.build(municipality=None, **fields))] == codes


def test_classes_are_shown_with_ages_per_track():
    groups = level_choices(offered_levels(None))
    assert ("po-7", "7|10-11 jaar") in groups[0][1]
    assert [name for name, _members in groups][:3] == ["Groep", "Speciaal onderwijs", "Praktijkonderwijs"]
