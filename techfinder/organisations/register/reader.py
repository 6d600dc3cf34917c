"""Register files of every generation as rows by column name: any encoding, delimiter and order of columns."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from techfinder.organisations.models import School
from techfinder.taxonomy.commands import Fault, UnreadableFileError

Row = dict[str, str]
CHUNK = 1 << 16
# Names of columns through the years, by the name they have today.
OLDER_NAMES = {
    "BRIN NUMMER": "INSTELLINGSCODE",
    "BRINNUMMER": "INSTELLINGSCODE",
    "BRIN": "INSTELLINGSCODE",
    "VESTIGINGSNUMMER": "VESTIGINGSCODE",
    "BRINVEST": "VESTIGINGSCODE",
    "BEVOEGD GEZAG": "BEVOEGD GEZAG NUMMER",
    "NAAM": "VESTIGINGSNAAM",
    "PLAATS": "PLAATSNAAM",
    "URL": "INTERNETADRES",
    "STRAAT HUISNUMMER": "STRAATNAAM",
}
REGISTER_COLUMNS = ("GEMEENTENUMMER", "GEMEENTENAAM", "PLAATSNAAM", "POSTCODE")


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file whose header was understood; `rows` may be walked more than once."""

    path: Path
    sector: str
    columns: frozenset[str]
    encoding: str
    delimiter: str

    def rows(self) -> Iterator[tuple[int, Row | Fault]]:
        """Yield line number and cells; a line with another number of cells than the header is a Fault."""
        if self.encoding == "json":
            yield from _json_rows(self.path)
            return
        with _text(self.path, self.encoding) as stream:
            columns = split(stream.readline(), self.delimiter)
            names = column_names(columns)
            for line, text in enumerate(stream, start=2):
                if text.strip(" \r\n" + self.delimiter):
                    yield line, _row(line, names, split(text, self.delimiter))


def open_register(path: Path) -> RegisterFile:
    """Understand the header of a register file, or raise UnreadableFileError."""
    encoding = find_encoding(path)
    if encoding == "json":
        columns, delimiter = column_names(_json_columns(path)), ""
    else:
        with _text(path, encoding) as stream:
            header = stream.readline()
        delimiter = find_delimiter(header)
        columns = column_names(split(header, delimiter))
    sector = sector_of(path, columns)
    _check(path, columns)
    return RegisterFile(path, sector, frozenset(columns), encoding, delimiter)


def find_encoding(path: Path) -> str:
    """Return json, utf-8-sig or cp1252; the whole file is tried, a piece at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            start = stream.read(CHUNK)
            if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
                return "json"
            decoder.decode(start)
            while piece := stream.read(CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except OSError as error:
        raise UnreadableFileError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def find_delimiter(header: str) -> str:
    """Return whichever of ; , and tab the header has most of."""
    return max(";,\t", key=header.count)


def split(text: str, delimiter: str) -> list[str]:
    """Cut one line into cells: no register file has a line break inside one, and a lost quote then spoils one line."""
    return next(csv.reader([text.rstrip("\r\n").replace("\0", "")], delimiter=delimiter), [])


def column_names(cells: list[str]) -> list[str]:
    """Return the names of today for a header of any year."""
    names = [re.sub(r"[\s_]+", " ", cell).strip().upper() for cell in cells]
    renamed = [OLDER_NAMES.get(name, name) for name in names]
    if "VESTIGINGSNAAM" not in renamed:
        renamed = ["VESTIGINGSNAAM" if name == "INSTELLINGSNAAM" else name for name in renamed]
    return renamed


def sector_of(path: Path, columns: list[str]) -> str:
    """Tell the sector by the header: the file does not name it."""
    if "SOORT HO" in columns:
        raise UnreadableFileError(f"{path}: institutions of higher education are no schools of the register")
    if "ONDERWIJSSTRUCTUUR" in columns:
        return School.Sector.VO
    if any(name.startswith("SOORT PRIMAIR ONDERWIJS") for name in columns) or "CLUSTER" in columns:
        return School.Sector.SO
    if any(name.startswith("MBO INSTELLINGSSOORT") for name in columns) or is_mbo_branches(columns):
        return School.Sector.MBO
    return School.Sector.PO


def is_mbo_branches(columns: list[str] | frozenset[str]) -> bool:
    """Tell the list of mbo branches: it has coordinates and no municipality."""
    return {"VESTIGINGSCODE", "LAT", "LON"} <= set(columns) and "GEMEENTENUMMER" not in columns


def _check(path: Path, columns: list[str]) -> None:
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise UnreadableFileError(f"{path} has twice the column: {', '.join(doubled)}")
    needed = ["VESTIGINGSNAAM"] if is_mbo_branches(columns) else ["VESTIGINGSNAAM", *REGISTER_COLUMNS]
    if "VESTIGINGSCODE" not in columns:
        needed.append("INSTELLINGSCODE")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise UnreadableFileError(f"{path} is not a register file: it lacks the column {', '.join(missing)}")


def _text(path: Path, encoding: str) -> TextIO:
    # Five bytes mean nothing in cp1252; one of them is no reason to refuse a country.
    return path.open(encoding=encoding, errors="replace", newline=None)


def _row(line: int, names: list[str], cells: list[str]) -> Row | Fault:
    if len(cells) != len(names):
        return Fault(line, f"{len(cells)} columns instead of {len(names)}")
    return {name: clean(cell) for name, cell in zip(names, cells, strict=True)}


def clean(cell: str) -> str:
    """Single spaces, no control characters; a lone space is how the register writes nothing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        return {"fields": [field["id"] for field in found["fields"]], "records": found["records"]}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(f"{path}: this JSON is not a dump of the register") from error


def _json_columns(path: Path) -> list[str]:
    return [str(name) for name in _json(path)["fields"]]


def _json_rows(path: Path) -> Iterator[tuple[int, Row | Fault]]:
    dump = _json(path)
    names = column_names([str(name) for name in dump["fields"]])
    for number, record in enumerate(dump["records"], start=1):
        cells = ["" if cell is None else str(cell) for cell in record]
        yield number, _row(number, names, cells)
