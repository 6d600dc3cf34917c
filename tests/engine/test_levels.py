from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import LEAVES, LEVELS, Leaf, LevelTable

from . import reference


def test_the_leaves_are_those_of_the_vocabulary():
    assert [(leaf.code, leaf.sector, leaf.track) for leaf in LEAVES] == reference.LEAVES
    assert len(LEAVES) == 51


@pytest.mark.parametrize(
    ("codes", "leaves"),
    [
        (["po"], {f"po-{year}" for year in range(1, 9)}),
        (["vo-vmbo-tl"], {f"vo-vmbo-tl-{year}" for year in range(1, 5)}),
        (["vo-vmbo"], {f"vo-vmbo-{track}-{year}" for track in ("bb", "kb", "gl", "tl") for year in range(1, 5)}),
        (["so", "po-7"], {"so", "po-7"}),
        ([], set()),
    ],
)
def test_a_code_stands_for_all_under_it(codes, leaves):
    mask = LEVELS.mask_of(codes)
    assert {leaf.code for bit, leaf in enumerate(LEAVES) if mask >> bit & 1} == leaves


@pytest.mark.parametrize(
    ("codes", "short"),
    [
        (["po-7", "po-8"], ("po-7", "po-8")),
        ([f"po-{year}" for year in range(1, 9)], ("po",)),
        (["vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl", "vo-havo-3"], ("vo-vmbo", "vo-havo-3")),
        (["vso", "po", "ko"], ("ko", "po", "vso")),
        (["vo-pro", "vo-vmbo", "vo-havo", "vo-vwo"], ("vo",)),
        ([], ()),
    ],
)
def test_the_fewest_codes(codes, short):
    assert LEVELS.codes_of(LEVELS.mask_of(codes)) == short


@given(st.integers(0, 2 ** len(LEAVES) - 1))
def test_codes_lose_nothing(mask):
    assert LEVELS.mask_of(LEVELS.codes_of(mask)) == mask


def test_an_unknown_code_is_named():
    with pytest.raises(ValueError, match="unknown level 'po-9'"):
        LEVELS.mask_of(["po", "po-9"])


def test_relatives():
    track, sector = LEVELS.relatives(LEVELS.mask_of(["vo-havo-3", "po-7"]))
    assert LEVELS.codes_of(track) == ("po", "vo-havo")
    assert LEVELS.codes_of(sector) == ("po", "vo")


def test_widen_is_relatives_of_a_column():
    masks = [LEVELS.mask_of(codes) for codes in (["po-7"], ["mbo-1", "wo"], [], ["po-7"])]
    tracks, sectors = LEVELS.widen(np.array(masks, dtype=np.uint64))
    assert list(zip(tracks.tolist(), sectors.tolist(), strict=True)) == [LEVELS.relatives(mask) for mask in masks]


def test_a_table_holds_64_leaves_and_no_more():
    leaves = [Leaf(f"x-{number}", "x", "x", number) for number in range(65)]
    assert LevelTable(leaves[:64]).mask_of(["x"]) == 2**64 - 1
    with pytest.raises(ValueError, match="65 levels"):
        LevelTable(leaves)
    with pytest.raises(ValueError, match="same code"):
        LevelTable([leaves[0], leaves[0]])
