"""Small register files of every generation, as the register writes them."""

from __future__ import annotations

from pathlib import Path

CORRESPONDENCE = [
    f"{name} CORRESPONDENTIEADRES" for name in ("STRAATNAAM", "HUISNUMMER-TOEVOEGING", "POSTCODE", "PLAATSNAAM")
]
AREAS = [
    f"{area} {part}"
    for area in ("NODAAL GEBIED", "RPA-GEBIED", "WGR-GEBIED", "COROPGEBIED", "ONDERWIJSGEBIED", "RMC-REGIO")
    for part in ("CODE", "NAAM")
]
ADDRESS = ["STRAATNAAM", "HUISNUMMER-TOEVOEGING", "POSTCODE", "PLAATSNAAM", "GEMEENTENUMMER", "GEMEENTENAAM"]
CONTACT = ["DENOMINATIE", "TELEFOONNUMMER", "INTERNETADRES"]
BRANCH = ["PROVINCIE", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM"]

PO = [*BRANCH, *ADDRESS, *CONTACT, *CORRESPONDENCE, *AREAS, "VAKANTIEREGIO"]
VO = [*BRANCH, *ADDRESS, *CONTACT, "ONDERWIJSSTRUCTUUR", *CORRESPONDENCE, *AREAS, "VAKANTIEREGIO"]
SO = [
    "SOORT PRIMAIR ONDERWIJS",
    *BRANCH,
    *ADDRESS,
    *CONTACT,
    "CLUSTER",
    "ONDERWIJS",
    *CORRESPONDENCE,
    *AREAS,
    "VAKANTIEREGIO",
]
MBO = [
    "MBO INSTELLINGSSOORT - CODE",
    "MBO INSTELLINGSSOORT - NAAM",
    "PROVINCIE",
    "BEVOEGD GEZAG NUMMER",
    "INSTELLINGSCODE",
    "INSTELLINGSNAAM",
    *ADDRESS,
    *CONTACT,
    *CORRESPONDENCE,
    *AREAS,
]
_TO_2022 = {"INSTELLINGSCODE": "BRIN NUMMER", "VESTIGINGSCODE": "VESTIGINGSNUMMER"}
PO_2021 = [_TO_2022.get(name, name) for name in PO[:-1]]
VO_2021 = [_TO_2022.get(name, name) for name in VO[:-1]]
PO_2013 = ["VESTIGINGSNAAM " if name == "VESTIGINGSNAAM" else name for name in PO_2021]

SCHOOL = {
    "PROVINCIE": "Zeeland",
    "BEVOEGD GEZAG NUMMER": "41234",
    "INSTELLINGSCODE": "12AB",
    "VESTIGINGSCODE": "12AB00",
    "VESTIGINGSNAAM": "De Zonnebloem",
    "INSTELLINGSNAAM": "De Zonnebloem",
    "STRAATNAAM": "Dorpsstraat",
    "HUISNUMMER-TOEVOEGING": "3-A",
    "POSTCODE": "4381 AB",
    "PLAATSNAAM": "VLISSINGEN",
    "GEMEENTENUMMER": "0718",
    "GEMEENTENAAM": "VLISSINGEN",
    "DENOMINATIE": "Openbaar",
    "TELEFOONNUMMER": "0118123456",
    "INTERNETADRES": "www.dezonnebloem.example",
    "RPA-GEBIED CODE": "25",
    "RPA-GEBIED NAAM": "Zeeland",
    "VAKANTIEREGIO": "Zuid",
    "ONDERWIJSSTRUCTUUR": "VBO/MAVO",
    "SOORT PRIMAIR ONDERWIJS": "SBAO",
    "MBO INSTELLINGSSOORT - CODE": "ROC",
}


def register(
    path: Path,
    header: list[str],
    *rows: dict[str, str],
    encoding: str = "cp1252",
    delimiter: str = ";",
    end: str = "\r\n",
) -> Path:
    """Write rows (one when none is given) as the register does: a space for nothing, quotes only where a quote is."""
    lines = [delimiter.join(header)]
    for row in rows or ({},):
        new_names = {old: new for new, old in _TO_2022.items()}
        known = {**SCHOOL, **row}
        cells = [known.get(new_names.get(name.strip(), name.strip()), "") or " " for name in header]
        lines.append(delimiter.join(_quoted(cell, delimiter) for cell in cells))
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def _quoted(cell: str, delimiter: str) -> str:
    if '"' not in cell and delimiter not in cell:
        return cell
    return '"' + cell.replace('"', '""') + '"'
