import datetime as dt

import pytest

from techfinder.activities import contradictions
from techfinder.activities.models import Activity, Session


def codes(sessions=(), **fields):
    return [found.code for found in contradictions.find(Activity(**fields), [Session(date=day) for day in sessions])]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("voor groep 7 en 8", {7, 8}), ("groepen 6-8", {6, 7, 8}), ("Groep 5, 6 en 7", {5, 6, 7}),
        ("groep 3/4", {3, 4}),
        ("groep 6 t/m 8", {6, 7, 8}), ("groep 1 tot en met 3", {1, 2, 3}), ("een groep 7-leerling", {7}),
        ("een groep van 8 leerlingen", set()), ("groep 12", set()), ("groep 10 tot 30", set()), ("", set()),
    ],
)  # fmt: skip
def test_groups_in_a_text(text, years):
    assert contradictions.years_in(text) == years


@pytest.mark.parametrize(
    ("levels", "warned"),
    [(["po-6", "po-7", "po-8"], True), (["po-7", "po-8"], False), (["vo-havo"], True), ([], False)],
)
def test_text_and_target_group(levels, warned):
    assert ("groups" in codes(description="Voor groep 7 en 8.", levels=levels)) is warned


def test_the_words_that_differ_are_quoted():
    found = contradictions.find(Activity(description="Kom met groep 7 en 8 langs.", levels=["po-6"]))
    assert found[0].quotes == ("groep 7 en 8",)


def test_secondary_words_without_secondary_levels():
    assert codes(description="Voor het vmbo.", levels=["po-7"]) == ["sector_vo"]
    assert codes(description="Voor het vmbo.", levels=["vo-vmbo-tl"]) == []


def test_dates_against_months_window_and_text():
    june = dt.date(2027, 6, 18)
    assert codes([june], months=[5]) == ["months"]
    assert codes([june], months=[6]) == []
    assert codes([june], available_until=dt.date(2027, 6, 1)) == ["window"]
    assert codes([june], description="Op zaterdag 18 juni.") == ["weekday"]
    assert codes([june], description="Op vrijdag 18 juni.") == []
    assert codes(period_note="Op 18 juni", months=[5]) == ["period_note"]
    assert codes([dt.date(2020, 6, 18)]) == ["past"]
