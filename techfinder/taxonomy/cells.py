"""Cells of an import: text in, value out, or BadRowError that names the column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from techfinder.taxonomy.commands import BadRowError, is_of_ours
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Audience, Delivery, Kind, Region, Theme

SMALL = 32_767
YES, NO = {"1", "true", "yes", "ja", "j", "y"}, {"", "0", "false", "no", "nee", "n"}


class Vocabularies:
    """The codes that exist, read once for an import."""

    def __init__(self) -> None:
        self.levels: Collection[str] = LEVEL_BY_CODE
        self.themes = set(Theme.objects.values_list("code", flat=True))
        self.kinds = set(Kind.objects.values_list("code", flat=True))
        self.regions = set(Region.objects.values_list("code", flat=True))
        self.delivery: Collection[str] = Delivery.values
        self.audience: Collection[str] = Audience.values


class Cells:
    """One row, asked for by column; a column that the file does not have is empty."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self.row = row

    def text(self, name: str, *, limit: int, required: bool = False) -> str:
        value = self.row.get(name, "")
        if required and not value:
            raise BadRowError(f"{name} is empty")
        if len(value) > limit:
            raise BadRowError(f"{name} is longer than {limit} characters")
        return value

    def email(self, name: str) -> str:
        value = self.text(name, limit=254, required=True).lower()
        try:
            validate_email(value)
        except ValidationError as error:
            raise BadRowError(f"{name}: {value} is no e-mail address") from error
        return value

    def url(self, name: str) -> str:
        value = self.text(name, limit=200)
        try:
            if value:
                URLValidator(["http", "https"])(value)
        except ValidationError as error:
            raise BadRowError(f"{name}: {value} is no web address such as https://www.example.nl") from error
        return value

    def parts(self, name: str) -> list[str]:
        return [part for cell in self.row.get(name, "").split(";") if (part := cell.strip())]

    def codes(self, name: str, known: Collection[str], *, required: bool = False) -> list[str]:
        codes = list(dict.fromkeys(self.parts(name)))
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise BadRowError(f"{name}: {', '.join(unknown)} does not exist")
        if required and not codes:
            raise BadRowError(f"{name} is empty")
        return codes

    def code(self, name: str, known: Collection[str], *, default: str = "") -> str:
        value = self.row.get(name, "") or default
        if value not in known:
            raise BadRowError(f"{name}: {value} does not exist" if value else f"{name} is empty")
        return value

    def integer(self, name: str, *, least: int = 0, most: int = SMALL) -> int | None:
        value = self.row.get(name, "")
        return _integer(name, value, least, most) if value else None

    def integers(self, name: str, *, least: int, most: int) -> list[int]:
        return sorted({_integer(name, part, least, most) for part in self.parts(name)})

    def decimal(self, name: str, *, digits: int, places: int) -> Decimal | None:
        value = self.row.get(name, "").replace(",", ".")
        if not value:
            return None
        if not re.fullmatch(rf"\d{{1,{digits - places}}}(\.\d+)?", value):
            raise BadRowError(f"{name}: {value} is no amount")
        try:
            exact = Decimal(value).quantize(Decimal(1).scaleb(-places))
        except InvalidOperation as error:
            raise BadRowError(f"{name}: {value} is no amount") from error
        if exact != Decimal(value):
            raise BadRowError(f"{name}: {value} has more than {places} decimals")
        return exact

    def date(self, name: str) -> dt.date | None:
        value = self.row.get(name, "")
        return parse_date(name, value) if value else None

    def flag(self, name: str) -> bool:
        value = self.row.get(name, "").lower()
        if value not in YES | NO:
            raise BadRowError(f"{name}: {value} is neither yes nor no")
        return value in YES

    def point(self, lat: str, lon: str) -> tuple[float, float] | None:
        """Return a point anywhere on earth: a provider may live across the border."""
        texts = (self.row.get(lat, ""), self.row.get(lon, ""))
        if not any(texts):
            return None
        try:
            north, east = (float(text) for text in texts)
        except ValueError as error:
            raise BadRowError(f"{lat}, {lon}: {texts[0]}, {texts[1]} is no point") from error
        if not (-90 <= north <= 90 and -180 <= east <= 180):
            raise BadRowError(f"{lat}, {lon}: {north}, {east} is no point")
        return north, east


def parse_date(name: str, value: str) -> dt.date:
    """Read 2027-06-18, of a year that a school could mean."""
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        date = dt.date.fromisoformat(value)
    except ValueError as error:
        raise BadRowError(f"{name}: {value} is no date such as 2027-06-18") from error
    if not is_of_ours(date):
        raise BadRowError(f"{name}: {value} is not a year of ours")
    return date


def _integer(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
        raise BadRowError(f"{name}: {value} is no whole number from {least} to {most}")
    return int(value)


def in_order(first: object, last: object, message: str) -> None:
    """Refuse a first that comes after its last; open ends are in order."""
    if first is not None and last is not None and first > last:  # type: ignore[operator]
        raise BadRowError(message)
