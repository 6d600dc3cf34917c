"""The corpus in the database, and how well a ranking does on what teachers type.

The activities are invented. Each question has the activities that somebody who read them all would want to see:
perfect (3), good (2) and acceptable (1). Written before the search was tuned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from techfinder.activities.models import Activity
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory

HERE = Path(__file__).parent
GRADES = {"perfect": 3, "good": 2, "acceptable": 1}
AT_PROVIDER = {"bedrijfsbezoek", "excursie", "speeddate", "masterclass", "docentenstage", "stage"}
FOR_TEACHERS = {"docentenstage", "co-ontwikkeling"}
DEPTH = 10

# A ranking: what somebody types → the ids of the corpus in order, ten at most.
Ranking = Callable[[str], list[str]]


@dataclass(frozen=True)
class Question:
    text: str
    # By id of the corpus: 3, 2 or 1.
    wanted: dict[str, int]


@dataclass(frozen=True)
class Quality:
    """`ndcg`: the mean over the questions that have an answer; the others are shares of those questions."""

    ndcg: float
    nothing_found: float
    best_in_three: float
    each: dict[str, float]


@cache
def corpus() -> dict[str, Any]:
    return json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))


def questions() -> list[Question]:
    rows = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))
    return [
        Question(row["query"], {each: GRADES[grade] for grade, ids in row["wanted"].items() for each in ids})
        for row in rows
    ]


def load() -> dict[int, str]:
    """Write the corpus into the database; gives the id of the corpus of each row."""
    town = RegionFactory()
    providers = {
        key: ProviderFactory(name=row["name"], slug=slugify(row["name"]), city=row["town"], municipality=town)
        for key, row in corpus()["providers"].items()
    }
    return {_activity(row, providers).pk: row["id"] for row in corpus()["activities"]}


def _activity(row: dict[str, Any], providers: dict[str, Any]) -> Activity:
    place = "online" if row["kind"] == "online-les" else "at_provider" if row["kind"] in AT_PROVIDER else "at_school"
    provider = providers[row["provider"]]
    return ActivityFactory(
        provider=provider,
        slug=row["id"],
        delivery=[place],
        audience=["teachers"] if row["kind"] in FOR_TEACHERS else ["pupils"],
        venue_city=provider.city if place == "at_provider" else "",
        **{key: row[key] for key in ("title", "kind", "levels", "themes", "summary", "goals", "description")},
    )


def measure(ranking: Ranking) -> Quality:
    """The quality of a ranking over all questions that have an answer."""
    answered = [(question, ranking(question.text)) for question in questions() if question.wanted]
    each = {question.text: ndcg(found, question.wanted) for question, found in answered}
    best = [_has_best(found[:3], question.wanted) for question, found in answered]
    return Quality(
        ndcg=sum(each.values()) / len(each),
        nothing_found=sum(not found for _, found in answered) / len(answered),
        best_in_three=sum(best) / len(best),
        each=each,
    )


def _has_best(found: list[str], wanted: dict[str, int]) -> bool:
    return max(wanted.values()) in [wanted.get(each) for each in found]


def ndcg(found: list[str], wanted: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten, with gain 2^grade - 1."""
    return _gain([wanted.get(each, 0) for each in found]) / _gain(sorted(wanted.values(), reverse=True))


def _gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))
