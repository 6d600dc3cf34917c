"""What is found by which words, and what comes first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfinder.activities.search.text import Document, Synonyms, build, find, parse

SYNONYMS = Synonyms.of(["excursie, bedrijfsbezoek, op bezoek", "vmbo-tl, mavo", "kunstmatige intelligentie, ai"])
DOCUMENTS = {
    "boats": Document(
        title="Mini-Zonnebootrace",
        labels="wedstrijd energie energie en duurzaamheid",
        levels=["po-6", "po-7", "po-8"],
        provider="Huis van de Techniek",
        co_providers="Vrienden voor Elektro",
        town="Vlissingen",
        description="Klassen bouwen zelf een boot. Op de Open Havendag is de race, met hulp van de haven.",
    ),
    "robots": Document(
        title="Robots bouwen",
        labels="gastles robotica robotica en automatisering",
        levels=["vo-vmbo-tl"],
        provider="Café Robotique",
        town="'s-Hertogenbosch",
        description="Een robotwedstrijd tot slot. Wat is kunstmatige intelligentie? Een les van een uur.",
    ),
    "harbour": Document(
        title="Rondleiding in de haven",
        labels="excursie excursie of techniekdag logistiek",
        levels=["vo-havo-2"],
        description="Je ziet kranen, auto's en schepen van binnen. De race tegen de klok.",
    ),
}
NAMES = list(DOCUMENTS)
MAIN = build(DOCUMENTS.values())
ALIVE = np.ones(len(NAMES), bool)


def hits(text: str) -> list[str]:
    """The names of what is found, best first."""
    found = find([(MAIN, ALIVE)], parse(text, SYNONYMS))
    rows = [row for row in np.argsort(-found.scores[0], kind="stable") if found.masks[0][row]]
    return [NAMES[row] for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zonneboten", ["boats"]),
        ("zonne boot", ["boats"]),
        ("zonneboot", ["boats"]),
        ("schip", ["harbour"]),
        ("auto's", ["harbour"]),
        ("cafe", ["robots"]),
        ("hertogenbosch", ["robots"]),
        ("robots in vlissingen", []),
        ("groep 7", ["boats"]),
        ("groep 5", []),
        ("groep 3-6", ["boats"]),
        ("klas 2", ["robots", "harbour"]),
        ("havo 2", ["harbour"]),
        ("vmbo-tl", ["robots"]),
        ("mavo", ["robots"]),
        ("basisonderwijs", ["boats"]),
        ("logistiek", ["harbour"]),
        ("vrienden elektro", ["boats"]),
        ("op bezoek", ["harbour"]),
        ("AI", ["robots"]),
        ("vliss", ["boats"]),
        ("wat is een robot", ["robots"]),
    ],
)
def test_found(text: str, expected: list[str]) -> None:
    found = hits(text)
    if expected:
        assert set(found) == set(expected)
    else:
        assert find([(MAIN, ALIVE)], parse(text, SYNONYMS)).partly or not found


def test_title_comes_before_description() -> None:
    assert hits("haven")[0] == "harbour"
    assert hits("robot wedstrijd") == ["robots"]


def test_a_part_of_a_compound_counts_less_than_the_word() -> None:
    whole, part = Document(title="Een wedstrijd"), Document(title="Een robotwedstrijd")
    postings = build([part, whole, Document(title="De robot")])
    found, scores = postings.score(parse("wedstrijd", SYNONYMS))
    assert found.tolist() == [True, True, False]
    assert scores[1] > scores[0] > 0


def test_the_word_itself_comes_before_its_synonym() -> None:
    postings = build([Document(title="Bedrijfsbezoek"), Document(title="Excursie")])
    found, scores = postings.score(parse("excursie", SYNONYMS))
    assert found.all()
    assert scores[1] > scores[0]


def test_all_words_are_needed_unless_nothing_has_them() -> None:
    all_words = find([(MAIN, ALIVE)], parse("race haven", SYNONYMS))
    assert not all_words.partly
    some = find([(MAIN, ALIVE)], parse("race haven onvindbaar", SYNONYMS))
    assert some.partly
    assert some.masks[0].tolist() == all_words.masks[0].tolist()
    none = find([(MAIN, ALIVE)], parse("onvindbaar", SYNONYMS))
    assert not none.masks[0].any()
    assert not none.partly


def test_what_is_said_of_everything_is_not_needed_beside_another_word() -> None:
    assert set(hits("techniek in de haven")) == set(hits("haven")) == {"boats", "harbour"}
    assert hits("haven")[0] == "harbour"
    assert hits("techniek in de haven")[0] == "boats"
    assert hits("robot les techniek") == ["robots"]
    assert hits("techniek") == ["boats", "harbour"]


def test_the_parts_of_a_compound_may_stand_apart() -> None:
    postings = build(
        [Document(title="Robotwedstrijd"), Document(title="Wedstrijd met een robot"), Document(title="Robot")]
    )
    found, scores = postings.score(parse("robotwedstrijden", SYNONYMS))
    assert found.tolist() == [True, True, False]
    assert scores[0] > scores[1]


def test_what_no_longer_holds_does_not_count() -> None:
    found = find([(MAIN, np.array([False, True, True]))], parse("zonneboot", SYNONYMS))
    assert not found.masks[0].any()


def test_only_an_unfinished_last_word_is_a_beginning_of_three_letters() -> None:
    assert hits("vli") == ["boats"]
    assert hits("vli ") == []


def test_which_words_a_document_has() -> None:
    assert MAIN.typed_in(parse("robot groep 7 onvindbaar", SYNONYMS), 0) == ("groep7",)


def test_a_compound_that_nothing_has_is_found_by_its_parts() -> None:
    assert set(hits("havenrace")) == {"boats", "harbour"}


def test_no_documents() -> None:
    found, scores = build([]).score(parse("robot", SYNONYMS))
    assert len(found) == len(scores) == 0


WORDS = st.sampled_from(
    ["robot", "robots", "wedstrijd", "robotwedstrijd", "haven", "boot", "groep", "7", "zonne", "zonneboot", "nieuw"]
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
DOCUMENT = st.builds(Document, title=TEXTS, description=TEXTS, levels=st.sampled_from([(), ("po-7",)]))
SOME = st.lists(DOCUMENT, max_size=6)


@settings(max_examples=60, deadline=None)
@given(SOME, SOME, TEXTS)
def test_a_segment_beside_the_main_one_scores_as_if_it_were_in_it(
    old: list[Document], new: list[Document], text: str
) -> None:
    main, query = build(old), parse(text, SYNONYMS)
    beside, whole = build(new, like=main), build(old + new, like=main)
    together = [np.concatenate(pair) for pair in zip(main.counted(query), beside.counted(query), strict=True)]
    assert together[0].tolist() == whole.counted(query)[0].tolist()
    np.testing.assert_allclose(together[1], whole.counted(query)[1], rtol=1e-5)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_searched_and_searched_for(text: str, typed: str) -> None:
    main = build([Document(title=text, description=typed), *DOCUMENTS.values()])
    matched, scores = main.counted(parse(typed, SYNONYMS))
    assert len(matched) == len(scores) == 4
    assert np.isfinite(scores).all()


def test_a_very_long_text_is_cut() -> None:
    assert len(parse("robot boot " * 5_000 + "x" * 10_000, SYNONYMS).needs) <= 12
