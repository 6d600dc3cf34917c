"""Small columns sorted rather than hashed: the same as numpy's own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.arrays import among, distinct

NUMBERS = st.one_of(st.integers(0, 6), st.integers(-(2**62), 2**62))
columns = st.integers(0, 12).flatmap(lambda size: arrays(np.int64, size, elements=NUMBERS))


@given(columns)
def test_distinct_is_unique(values):
    before = values.copy()
    np.testing.assert_array_equal(distinct(values), np.unique(values), strict=True)
    np.testing.assert_array_equal(values, before)


@given(columns, columns)
def test_among_is_isin(values, known):
    known = np.sort(known)
    np.testing.assert_array_equal(among(values, known), np.isin(values, known), strict=True)
