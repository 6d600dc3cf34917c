"""A search engine that a developer would reach for: tantivy, with its Dutch stemmer, BM25 and counts of terms.

It stands in for `techfinder.activities.search` as the list uses it. What it has no means for is simplified in its
favour: a distance is a box of degrees, and who comes to school travels any distance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import tantivy
from django.utils import timezone

from techfinder.activities.models import Activity, Session
from techfinder.activities.search.criteria import Criteria, Place
from techfinder.activities.search.found import Facets, Hits
from techfinder.activities.search.geography import Geography
from techfinder.activities.vocabulary import overlapping
from techfinder.taxonomy.queries import RegionIndex

TEXTS = {"title": 4.0, "summary": 2.0, "goals": 1.5, "provider": 1.5, "description": 1.0}
TERMS = ("delivery", "level", "month", "kind", "theme", "region", "audience", "free", "room")
KM_OF_DEGREE = 111.195
MUST = tantivy.Occur.Must
Query = tantivy.Query
Clauses = dict[str, Query]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_integer_field("published", fast=True)
    builder.add_text_field("sorted", fast=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="dutch")
    for name in (*TERMS, "covers", "provider_slug"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("lat", "lon"):
        builder.add_float_field(name, indexed=True, fast=True)
    return builder.build()


SCHEMA = _schema()


def _with_dutch(index: tantivy.Index) -> tantivy.Index:
    filters = (tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer("dutch"))
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for each in filters:
        builder = builder.filter(each)
    index.register_tokenizer("dutch", builder.build())
    return index


_open: dict[str, tantivy.Index] = {}


def open_index(path: str) -> None:
    _open["index"] = _with_dutch(tantivy.Index.open(path))


def build(path: str) -> None:
    """All public activities into an index on disk, in one segment."""
    index = _with_dutch(tantivy.Index(SCHEMA, path=path))
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    sessions: dict[int, list[Session]] = {}
    for session in Session.objects.all():
        sessions.setdefault(session.activity_id, []).append(session)
    for activity in Activity.objects.public().select_related("provider").iterator(2000):
        writer.add_document(_document(activity, sessions.get(activity.pk, [])))
    writer.commit()
    writer.wait_merging_threads()
    _open["index"] = _with_dutch(tantivy.Index.open(path))


def _document(activity: Activity, sessions: list[Session]) -> tantivy.Document:
    provider, document = activity.provider, tantivy.Document()
    document.add_integer("id", activity.pk)
    document.add_integer("published", int(activity.published_at.timestamp()) if activity.published_at else 0)
    document.add_text("sorted", activity.title)
    for name in ("title", "summary", "goals", "description"):
        document.add_text(name, getattr(activity, name))
    document.add_text("provider", f"{provider.name} {provider.city}")
    document.add_text("provider_slug", provider.slug)
    for name, values in _terms(activity, sessions).items():
        for value in values:
            document.add_text(name, str(value))
    lat, lon = (activity.venue_lat, activity.venue_lon) if activity.venue_lat else (provider.lat, provider.lon)
    if lat is not None and lon is not None:
        document.add_float("lat", lat)
        document.add_float("lon", lon)
    return document


def _terms(activity: Activity, sessions: list[Session]) -> dict[str, Iterable[Any]]:
    coming = [each for each in sessions if each.date >= timezone.localdate()]
    dated = {each.date.month for each in coming} if sessions else set(activity.months or range(1, 13))
    found = {code for code in _provinces() if _provinces()[code] & set(activity.regions)}
    online = "online" in activity.delivery
    return {
        "delivery": activity.delivery,
        "level": overlapping(activity.levels),
        "month": dated,
        "kind": [activity.kind],
        "theme": activity.themes,
        "covers": activity.regions,
        "region": _provinces() if online else found,
        "audience": activity.audience,
        "free": ["1"] if activity.cost == 0 else [],
        "room": ["1"] if not sessions or any(each.free for each in coming) else [],
    }


@cache
def _provinces() -> Mapping[str, frozenset[str]]:
    geography = Geography(RegionIndex())
    return {code: geography.covering([code]) for code in geography.provinces}


def now() -> Engine:
    return Engine(_open["index"])


class Engine:
    def __init__(self, index: tantivy.Index) -> None:
        self.index, self.searcher = index, index.searcher()

    def result(self, criteria: Criteria, start: int, limit: int) -> tuple[Hits, Facets]:
        return self.find(criteria, start=start, limit=limit), self.facets(criteria)

    def find(self, criteria: Criteria, *, start: int = 0, limit: int = 20) -> Hits:
        order = {"newest": ("published", tantivy.Order.Desc), "title": ("sorted", tantivy.Order.Asc)}.get(criteria.sort)
        query = _all_of(self._clauses(criteria).values())
        by = {"order_by_field": order[0], "order": order[1]} if order else {}
        found = self.searcher.search(query, limit=max(limit, 1), offset=start, **by)
        ids = self.searcher.fast_field_values("id", [address for _, address in found.hits])
        far = np.full(len(ids), np.nan, dtype=np.float32)
        return Hits(ids=np.array(ids, dtype=np.int64), distances=far, total=found.count or 0)

    def facets(self, criteria: Criteria) -> Facets:
        """One question for all filters that are not used, and one for each that is: without itself."""
        clauses = self._clauses(criteria)
        used = [name for name in TERMS if name in clauses]
        free = [name for name in TERMS if name not in clauses]
        counts = self._count(_all_of(clauses.values()), free)
        for name in used:
            others = [each for other, each in clauses.items() if other != name]
            counts |= self._count(_all_of(others), [name])
        return Facets(counts=counts)

    def _count(self, query: Query, names: list[str]) -> dict[str, dict[str, int]]:
        asked = {name: {"terms": {"field": name, "size": 200}} for name in names}
        found = self.searcher.aggregate(query, asked)
        return {name: {each["key"]: int(each["doc_count"]) for each in found[name]["buckets"]} for name in names}

    def counts(self, several: Iterable[Criteria]) -> list[int]:
        """It knows no ways on from a search that finds little."""
        return [0 for _ in several]

    def suggest(self, text: str) -> None:
        """It has none of its own."""

    def _clauses(self, criteria: Criteria) -> Clauses:
        wanted = {
            "level": criteria.levels,
            "theme": criteria.themes,
            "kind": criteria.kinds,
            "audience": criteria.audience,
            "region": criteria.regions,
            "month": [str(month) for month in criteria.months],
            "free": ["1"] if criteria.free else [],
            "room": ["1"] if criteria.room else [],
            "provider_slug": [criteria.provider] if criteria.provider else [],
        }
        clauses = {name: _any_of(name, values) for name, values in wanted.items() if values}
        if criteria.text:
            clauses["text"] = text_query(self.index, criteria.text)
        if criteria.place or criteria.delivery:
            clauses["delivery"] = _delivery(criteria)
        return clauses


def text_query(index: tantivy.Index, text: str) -> Query:
    """All words, in any of the texts; the title counts most."""
    query, _ = index.parse_query_lenient(text, list(TEXTS), field_boosts=TEXTS, conjunction_by_default=True)
    return query


def _any_of(name: str, values: Iterable[str]) -> Query:
    return Query.term_set_query(SCHEMA, name, list(values))


def _all_of(queries: Iterable[Query]) -> Query:
    found = [(MUST, query) for query in queries]
    return Query.boolean_query(found) if found else Query.all_query()


def _delivery(criteria: Criteria) -> Query:
    codes = list(criteria.delivery) or ["at_school", "at_provider", "online"]
    if criteria.place is None:
        return _any_of("delivery", codes)
    covered = _any_of("covers", [*criteria.place.covering, "NL"])
    ways = []
    for code in codes:
        needs = [_any_of("delivery", [code])]
        needs += [covered] if code != "online" else []
        needs += _box(criteria.place, criteria.radius) if code == "at_provider" and criteria.radius else []
        ways.append((tantivy.Occur.Should, _all_of(needs)))
    return Query.boolean_query(ways)


def _box(place: Place, radius: int) -> list[Query]:
    assert place.lat is not None
    assert place.lon is not None
    high = radius / KM_OF_DEGREE
    wide = high / math.cos(math.radians(place.lat))
    sides = (("lat", place.lat, high), ("lon", place.lon, wide))
    return [
        Query.range_query(SCHEMA, name, tantivy.FieldType.Float, middle - half, middle + half)
        for name, middle, half in sides
    ]
