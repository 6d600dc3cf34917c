import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching import bitmaps

sizes = st.integers(0, 300)


@st.composite
def matrices(draw, rows=None):
    size = draw(sizes) if rows is None else rows
    codes = draw(st.integers(0, 5))
    bits = draw(st.lists(st.integers(0, 2**size - 1), min_size=codes, max_size=codes))
    return np.array([[bit >> row & 1 for row in range(size)] for bit in bits], dtype=np.bool_).reshape(codes, size)


@given(matrices())
def test_packed_rows_come_back(bools):
    packed = bitmaps.pack(bools)
    assert packed.shape == (len(bools), bitmaps.words_for(bools.shape[1]))
    assert packed.dtype == np.uint64
    np.testing.assert_array_equal(bitmaps.unpack(packed, bools.shape[1]), bools)
    for one, bits in zip(bools, packed, strict=True):
        assert bitmaps.positions(bits).tolist() == np.flatnonzero(one).tolist()
        assert bitmaps.count(bits) == one.sum()
        assert [bitmaps.holds(bits, row) for row in range(len(one))] == one.tolist()


@given(st.data(), sizes)
def test_counts_and_sets_are_those_of_booleans(data, size):
    codes, sets = data.draw(matrices(size)), data.draw(matrices(size))
    base = data.draw(matrices(size).filter(len))[0]
    packed = bitmaps.pack(codes)
    assert bitmaps.counts(packed, bitmaps.pack(base)).tolist() == (codes & base).sum(axis=1).tolist()
    np.testing.assert_array_equal(bitmaps.unpack(bitmaps.union(packed), size), codes.any(axis=0))
    everything, others = bitmaps.intersections_without_each(list(bitmaps.pack(sets)), bitmaps.pack(base))
    np.testing.assert_array_equal(bitmaps.unpack(everything, size), sets.all(axis=0) & base)
    assert len(others) == len(sets)
    for at, other in enumerate(others):
        expected = np.delete(sets, at, axis=0).all(axis=0) & base
        np.testing.assert_array_equal(bitmaps.unpack(other, size), expected)


@given(st.lists(st.integers(0, 3), max_size=150), st.integers(1, 4), st.data())
def test_rows_with_the_same_codes_are_spelt_out_together(combination, at_once, data):
    holds = data.draw(matrices(4))
    rows = np.array(combination, dtype=np.int64)
    found = bitmaps.of_combinations(rows, holds, at_once=at_once)
    np.testing.assert_array_equal(bitmaps.unpack(found, len(rows)), holds[:, rows])
