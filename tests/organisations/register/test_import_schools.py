"""Small files of every generation, and everything that can be wrong with one."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from techfinder.organisations.models import Attention, Board, School
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.requests import RequestFactory
from tests.organisations.register import files
from tests.organisations.register.files import register

pytestmark = pytest.mark.django_db


def run(*paths: Path, expect: str = "", **options: object) -> dict[str, int]:
    """The summary; what is told of bad rows must hold `expect`, and be nothing when that is empty."""
    out, err = StringIO(), StringIO()
    call_command("import_schools", *map(str, paths), json=True, stdout=out, stderr=err, **options)
    assert expect in err.getvalue()
    assert bool(err.getvalue()) == bool(expect)
    return json.loads(out.getvalue())


def summary(**counts: int) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in ("created", "updated", "unchanged", "closed", "rejected")}


# ---------------------------------------------------------------------------------------------- generations of files


@pytest.mark.parametrize(
    ("header", "sector", "structure", "levels", "code"),
    [
        (files.PO, "po", "", ["po"], "12AB00"),
        (files.PO_2021, "po", "", ["po"], "12AB00"),
        (files.PO_2013, "po", "", ["po"], "12AB00"),
        (files.VO, "vo", "VBO/MAVO", ["vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl"], "12AB00"),
        (files.VO_2021, "vo", "VBO/MAVO", ["vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl"], "12AB00"),
        (files.SO, "so", "SBAO", ["sbo"], "12AB00"),
        (files.MBO, "mbo", "ROC", ["mbo"], "12AB"),
    ],
)
@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"), [("cp1252", ";", "\r\n"), ("utf-8-sig", ",", "\n"), ("utf-8", ";", "\n")]
)
def test_a_file_of_any_generation_comes_in_and_then_is_unchanged(
    tmp_path: Path,
    header: list[str],
    sector: str,
    structure: str,
    levels: list[str],
    code: str,
    encoding: str,
    delimiter: str,
    end: str,
) -> None:
    name = {"VESTIGINGSNAAM": 'Basisschool "Kla4" ’t Één', "INSTELLINGSNAAM": 'Basisschool "Kla4" ’t Één'}
    path = register(tmp_path / "school.csv", header, name, encoding=encoding, delimiter=delimiter, end=end)
    assert run(path) == summary(created=1)

    school = School.objects.select_related("municipality__parent", "board").get()
    assert (school.code, school.institution, school.sector) == (code, "12AB", sector)
    assert (school.structure, school.levels) == (structure, levels)
    assert school.name == 'Basisschool "Kla4" ’t Één'
    assert school.search_name == "basisschool kla4 t een vlissingen"
    assert (school.street, school.house_number, school.postcode, school.city) == (
        "Dorpsstraat", "3-A", "4381 AB", "Vlissingen"
    )  # fmt: skip
    assert school.municipality.code == "GM0718"
    assert school.municipality.name == "Vlissingen"
    assert school.municipality.parent.code == "NL-ZE"
    assert school.board.code == "41234"
    assert school.holiday_region == ("Zuid" if "VAKANTIEREGIO" in header else "")
    assert list(school.municipality.networks.values_list("code", "name")) == [("RPA25", "RPA Zeeland")]

    assert run(path) == summary(unchanged=1)


def test_a_branch_number_of_two_digits_gets_its_institution(tmp_path: Path) -> None:
    path = register(tmp_path / "po.csv", files.PO_2021, {"VESTIGINGSCODE": "3"})
    assert run(path) == summary(created=1)
    assert School.objects.get().code == "12AB03"


def test_an_older_edition_leaves_alone_what_it_does_not_know(tmp_path: Path) -> None:
    run(register(tmp_path / "new.csv", files.PO))
    assert run(register(tmp_path / "old.csv", files.PO_2021)) == summary(unchanged=1)
    assert School.objects.get().holiday_region == "Zuid"


def test_blanks_and_oddities_are_tidied(tmp_path: Path) -> None:
    odd = {
        "HUISNUMMER-TOEVOEGING": "128 -130", "POSTCODE": "3847LG", "INTERNETADRES": "0528266192",
        "TELEFOONNUMMER": "", "PLAATSNAAM": "S GRAVENHAGE", "VESTIGINGSNAAM": "  De   Horst ",
    }  # fmt: skip
    run(register(tmp_path / "po.csv", files.PO, odd))
    school = School.objects.get()
    assert (school.house_number, school.postcode, school.website) == ("128-130", "3847 LG", "")
    assert (school.phone, school.city, school.name) == ("", "'s-Gravenhage", "De Horst")
    assert "den haag" in school.search_name


def test_the_dump_in_json_comes_in(tmp_path: Path) -> None:
    known = {**files.SCHOOL, "POSTCODE": "4381AB", "BEVOEGD GEZAG NUMMER": 41234, "TELEFOONNUMMER": None}
    fields = [{"id": name, "type": "text"} for name in ("_id", *files.PO)]
    record = [1, *(known.get(name) for name in files.PO)]
    path = tmp_path / "po.json"
    path.write_text(json.dumps({"fields": fields, "records": [record]}))
    assert run(path) == summary(created=1)
    assert School.objects.get().postcode == "4381 AB"
    assert run(register(tmp_path / "po.csv", files.PO, {"TELEFOONNUMMER": ""})) == summary(unchanged=1)


def test_mbo_branches_lie_where_the_schools_around_them_do(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("vestigingscode,lat,lon\n12AB00,51.45,3.57\n")
    run(register(tmp_path / "po.csv", files.PO), points=[points])
    branches = tmp_path / "mbo.csv"
    branches.write_text(
        "brinvest,naam,straat_huisnummer,postcode,plaats,url,lat,lon,lat_geocoder,lon_geocoder\n"
        "25LP00,Scalda,Park 1,4380 AA,Vlissingen,http://www.scalda.nl,51.46,3.58,0,0\n"
    )
    assert run(branches) == summary(created=1)
    school = School.objects.get(code="25LP00")
    assert (school.sector, school.municipality.code, school.lat) == ("mbo", "GM0718", 51.46)
    assert run(branches) == summary(unchanged=1)


# ------------------------------------------------------------------------------------------------------------ levels


@pytest.mark.parametrize(
    ("structure", "levels"),
    [
        ("PRO", ["vo-pro"]),
        ("HAVO/VWO", ["vo-havo", "vo-vwo"]),
        ("VWO/HAVO/MAVO", ["vo-vmbo-tl", "vo-havo", "vo-vwo"]),
        ("", ["vo"]),
        ("IETS NIEUWS", ["vo"]),
    ],
)
def test_levels_come_from_the_structure(tmp_path: Path, structure: str, levels: list[str]) -> None:
    run(register(tmp_path / "vo.csv", files.VO, {"ONDERWIJSSTRUCTUUR": structure}))
    assert School.objects.get().levels == levels


def test_a_branch_for_the_first_years_has_only_those(tmp_path: Path) -> None:
    run(register(tmp_path / "vo.csv", files.VO, {"ONDERWIJSSTRUCTUUR": "BRUGJAAR"}))
    levels = School.objects.get().levels
    assert {"vo-vmbo-tl-2", "vo-havo-3", "vo-vwo-1"} <= set(levels)
    assert not {"vo-vmbo-tl-3", "vo-havo-4"} & set(levels)


@pytest.mark.parametrize(
    ("kind", "levels"), [("(V)SO", ["so", "vso"]), ("SO", ["so"]), ("VSO", ["vso"]), ("SBO", ["sbo"])]
)
def test_levels_of_special_schools(tmp_path: Path, kind: str, levels: list[str]) -> None:
    run(register(tmp_path / "so.csv", files.SO, {"SOORT PRIMAIR ONDERWIJS": kind}))
    assert School.objects.get().levels == levels


# ------------------------------------------------------------------------------------------------- changes over time


def test_a_changed_school_is_updated_and_a_board_is_made(tmp_path: Path) -> None:
    run(register(tmp_path / "a.csv", files.PO))
    changed = register(tmp_path / "b.csv", files.PO, {"VESTIGINGSNAAM": "De Maan", "BEVOEGD GEZAG NUMMER": "00099"})
    assert run(changed) == summary(updated=1)
    school = School.objects.get()
    assert (school.name, school.search_name, school.board.code) == ("De Maan", "de maan vlissingen", "99")
    assert Board.objects.count() == 2


def test_missing_schools_are_closed_only_when_asked_and_only_in_their_sector(tmp_path: Path) -> None:
    second = {"VESTIGINGSCODE": "12AB01"}
    both = register(tmp_path / "both.csv", files.PO, {}, second)
    one = register(tmp_path / "one.csv", files.PO)
    run(both)
    run(register(tmp_path / "vo.csv", files.VO, {"INSTELLINGSCODE": "13CD", "VESTIGINGSCODE": "13CD00"}))

    assert run(one) == summary(unchanged=1)
    assert run(one, close_missing=True) == summary(unchanged=1, closed=1)
    assert list(School.objects.open().values_list("code", flat=True).order_by("code")) == ["12AB00", "13CD00"]
    assert not Attention.objects.exists()
    assert run(one, close_missing=True) == summary(unchanged=1)

    assert run(both) == summary(unchanged=1, updated=1)
    assert School.objects.open().count() == 3


def test_several_files_of_a_sector_close_what_none_of_them_has(tmp_path: Path) -> None:
    first = register(tmp_path / "1.csv", files.PO)
    second = register(tmp_path / "2.csv", files.PO, {"VESTIGINGSCODE": "12AB01"})
    run(first, second, register(tmp_path / "3.csv", files.PO, {"VESTIGINGSCODE": "12AB02"}))
    assert run(first, second, close_missing=True) == summary(unchanged=2, closed=1)


def test_a_school_with_a_bad_row_is_not_closed(tmp_path: Path) -> None:
    run(register(tmp_path / "a.csv", files.PO, {}, {"VESTIGINGSCODE": "12AB01"}))
    bad = register(tmp_path / "b.csv", files.PO, {}, {"VESTIGINGSCODE": "12AB01", "GEMEENTENUMMER": "x"})
    assert run(bad, close_missing=True, expect=":3: 12AB01") == summary(unchanged=1, rejected=1)


def test_a_closed_school_in_use_is_shown_to_the_moderators_until_it_opens_again(tmp_path: Path) -> None:
    codes = ["12AB00", "12AB01", "12AB02", "12AB03"]
    every = register(tmp_path / "a.csv", files.PO, *({"VESTIGINGSCODE": code} for code in codes))
    run(every)
    schools = {school.code: school for school in School.objects.all()}
    MembershipFactory(user=UserFactory(), school=schools["12AB01"])
    RequestFactory(school=schools["12AB02"], status="open")
    RequestFactory(school=schools["12AB03"], status="withdrawn")

    assert run(register(tmp_path / "b.csv", files.PO), close_missing=True) == summary(unchanged=1, closed=3)
    waiting = Attention.objects.filter(reason="school_closed", settled_at=None)
    assert set(waiting.values_list("school__code", flat=True)) == {"12AB01", "12AB02"}

    assert run(every) == summary(unchanged=1, updated=3)
    assert not waiting.exists()


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    assert run(register(tmp_path / "a.csv", files.PO), dry_run=True) == summary(created=1)
    assert not School.objects.exists()
    assert not Region.objects.filter(type="municipality").exists()


# -------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"VESTIGINGSCODE": "12AB00"}, "12AB00 occurs twice in this file"),
        ({"VESTIGINGSCODE": "1AB00"}, "1AB00 is not a branch code"),
        ({"VESTIGINGSCODE": ""}, "nothing is not a branch code"),
        ({"VESTIGINGSCODE": "99ZZ00"}, "branch 99ZZ00 is not of institution 12AB"),
        ({"VESTIGINGSCODE": "12AB01", "VESTIGINGSNAAM": ""}, "12AB01: no name"),
        ({"VESTIGINGSCODE": "12AB01", "VESTIGINGSNAAM": "x" * 161}, "longer than 160"),
        ({"VESTIGINGSCODE": "12AB01", "GEMEENTENUMMER": "abc"}, "abc is not a municipality number"),
        ({"VESTIGINGSCODE": "12AB01", "GEMEENTENUMMER": "0000"}, "0000 is not a municipality number"),
        ({"VESTIGINGSCODE": "12AB01", "PROVINCIE": "Bretagne"}, "Bretagne is not a province"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_is_in(tmp_path: Path, bad: dict[str, str], reason: str) -> None:
    path = register(tmp_path / "po.csv", files.PO, {}, bad, {"VESTIGINGSCODE": "12AB09"})
    assert run(path, expect=reason) == summary(created=2, rejected=1)

    School.objects.all().delete()
    with pytest.raises(CommandError, match="1 bad rows"):
        call_command("import_schools", str(path), strict=True, stdout=StringIO(), stderr=StringIO())
    assert not School.objects.exists()


def test_short_and_long_rows_and_lost_quotes_spoil_only_themselves(tmp_path: Path) -> None:
    path = register(tmp_path / "po.csv", files.PO, {}, {"VESTIGINGSCODE": "12AB01"}, {"VESTIGINGSCODE": "12AB02"})
    lines = path.read_text(encoding="cp1252").split("\n")
    lines[2] = "Zeeland;41234;12AB"
    lines.insert(3, lines[1].strip() + ";more;cells")
    lines.insert(4, 'Zeeland;41234;12AB;12AB07;"lost quote;x;y')
    path.write_text("\n".join(lines), encoding="cp1252")
    assert run(path, expect="po.csv:3: 3 columns instead of 31") == summary(created=2, rejected=3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a register file"),
        (b"ref,title\n1,x\n", "lacks the column"),
        (b"SOORT HO;INSTELLINGSCODE\n", "higher education"),
        (b'{"fields": 3}', "not a dump"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a register file"),
    ],
)
def test_a_file_that_is_no_register_is_one_clear_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run(path)
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "absent.csv")


def test_a_branch_in_two_registers_stays_with_the_first(tmp_path: Path) -> None:
    run(register(tmp_path / "vo.csv", files.VO))
    rejected = run(register(tmp_path / "po.csv", files.PO), expect="already in the register as vo")
    assert rejected == summary(rejected=1)


def test_the_register_takes_over_a_branch_of_the_mbo_list(tmp_path: Path) -> None:
    run(register(tmp_path / "po.csv", files.PO))
    branches = tmp_path / "mbo.csv"
    branches.write_text("brinvest,naam,postcode,plaats,lat,lon\n25LP00,Scalda,4381 AA,Vlissingen,51.46,3.58\n")
    run(branches)
    vo = register(tmp_path / "vo.csv", files.VO, {"INSTELLINGSCODE": "25LP", "VESTIGINGSCODE": "25LP00"})
    assert run(vo) == summary(updated=1)
    assert School.objects.get(code="25LP00").sector == "vo"
    assert run(branches, expect="already in the register as vo") == summary(rejected=1)
    assert run(vo) == summary(unchanged=1)


# ---------------------------------------------------------------------------------------------------------- regions


def test_a_municipality_without_a_name_gets_it_from_another_row(tmp_path: Path) -> None:
    blank = {"VESTIGINGSCODE": "12AB01", "GEMEENTENUMMER": "1948", "GEMEENTENAAM": ""}
    run(register(tmp_path / "a.csv", files.PO, blank))
    assert Region.objects.get(code="GM1948").name == "GM1948"
    named = {"VESTIGINGSCODE": "12AB02", "GEMEENTENUMMER": "1948", "GEMEENTENAAM": "MEIERIJSTAD"}
    run(register(tmp_path / "b.csv", files.PO, blank, named))
    region = Region.objects.get(code="GM1948")
    assert (region.name, region.slug) == ("Meierijstad", "meierijstad")


def test_a_town_called_like_its_province_has_an_address_of_its_own(tmp_path: Path) -> None:
    run(register(tmp_path / "a.csv", files.PO, {"GEMEENTENAAM": "ZEELAND"}))
    assert Region.objects.get(code="GM0718").slug == "gemeente-zeeland"


def test_a_municipality_moves_to_another_area_with_the_register(tmp_path: Path) -> None:
    run(register(tmp_path / "a.csv", files.PO))
    own = Region.objects.create(code="VRIENDEN", slug="vrienden", name="Vrienden", type="network")
    own.municipalities.add(Region.objects.get(code="GM0718"))
    run(register(tmp_path / "b.csv", files.PO, {"RPA-GEBIED CODE": "26", "RPA-GEBIED NAAM": "Delta"}))
    networks = Region.objects.get(code="GM0718").networks
    assert set(networks.values_list("code", flat=True)) == {"RPA26", "VRIENDEN"}


# ----------------------------------------------------------------------------------------------------------- points


def test_points_come_from_the_best_source(tmp_path: Path) -> None:
    rows = [
        {"VESTIGINGSCODE": f"12AB0{n}", "POSTCODE": postcode}
        for n, postcode in enumerate(["4381 AB", "4382 AB", "4999 ZZ"])
    ]
    path = register(tmp_path / "po.csv", files.PO, *rows)
    points, pc4 = tmp_path / "points.csv", tmp_path / "pc4.csv"
    points.write_text("naam,lon,lat,vestigingscode,leerlingen\nx,3.57,51.45,12AB00,210\n")
    pc4.write_text("pc4,lat,lon\n4381,51.0,3.0\n4382,51.47,3.59\n")
    assert run(path, points=[points], pc4=pc4) == summary(created=3)

    schools = list(School.objects.order_by("code").values_list("point_source", "lat", "lon", "pupils"))
    assert schools == [
        ("points", 51.45, 3.57, 210), ("pc4", 51.47, 3.59, None), ("municipality", 51.46, 3.58, None)
    ]  # fmt: skip
    region = Region.objects.get(code="GM0718")
    assert (region.lat, region.lon) == (51.46, 3.58)

    assert run(path, points=[points], pc4=pc4) == summary(unchanged=3)
    assert run(path) == summary(unchanged=3)
    assert run(path, pc4=pc4) == summary(unchanged=3)
    assert list(School.objects.order_by("code").values_list("point_source", "lat", "lon", "pupils")) == schools


def test_a_school_that_moved_loses_its_old_point(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("vestigingscode,lat,lon\n12AB00,51.45,3.57\n12AB01,51.5,3.6\n")
    other = {"VESTIGINGSCODE": "12AB01"}
    run(register(tmp_path / "a.csv", files.PO, {}, other), points=[points])
    run(register(tmp_path / "b.csv", files.PO, {"POSTCODE": "4389 ZZ"}, other))
    assert School.objects.get(code="12AB00").point_source == "municipality"
    assert School.objects.get(code="12AB00").lat == 51.5


def test_without_any_source_the_town_is_known(tmp_path: Path) -> None:
    run(register(tmp_path / "po.csv", files.PO))
    school = School.objects.get()
    assert school.point_source == "municipality"
    assert (round(school.lat, 1), round(school.lon, 1)) == (51.4, 3.6)


def test_a_bad_point_is_told_and_left_out(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("vestigingscode,lat,lon\n12AB00,3.57,51.45\n")
    path = register(tmp_path / "po.csv", files.PO)
    assert run(path, points=[points], expect="points.csv:2: 3.57, 51.45 is no point") == summary(created=1)
    with pytest.raises(CommandError, match="bad points"):
        call_command("import_schools", str(path), points=[points], strict=True, stderr=StringIO(), stdout=StringIO())


def test_open_requests_of_a_school_that_moved_are_matched_anew(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("vestigingscode,lat,lon\n12AB00,51.45,3.57\n")
    path = register(tmp_path / "po.csv", files.PO)
    run(path)
    school = School.objects.get()
    asking, settled = RequestFactory(school=school), RequestFactory(school=school, status="withdrawn")
    run(path)
    asking.refresh_from_db()
    assert asking.version == 1

    run(path, points=[points])
    asking.refresh_from_db()
    settled.refresh_from_db()
    assert (asking.version, settled.version) == (2, 1)
