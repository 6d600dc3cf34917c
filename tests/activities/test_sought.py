"""What is searched for is counted per day, without anything of a person."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.activities.models import Sought
from techfinder.activities.search.criteria import Criteria, Place
from techfinder.activities.sought import filters_of, forget_sought, note_search, safe_words
from techfinder.activities.tasks import forget_sought as forget_task
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vlissingen():
    region = RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))
    return Place(name="Ritthem", municipality=region.code, covering=frozenset({"GM0718", "NL-ZE", "NL"}))


def test_one_row_a_day_and_search(vlissingen):
    criteria = Criteria(text="Robot  ARM", place=vlissingen, levels=("po-8", "po-7"), radius=10)
    note_search(criteria=criteria, results=0)
    note_search(criteria=Criteria(text="robot arm", place=vlissingen, levels=("po-7", "po-8"), radius=10), results=4)
    row = Sought.objects.get()
    assert (row.text, row.times, row.results, row.day) == ("robot arm", 2, 4, timezone.localdate())
    assert row.criteria == {"level": ["po-7", "po-8"], "straal": 10}
    assert row.municipality.name == "Vlissingen"


def test_other_searches_other_places_and_other_days_are_rows_of_their_own(vlissingen):
    note_search(criteria=Criteria(text="robot"), results=1)
    note_search(criteria=Criteria(text="robot", place=vlissingen), results=1)
    note_search(criteria=Criteria(text="robot", free=True), results=1)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        note_search(criteria=Criteria(text="robot"), results=1)
    assert list(Sought.objects.values_list("times", flat=True)) == [1, 1, 1, 1]


def test_everything_kept_has_no_person_and_no_time():
    assert {field.name for field in Sought._meta.fields} == {
        "id", "day", "fingerprint", "municipality", "text", "criteria", "results", "times",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "jan@school.nl", "bel 0612345678", "06 12 34 56 78", "0118-41 23 45", "+31 6 12345678", "4381 AB",
        "4381ab robot", "Dorpsstraat 12", "123456782", "leerling 20150312",
    ],
)  # fmt: skip
def test_words_that_look_like_a_person_are_left_out(text):
    note_search(criteria=Criteria(text=text, free=True), results=0)
    row = Sought.objects.get()
    assert (row.text, row.criteria) == ("", {"free": 1, "private": True})


@pytest.mark.parametrize(
    "text", ["groep 4 5 6 7 8", "schooljaar 2026-2027", "week 12", "vmbo-tl 3", "windmolen 3d", "dijk en water 2"]
)
def test_words_of_a_lesson_are_kept(text):
    assert safe_words(text) == text


def test_words_are_cut():
    assert safe_words("ÉÉN " + "a" * 200) == "één " + "a" * 76
    assert safe_words("x" * 100 + " jan@school.nl") == ""


def test_days_are_kept_as_months_and_groups_in_tens():
    criteria = Criteria(date_from=dt.date(2027, 2, 17), date_until=dt.date(2028, 2, 3), group=27)
    assert filters_of(criteria) == {"van": "2027-02-01", "tot": "2028-02-29", "groep": 30}


def test_a_search_for_everything_and_one_of_a_robot_are_not_counted():
    note_search(criteria=Criteria(sort="newest"), results=10)
    note_search(criteria=Criteria(text="robot"), results=1, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    note_search(criteria=Criteria(text="robot"), results=1, user_agent="ia_archiver-web.archive.org crawler")
    assert not Sought.objects.exists()
    note_search(criteria=Criteria(text="robot"), results=1, user_agent="Mozilla/5.0 (X11; Linux) Firefox/140.0")
    assert Sought.objects.exists()


def test_a_municipality_that_is_gone_leaves_the_search():
    place = Place(name="Weg", municipality="GM0000", covering=frozenset())
    note_search(criteria=Criteria(text="robot", place=place), results=1)
    assert Sought.objects.get().municipality is None


def test_it_is_one_statement_and_a_failure_breaks_nothing(monkeypatch, caplog):
    with CaptureQueriesContext(connection) as queries:
        note_search(criteria=Criteria(text="robot"), results=1)
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 1
    monkeypatch.setattr("techfinder.activities.sought.UPSERT", "INSERT INTO nowhere VALUES (%s, %s, %s, %s, %s, %s)")
    with transaction.atomic():
        note_search(criteria=Criteria(text="drone"), results=1)
        assert Sought.objects.count() == 1
    assert "was not counted" in caplog.text
    assert "drone" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_holds_up_nobody():
    note_search(criteria=Criteria(text="robot"), results=1)
    noted = threading.Thread(target=in_thread, args=[lambda: note_search(criteria=Criteria(text="robot"), results=1)])
    with transaction.atomic():
        Sought.objects.select_for_update().get()
        noted.start()
        noted.join(timeout=5)
        assert not noted.is_alive()
    assert Sought.objects.get().times == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_every_one_is_counted():
    together = threading.Barrier(4)

    def search():
        together.wait()
        for _ in range(25):
            note_search(criteria=Criteria(text="robot"), results=1)

    threads = [threading.Thread(target=in_thread, args=[search]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Sought.objects.get().times == 100


def in_thread(what):
    try:
        what()
    finally:
        connection.close()


def test_after_24_months_it_is_forgotten():
    with time_machine.travel("2026-03-31 12:00+00:00", tick=False):
        for number, day in enumerate(["2024-03-30", "2024-03-31", "2026-03-31", "2020-01-01", "2020-01-02"]):
            Sought.objects.create(day=day, fingerprint=str(number), results=0)
        assert forget_sought(at_once=2) == 3
        assert [str(day) for day in Sought.objects.order_by("day").values_list("day", flat=True)] == [
            "2024-03-31",
            "2026-03-31",
        ]
    with time_machine.travel("2028-02-29 12:00+00:00", tick=False):
        forget_task()
        assert Sought.objects.count() == 1
    with time_machine.travel("2028-04-01 12:00+00:00", tick=False):
        forget_task()
        assert not Sought.objects.exists()


@pytest.mark.parametrize("said", ["jan@school.nl", "jan-jansen", "0612345678"])
def test_a_provider_that_is_not_there_is_not_kept(client, said):
    client.get("/aanbod/", {"provider": said, "theme": "energie"})
    assert Sought.objects.get().criteria == {"theme": ["energie"]}


@pytest.mark.parametrize("said", ["jan 123 456 782", "6 1234 5678", "jan 12-03-2014", "jan\uff20school.nl"])
def test_numbers_of_people_are_not_kept_however_they_are_written(said):
    assert safe_words(said) == ""


def test_a_school_year_is_not_a_person():
    assert safe_words("Techniek 2026-2027") == "techniek 2026-2027"
