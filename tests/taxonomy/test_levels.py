import pytest
from django.utils.translation import override

from techfinder.taxonomy import data
from techfinder.taxonomy.models import Level
from techfinder.taxonomy.queries import leaves_of_mask, level_label, level_leaves, level_rows, mask_of


def test_the_tree_has_the_leaves_of_the_contract() -> None:
    assert len(data.LEAF_ORDER) == 51
    assert len(data.LEAVES["vo"]) == 5 + 16 + 5 + 6
    assert level_leaves(["vo-pro", "po-7"]) == {"po-7", *(f"vo-pro-{year}" for year in range(1, 6))}


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        level_leaves(["po-9"])


def test_masks_go_in_and_out() -> None:
    assert mask_of(["po"]) == sum(1 << data.BITS[f"po-{group}"] for group in range(1, 9))
    assert leaves_of_mask(mask_of(["wo", "po-8", "po-7"])) == ["po-7", "po-8", "wo"]
    assert mask_of([]) == 0


@pytest.mark.parametrize(
    ("codes", "label"),
    [
        ([], ""),
        (["po-7"], "groep 7"),
        (["po-8", "po-7"], "groep 7-8"),
        (["po-3", "po-5", "po-6"], "groep 3, 5-6"),
        (["po"], "groep 1-8"),
        (["vo-vmbo-tl-3"], "vmbo-tl klas 3"),
        (["vo-vmbo"], "vmbo"),
        (["vo-havo-1", "vo-vwo-1"], "havo/vwo klas 1"),
        (["vo-vmbo-bb-1", "vo-vmbo-kb-1", "vo-vmbo-gl-1", "vo-vmbo-tl-1"], "vmbo klas 1"),
        (["vo-havo", "vo-vwo-4", "vo-vwo-5"], "havo, vwo klas 4-5"),
        (["vo"], "voortgezet onderwijs"),
        (["mbo"], "mbo"),
        (["mbo-3", "mbo-4"], "mbo niveau 3-4"),
        (["po-8", "vso", "vo-pro"], "groep 8, voortgezet speciaal onderwijs, praktijkonderwijs"),
        (["ko", "pabo", "wo"], "kinderopvang, pabo, universiteit"),
    ],
)
def test_label_says_it_as_a_teacher_would(codes: list[str], label: str) -> None:
    with override("nl"):
        assert level_label(codes) == label


def test_label_with_ages() -> None:
    with override("nl"):
        assert level_label(["po-7"], ages=True) == "groep 7, 10-11 jaar"
        assert level_label(["po-7", "po-8"], ages=True) == "groep 7-8, 10-12 jaar"
    with override("en"):
        assert level_label(["po-7"], ages=True) == "group 7, 10-11 years"


def test_rows_name_every_sector_also_those_that_are_not_meant() -> None:
    with override("nl"):
        rows = level_rows(["po-6", "po-7", "po-8"])
    assert [(row.sector, row.label, row.ages) for row in rows if row.applies] == [("po", "groep 6-8", "9-12 jaar")]
    assert [row.name for row in rows] == [
        "kinderopvang",
        "basisonderwijs",
        "speciaal onderwijs",
        "voortgezet onderwijs",
        "mbo",
        "hoger onderwijs",
    ]


@pytest.mark.django_db
def test_the_table_says_what_the_code_says() -> None:
    rows = {level.code: level for level in Level.objects.select_related("parent")}
    assert list(rows) == [term.code for term in data.LEVELS]
    for term in data.LEVELS:
        level = rows[term.code]
        assert (level.name, level.bit) == (term.name, data.BITS.get(term.code))
        assert (level.parent.code if level.parent else None) == term.parent
        assert str(level.obk or "") == (term.obk or "")
