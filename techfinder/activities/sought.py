"""What is searched for, kept without a person: docs/decisions/0010-what-we-keep-of-searches.md says what and why."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import re
import unicodedata
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import Error, connection, transaction
from django.utils import timezone

from techfinder.activities.models import Sought
from techfinder.activities.search.criteria import Criteria
from techfinder.organisations.models import Provider
from techfinder.taxonomy.days import END_OF_MONTH

logger = logging.getLogger(__name__)

LONGEST = 80
# Sizes of groups are kept in tens: the exact one says more about a class than anybody needs.
STEP = 10
KEPT_MONTHS = 24
AT_ONCE = 5000

ROBOT = re.compile(r"bot\b|crawl|spider|slurp|preview|monitor|curl|wget|python-|headlesschrome", re.IGNORECASE)
# What looks like a person: an address, a number of telephone or register, a day of birth, a postcode with letters, a
# house.
PERSONAL = re.compile(
    r"@"
    r"|\d{5}"
    r"|(?:\+|\b0)\d(?:[\s./()-]*\d){7}"
    r"|\b\d{3}[ .]\d{3}[ .]\d{3}\b"
    r"|\b6(?:[ .-]?\d){8}\b"
    r"|\b\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}\b"
    r"|\b[1-9]\d{3}\s?[a-z]{2}\b"
    r"|(?:straat|laan|weg|plein|kade|gracht|dijk|singel|hof|pad|steeg|dreef|plantsoen)\s+\d",
    re.IGNORECASE,
)

# One statement, so one way to the server: the settings hold for its transaction only. What is lost in a crash of the
# server is a count, and nobody waits for a row that somebody else holds.
UPSERT = """
    WITH quick AS (
        SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '100ms', true)
    )
    INSERT INTO activities_sought (day, fingerprint, municipality_id, text, criteria, results, times)
    SELECT %s, %s, (SELECT id FROM taxonomy_region WHERE code = %s), %s, %s::jsonb, %s, 1 FROM quick
    ON CONFLICT (day, fingerprint) DO UPDATE SET times = activities_sought.times + 1, results = EXCLUDED.results
"""


def note_search(*, criteria: Criteria, results: int, user_agent: str = "") -> None:
    """Count a search that found `results`: one row per day, words, filters and municipality. Never raises.

    For the first page of a search that a person ended: sent, or one filter changed. Not for the answers to single
    keys while somebody types, not for a further page or another order of the same. A search for everything, and one
    of a robot, is not counted.
    """
    words, filters = safe_words(criteria.text), filters_of(criteria)
    if not _is_provider(criteria.provider):
        filters.pop("provider", None)
    if criteria.text and not words:
        filters["private"] = True
    municipality = criteria.place.municipality if criteria.place else ""
    if not (words or filters or municipality) or ROBOT.search(user_agent):
        return
    kept = json.dumps(filters, sort_keys=True)
    fingerprint = hashlib.md5(f"{words}\n{kept}\n{municipality}".encode(), usedforsecurity=False).hexdigest()
    values: list[Any] = [timezone.localdate(), fingerprint, municipality, words, kept, results]
    try:
        with _apart(), connection.cursor() as cursor:
            cursor.execute(UPSERT, values)
    except Error as error:
        logger.warning("a search was not counted: %s", type(error).__name__)


def _apart() -> AbstractContextManager[Any]:
    """Within somebody's transaction a failure may not take the rest along; alone a statement is its own."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _is_provider(slug: str) -> bool:
    """An address may say anything: only what is a provider here is kept of it."""
    if not slug:
        return False
    try:
        with _apart():
            return Provider.objects.public().filter(slug=slug).exists()
    except Error:
        return False


def safe_words(text: str) -> str:
    """Lower case, one space, 80 characters; empty when it looks like something of a person."""
    words = " ".join(unicodedata.normalize("NFKC", text).lower().replace("\x00", " ").split())
    return "" if PERSONAL.search(words) else words[:LONGEST].strip()


def filters_of(criteria: Criteria) -> dict[str, Any]:
    """The filters as values of the address of the list: days as whole months, groups in tens, no words, no place."""
    first, last, group = criteria.date_from, criteria.date_until, criteria.group
    found = {
        "straal": criteria.radius,
        "region": sorted(criteria.regions),
        "level": sorted(criteria.levels),
        "theme": sorted(criteria.themes),
        "kind": sorted(criteria.kinds),
        "delivery": sorted(criteria.delivery),
        "audience": sorted(criteria.audience),
        "month": sorted(criteria.months),
        "van": first.replace(day=1).isoformat() if first else None,
        "tot": (last + END_OF_MONTH).isoformat() if last else None,
        "groep": -(-group // STEP) * STEP if group else None,
        "free": int(criteria.free),
        "room": int(criteria.room),
        "provider": criteria.provider,
    }
    return {name: value for name, value in found.items() if value}


def forget_sought(*, today: dt.date | None = None, at_once: int = AT_ONCE) -> int:
    """Delete what is older than 24 months, in small transactions; returns how many rows."""
    old = Sought.objects.filter(day__lt=(today or timezone.localdate()) - relativedelta(months=KEPT_MONTHS)).order_by()
    gone = 0
    while batch := old.filter(pk__in=list(old.values_list("pk", flat=True)[:at_once])).delete()[0]:
        gone += batch
    return gone
