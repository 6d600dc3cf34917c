"""How many schools lie near each, and how many pupils each has: what the score knows of small and remote schools."""

from __future__ import annotations

import json
import random
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.contrib.admin.sites import site
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.geo import distance_km, unit_vectors
from techfinder.organisations.models import School
from techfinder.organisations.register.actions import recount_neighbours
from techfinder.organisations.remoteness import NEAR_KM, neighbours
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.organisations.register import files
from tests.organisations.register.files import register

KM_NORTH = 1 / 111.1951  # degrees of latitude in a kilometre, on the sphere of the rules


def by_the_engine(points):
    """The same count by the engine's own distance, pair by pair."""
    vectors = unit_vectors(points)
    return [int((distance_km(vectors[:, [i]], vectors) <= NEAR_KM).sum()) - 1 for i in range(len(points))]


def counted(points):
    lat, lon = np.array(points).reshape(-1, 2).T
    return neighbours(lat, lon).tolist()


points_anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
points_close = st.tuples(st.floats(51.0, 51.4), st.floats(3.5, 4.1))


@settings(max_examples=200, deadline=None)
@given(st.lists(points_close | points_anywhere, max_size=40))
def test_the_count_is_that_of_the_engines_distance(points):
    assert counted(points) == by_the_engine(points)


def test_ten_kilometres_count_and_a_metre_more_does_not():
    assert counted([(52, 5), (52 + 9.999 * KM_NORTH, 5)]) == [1, 1]
    assert counted([(52, 5), (52 + 10.001 * KM_NORTH, 5)]) == [0, 0]
    assert counted([(52, 5)] * 3) == [2, 2, 2]


def test_a_country_takes_well_under_a_second():
    draw = random.Random(1)
    country = [(draw.uniform(51, 53.5), draw.uniform(3.5, 7)) for _ in range(8600)]
    started = time.perf_counter()
    found = counted(country)
    assert time.perf_counter() - started < 1
    some = draw.sample(range(8600), 50)
    vectors = unit_vectors(country)
    assert [found[i] for i in some] == [int((distance_km(vectors[:, [i]], vectors) <= NEAR_KM).sum()) - 1 for i in some]


# ------------------------------------------------------------------------------------------------------------ written


def numbers():
    return dict(School.objects.values_list("code", "neighbours"))


@pytest.mark.django_db
def test_only_open_schools_with_a_place_count_and_only_what_differs_is_written(django_assert_num_queries):
    here = RegionFactory()
    for code, place in {
        "A": (51.5, 3.6),
        "B": (51.51, 3.6),
        "C": (51.52, 3.6),
        "D": (53, 6),
        "E": (None, None),
    }.items():
        SchoolFactory(code=code, municipality=here, lat=place[0], lon=place[1])
    School.objects.filter(code="C").update(closed_at="2026-08-01", neighbours=7)
    School.objects.filter(code="E").update(neighbours=7)

    assert recount_neighbours() == 5
    assert numbers() == {"A": 1, "B": 1, "C": None, "D": 0, "E": None}
    with django_assert_num_queries(5):  # the transaction, what is there, what differs, what has no place
        assert recount_neighbours() == 0

    School.objects.filter(code="C").update(closed_at=None)
    assert recount_neighbours() == 3
    assert numbers() == {"A": 2, "B": 2, "C": 2, "D": 0, "E": None}
    School.objects.update(lat=None)
    assert recount_neighbours() == 4
    assert set(numbers().values()) == {None}


def run(*paths: Path, **options: object) -> dict[str, int]:
    out = StringIO()
    call_command("import_schools", *map(str, paths), json=True, stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_an_import_counts_anew_and_so_does_closing(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("vestigingscode,lat,lon\n12AB00,51.45,3.57\n12AB01,51.46,3.57\n12AB02,51.9,5\n")
    rows = [{"VESTIGINGSCODE": f"12AB0{number}"} for number in range(3)]
    run(register(tmp_path / "all.csv", files.PO, *rows), points=[points])
    assert numbers() == {"12AB00": 1, "12AB01": 1, "12AB02": 0}

    gone = register(tmp_path / "gone.csv", files.PO, rows[0], rows[2])
    assert run(gone, close_missing=True)["closed"] == 1
    assert numbers() == {"12AB00": 0, "12AB01": None, "12AB02": 0}


@pytest.mark.django_db
def test_an_administrator_who_closes_a_school_counts_too(rf) -> None:
    here, other = SchoolFactory(), SchoolFactory()
    recount_neighbours()
    admin = site._registry[School]
    form = admin.get_form(rf.get("/"), other, fields=["closed_at"])({"closed_at": "2026-08-01"}, instance=other)
    assert form.is_valid()
    admin.save_model(rf.post("/"), form.save(commit=False), form, True)
    assert numbers() == {here.code: 0, other.code: None}


# ------------------------------------------------------------------------------------------------------------- pupils


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "header"), [("BO", files.PO), ("VSO", files.SO), ("VO", files.VO)], ids=["po", "so", "vo"]
)
def test_pupils_come_from_the_file_of_pupils_for_every_sector(tmp_path: Path, kind: str, header: list[str]) -> None:
    pupils = tmp_path / "leerlingen.csv"
    columns = "INSTELLINGSCODE;VESTIGINGSCODE;SOORT_VESTIGING;LEERLINGEN_2024;LEERLINGEN_2025"
    text = f"{columns}\r\n12AB;12AB00;{kind};94;86\r\n"
    pupils.write_text(text, encoding="utf-8-sig")
    path = register(tmp_path / "schools.csv", header)
    assert run(path, pupils=[pupils])["created"] == 1
    assert School.objects.get().pupils == 86
    assert run(path, pupils=[pupils])["unchanged"] == 1
    pupils.write_text(text.replace(";86", ";"), encoding="utf-8-sig")
    assert run(path, pupils=[pupils])["updated"] == 1
    assert School.objects.get().pupils == 94


@pytest.mark.django_db
def test_few_pupils_are_written_as_less_than_five(tmp_path: Path) -> None:
    pupils = tmp_path / "leerlingen.csv"
    pupils.write_text("VESTIGINGSCODE;LEERLINGEN_2025\n12AB00;<5\n12AB01;veel\n")
    path = register(tmp_path / "po.csv", files.PO)
    run(path, pupils=[pupils])
    assert School.objects.get().pupils == 4
    with pytest.raises(CommandError, match="1 bad points or pupils: nothing was changed"):
        run(path, pupils=[pupils], strict=True)
    for wrong in ("a;b\n1;2\n", "VESTIGINGSCODE;x\n12AB00;2\n"):
        pupils.write_text(wrong)
        with pytest.raises(CommandError, match="lacks"):
            run(path, pupils=[pupils])
