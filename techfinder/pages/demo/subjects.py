"""What the offers of the demo are about: 54 subjects, three in each theme. Everything in them is invented."""

import csv
from pathlib import Path
from typing import NamedTuple


class Subject(NamedTuple):
    theme: str
    topic: str
    make: str
    visit: str
    question: str
    people: str


def _read() -> tuple[Subject, ...]:
    with (Path(__file__).parent / "subjects.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(Subject(**row) for row in csv.DictReader(rows, delimiter="|"))


SUBJECTS = _read()
