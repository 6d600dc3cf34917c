"""One row of the register as values of a school, or the reason why it cannot be one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from techfinder.organisations.models import School
from techfinder.organisations.register.names import cased, searchable
from techfinder.organisations.register.points import valid_point
from techfinder.organisations.register.reader import Row
from techfinder.taxonomy.commands import BadRowError
from techfinder.taxonomy.data import PROVINCES

BRANCH = re.compile(r"\d{2}[A-Z]{2}\d{2}")
INSTITUTION = re.compile(r"\d{2}[A-Z]{2}")
POSTCODE = re.compile(r"([1-9]\d{3}) ?([A-Z]{2})")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
PROVINCE_CODES = {name.lower(): term.code for term in PROVINCES for name in (term.name, *term.aliases)}

VMBO_TRACKS = ("vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl")
STRUCTURE_LEVELS: dict[str, tuple[str, ...]] = {
    "PRO": ("vo-pro",),
    "VBO": VMBO_TRACKS,
    "MAVO": ("vo-vmbo-tl",),
    "HAVO": ("vo-havo",),
    "VWO": ("vo-vwo",),
    # A branch with only the first years, before the tracks part.
    "BRUGJAAR": tuple(
        f"vo-{track}-{year}"
        for track, last in (("vmbo-bb", 2), ("vmbo-kb", 2), ("vmbo-gl", 2), ("vmbo-tl", 2), ("havo", 3), ("vwo", 3))
        for year in range(1, last + 1)
    ),
}
SPECIAL_LEVELS = {"SBAO": ["sbo"], "SBO": ["sbo"], "SO": ["so"], "VSO": ["vso"], "(V)SO": ["so", "vso"]}
# Field of a school, by the column that holds it; what a file does not have is left as it is.
COLUMNS = {
    "denomination": "DENOMINATIE",
    "phone": "TELEFOONNUMMER",
    "website": "INTERNETADRES",
    "street": "STRAATNAAM",
    "house_number": "HUISNUMMER-TOEVOEGING",
    "postcode": "POSTCODE",
    "city": "PLAATSNAAM",
    "holiday_region": "VAKANTIEREGIO",
}


@dataclass(slots=True)
class SchoolRow:
    """A school as the register has it; regions and board still by their codes."""

    line: int
    code: str
    values: dict[str, Any]
    board: str = ""
    municipality: str = ""
    municipality_name: str = ""
    province: str = ""
    networks: dict[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None


def parse_row(line: int, row: Row, sector: str) -> SchoolRow:
    """Read one row, or raise BadRowError with the reason."""
    code = branch_code(row)
    if not row.get("VESTIGINGSNAAM"):
        raise BadRowError(f"{code}: no name")
    structure = _structure(row)
    values: dict[str, Any] = {
        "institution": code[:4],
        "name": row["VESTIGINGSNAAM"],
        "sector": sector,
        "structure": structure,
        "levels": levels_of(sector, structure),
        **{name: _tidy(name, row[column]) for name, column in COLUMNS.items() if column in row},
    }
    values["search_name"] = searchable(values["name"], values.get("city", ""))
    _check_lengths(code, values)
    return SchoolRow(line, code, values, **_belonging(code, row))


def branch_code(row: Row) -> str:
    """Return the code of the branch; of an institution without branches its own; or raise BadRowError."""
    institution = row.get("INSTELLINGSCODE", "").upper()
    branch = row.get("VESTIGINGSCODE", institution).upper()
    if re.fullmatch(r"\d{1,2}", branch) and INSTITUTION.fullmatch(institution):
        branch = institution + branch.zfill(2)
    wanted = BRANCH if "VESTIGINGSCODE" in row else INSTITUTION
    if not wanted.fullmatch(branch):
        raise BadRowError(f"{branch or 'nothing'} is not a branch code such as 12AB00")
    if institution and not branch.startswith(institution):
        raise BadRowError(f"branch {branch} is not of institution {institution}")
    return branch


def levels_of(sector: str, structure: str) -> list[str]:
    """Return the level codes of a school; when the register does not say, all of its sector."""
    if sector == School.Sector.VO:
        parts = re.split(r"[/\s]+", structure.upper())
        return [level for part in STRUCTURE_LEVELS if part in parts for level in STRUCTURE_LEVELS[part]] or ["vo"]
    if sector == School.Sector.SO:
        return SPECIAL_LEVELS.get(structure.upper().replace(" ", ""), ["so", "vso"])
    return [str(sector)]


def _structure(row: Row) -> str:
    for column in ("ONDERWIJSSTRUCTUUR", "SOORT PRIMAIR ONDERWIJS", "MBO INSTELLINGSSOORT - CODE"):
        if column in row:
            return row[column]
    return ""


def _tidy(name: str, value: str) -> str:
    if name == "city":
        return cased(value) if value.isupper() else value
    if name == "house_number":
        return re.sub(r" ?- ?", "-", value)
    if name == "postcode":
        return postcode(value)
    if name == "website":
        return website(value)
    return value


def postcode(value: str) -> str:
    """Write 3847LG as 3847 LG; what is no postcode is nothing."""
    found = POSTCODE.fullmatch(value.upper())
    return f"{found[1]} {found[2]}" if found else ""


def website(value: str) -> str:
    """Keep what can be a website; the register also has telephone numbers and addresses with a comma."""
    host = re.sub(r"^https?:/*", "", value.strip(), flags=re.IGNORECASE).split("/")[0].split(":")[0]
    return value.strip() if DOMAIN.fullmatch(host) else ""


def _check_lengths(code: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        limit = getattr(School._meta.get_field(name), "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            raise BadRowError(f"{code}: {COLUMNS.get(name, name)} is longer than {limit} characters")


def _belonging(code: str, row: Row) -> dict[str, Any]:
    if "GEMEENTENUMMER" not in row:
        return {"point": _own_point(code, row)}
    number = row["GEMEENTENUMMER"]
    if not re.fullmatch(r"\d{1,4}", number) or not int(number):
        raise BadRowError(f"{code}: {number or 'nothing'} is not a municipality number")
    province = row.get("PROVINCIE", "")
    if province and province.lower() not in PROVINCE_CODES:
        raise BadRowError(f"{code}: {province} is not a province")
    return {
        "municipality": f"GM{number.zfill(4)}",
        "municipality_name": cased(row["GEMEENTENAAM"]),
        "province": PROVINCE_CODES.get(province.lower(), ""),
        "board": _number(row.get("BEVOEGD GEZAG NUMMER", "")),
        "networks": _networks(row),
    }


def _own_point(code: str, row: Row) -> tuple[float, float]:
    try:
        return valid_point(row["LAT"], row["LON"])
    except ValueError as error:
        raise BadRowError(f"{code}: no point in the Netherlands, and no municipality either") from error


def _number(value: str) -> str:
    """Return a number without the zeros that only some editions put before it."""
    return (value.lstrip("0") or value)[:8]


def _networks(row: Row) -> dict[str, str]:
    code, name = row.get("RPA-GEBIED CODE", ""), row.get("RPA-GEBIED NAAM", "")
    return {f"RPA{code.zfill(2)}": f"RPA {name}"} if re.fullmatch(r"\d{1,3}", code) and name else {}
