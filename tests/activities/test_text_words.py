"""Words of Dutch texts: forms, compounds, levels."""

import pytest

from techfinder.activities.search.text import compounds
from techfinder.activities.search.text.documents import Document, fields
from techfinder.activities.search.text.words import fold, pieces, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zonneboot", "zonneboten"),
        ("robot", "robots"),
        ("excursie", "excursies"),
        ("les", "lessen"),
        ("bedrijf", "bedrijven"),
        ("schip", "schepen"),
        ("stad", "steden"),
        ("kind", "kinderen"),
        ("museum", "musea"),
        ("foto", "foto's"),
        ("programmeren", "geprogrammeerd"),
        ("duurzaam", "duurzame"),
        ("groot", "grote"),
        ("lamp", "lampen"),
        ("besparing", "besparen"),
        ("Energie", "énergie"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert set(stems(one.casefold())) & set(stems(other.casefold()))


@pytest.mark.parametrize(
    ("one", "other"), [("boot", "bot"), ("maan", "man"), ("les", "last"), ("week", "weg"), ("kaas", "kas")]
)
def test_other_words_do_not(one: str, other: str) -> None:
    assert not set(stems(one)) & set(stems(other))


def test_folding() -> None:
    assert fold("Één Café's Ïn ’s") == "een cafes in s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("groep 7", [("groep7",)]),
        ("groep 7-8", [("groep7", "groep8")]),
        ("Groepen 5 t/m 7", [("groep5", "groep6", "groep7")]),
        ("groep 6, 7 en 8", [("groep6", "groep7", "groep8")]),
        ("groep 6-7-8", [("groep6", "groep7", "groep8")]),
        ("klas 2 havo", [("klas2",), ("havo",)]),
        ("havo 4", [("havo",), ("klas4",)]),
        ("leerjaar 3", [("klas3",)]),
        ("mbo niveau 2", [("mbo",), ("niveau2",)]),
        ("mbo 4", [("mbo",), ("niveau4",)]),
        ("vmbo-tl", [("vmbo",), ("tl",)]),
        ("groep 12", [("groep",), ("12",)]),
        ("een groep robots", [("een",), ("groep",), ("robots",)]),
        ("3D-printer", [("3d",), ("printer",)]),
    ],
)
def test_words_as_typed(text: str, expected: list[tuple[str, ...]]) -> None:
    assert list(pieces(text)) == expected


def test_a_hyphenated_word_is_there_in_parts_and_as_one() -> None:
    assert words("zonne-energie") == ["zonne-energie", "zonne", "energie"]


def test_levels_are_written_as_words() -> None:
    names = fields(Document(title="", levels=["po-7", "vo-vmbo-tl-3"]))[1]
    assert {"groep7", "basisonderwijs", "po", "vmbo", "tl", "klas3", "voortgezet", "onderwijs"} <= set(names)
    assert "groep8" not in names


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("robotwedstrijd", ("robot", "wedstrijd")),
        ("bedrijfsbezoek", ("bedrijf", "bezoek")),
        ("energietransitie", ("energie", "transitie")),
        ("zonnebootrace", ("zon", "boot", "race")),
        ("zorgrobots", ("zorg", "robot")),
        ("leerlingenraad", ("leerling", "raad")),
        ("robot", ()),
        ("programmeren", ()),
    ],
)
def test_compounds(word: str, expected: tuple[str, ...]) -> None:
    known = {"robot", "wedstrijd", "bedrijf", "bezoek", "energie", "transitie", "zon", "boot", "race", "zorg"}
    assert compounds.parts(word, known | {"leerling", "raad"}) == expected
