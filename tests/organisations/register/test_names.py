import csv
from pathlib import Path

import pytest

from techfinder.organisations.register.names import cased, folded, searchable

TOWNS = Path(__file__).parents[4] / "shared" / "data" / "geo" / "gemeenten_2024.csv"
# The register tells towns of one name apart in its own way.
OTHERWISE = {"Hengelo (O.)", "Laren (NH.)", "Rijswijk (ZH.)", "Middelburg (Z.)", "Beek (L.)", "Stein (L.)"}
OTHERWISE |= {"Bergen (NH.)", "Bergen (L.)"}


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("ALPHEN AAN DEN RIJN", "Alphen aan den Rijn"),
        ("S GRAVENHAGE", "'s-Gravenhage"),
        ("'S-HERTOGENBOSCH", "'s-Hertogenbosch"),
        ("'T HARDE", "'t Harde"),
        ("IJSSELSTEIN UT", "IJsselstein UT"),
        ("CAPELLE AAN DEN IJSSEL", "Capelle aan den IJssel"),
        ("SUDWEST-FRYSLAN", "Súdwest-Fryslân"),
        ("HAREN GN", "Haren GN"),
        ("ALTEVEER GEM NOORDENVELD", "Alteveer gem Noordenveld"),
        ("2E EXLOERMOND", "2e Exloermond"),
        ("DE BILT", "De Bilt"),
        ("", ""),
    ],
)
def test_capitals_become_names(capitals: str, name: str) -> None:
    assert cased(capitals) == name


@pytest.mark.skipif(not TOWNS.is_file(), reason="the real list of municipalities (../shared/data/geo) is not here")
def test_every_municipality_gets_its_own_name_back() -> None:
    with TOWNS.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    wrong = {row["gemeente"] for row in rows if cased(row["duo_gemeentenaam"]) != row["gemeente"]}
    assert wrong == OTHERWISE


def test_search_is_blind_to_accents_case_and_signs() -> None:
    assert folded("’t Één-Ÿ  KLA4") == "t een y kla4"
    assert searchable("De Één", "'s-Gravenhage") == "de een s gravenhage den haag"
