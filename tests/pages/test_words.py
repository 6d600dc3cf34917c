"""Dates, numbers and lists as the site writes them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from techfinder.taxonomy.templatetags import ui

TODAY = dt.date(2027, 3, 2)


@pytest.fixture(autouse=True)
def _dutch_second_of_march(time_machine_today):
    with translation.override("nl"):
        yield


@pytest.fixture
def time_machine_today():
    import time_machine

    with time_machine.travel(dt.datetime(2027, 3, 2, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2027, 5, 3), dt.date(2027, 7, 2), "3 mei tot en met 2 juli"),
        (dt.date(2027, 3, 22), dt.date(2027, 3, 26), "22 tot en met 26 maart"),
        (dt.date(2027, 6, 18), dt.date(2027, 6, 18), "18 juni"),
        (dt.date(2027, 4, 1), dt.date(2027, 4, 30), "april"),
        (dt.date(2027, 4, 1), dt.date(2027, 6, 30), "april tot en met juni"),
        (dt.date(2027, 11, 3), dt.date(2028, 1, 5), "3 november 2027 tot en met 5 januari 2028"),
        (None, dt.date(2027, 7, 2), "tot en met 2 juli"),
        (dt.date(2027, 7, 2), None, "vanaf 2 juli"),
        (None, None, "hele jaar"),
    ],
)
def test_a_period(first, last, words):
    assert ui.period(first, last) == words


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([5, 6], "mei en juni"),
        ([3, 4, 5, 6], "maart tot en met juni"),
        ([1, 5, 9], "januari, mei en september"),
        ([], "hele jaar"),
        (range(1, 13), "hele jaar"),
    ],
)
def test_months(numbers, words):
    assert ui.months(numbers) == words


def test_days():
    friday = dt.date(2027, 3, 12)
    assert ui.long_day(friday) == "12 maart 2027"
    assert ui.day(friday) == "12 maart"
    assert ui.day(dt.date(2028, 3, 12)) == "12 maart 2028"
    assert ui.weekday(friday) == "vrijdag 12 maart"
    assert ui.before(friday) == "vóór vrijdag 12 maart"
    assert ui.waiting(dt.date(2027, 2, 24)) == "wacht 6 dagen"
    assert ui.waiting(dt.date(2027, 3, 1)) == "wacht 1 dag"
    assert ui.waiting(TODAY) == "vandaag geplaatst"


def test_distance_and_money():
    assert ui.km(8.2) == "8 km"
    assert ui.km(0.4) == "minder dan 1 km"
    assert ui.km(None) == "afstand onbekend"
    assert ui.euro(0) == "gratis"
    assert ui.euro(None) == "niet opgegeven"
    assert ui.euro(Decimal("75.00")) == "€\N{NO-BREAK SPACE}75"
    assert ui.euro(Decimal("12.50")) == "€\N{NO-BREAK SPACE}12,50"
    assert ui.number(3417) == "3.417"
    assert ui.pupils(1) == "1 leerling"


def test_english_stays_english():
    with translation.override("en"):
        assert ui.before(dt.date(2027, 3, 12)) == "before Friday 12 March"
        assert ui.join_and(["May", "June"]) == "May and June"


def test_initials():
    assert ui.initials("Huis van de Techniek") == "HT"
    assert ui.initials("Deltalab") == "D"
    assert ui.initials("") == "?"


def test_every_icon_of_a_vocabulary_exists():
    from django.conf import settings

    drawn = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()
    for name in {*ui.KIND_ICONS.values(), *ui.THEME_ICONS.values(), "atom-2"}:
        assert f'id="{name}"' in drawn


def test_every_icon_in_a_template_exists():
    import re

    from django.conf import settings

    drawn = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text()):
            assert f'id="{name}"' in drawn, f"{template.name}: {name}"


def test_the_vocabularies_have_an_icon_each():
    from techfinder.taxonomy.data import KINDS, THEMES

    assert {term.code for term in THEMES} == set(ui.THEME_ICONS)
    assert {term.code for term in KINDS} == set(ui.KIND_ICONS)


def test_a_browser_by_the_name_people_know():
    assert ui.browser("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0") == "Firefox, Windows"
    assert ui.browser("") == "onbekende browser"
