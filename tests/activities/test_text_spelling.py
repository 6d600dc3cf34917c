"""Did you mean."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.activities.search.text import Document, build, suggest

VOCABULARY = build(
    [
        Document(title="Zonneboot race in Vlissingen", description="robot wedstrijd"),
        Document(title="Robots en robot", description="wedstrijd bouwen in de haven"),
        Document(title="De baken in de haven", description="haven"),
    ]
).statistics


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("zonenboot", "zonneboot"),
        ("Zonnebot Race", "zonneboot Race"),
        ("wedstirjd, in Vlissngen!", "wedstrijd, in vlissingen!"),
        ("robto", "robot"),
        ("haben", "haven"),
        ("zonneboten", None),
        ("robot", None),
        ("rob", None),
        ("robottt xyzxyz", "robot xyzxyz"),
        ("xyzxyz", None),
        ("robotwedstrijd", None),
        ("", None),
        ("12345 %%% ''", None),
    ],
)
def test_suggestion(typed: str, expected: str | None) -> None:
    assert suggest(typed, VOCABULARY) == expected


def test_short_words_may_be_one_letter_off_only() -> None:
    assert suggest("rbto", VOCABULARY) is None
    assert suggest("vlisngen", VOCABULARY) == "vlissingen"


def test_without_a_vocabulary_there_is_nothing_to_say() -> None:
    assert suggest("robto", build([]).statistics) is None


def test_a_very_long_text_takes_no_time() -> None:
    start = time.process_time()
    suggest("zonenboot " * 1_000, VOCABULARY)
    suggest("q" * 10_000, VOCABULARY)
    assert time.process_time() - start < 0.5


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_any_text(typed: str) -> None:
    better = suggest(typed, VOCABULARY)
    assert better is None or better != typed
