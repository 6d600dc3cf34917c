"""Sets of rows as packed bits: row i is bit i % 64 of word i // 64. Bits past the last row are never set.

A bitmap is of shape (words,); a matrix of them, one per code, of shape (codes, words).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Bools, Ints, Masks

WORD = 64


def words_for(rows: int) -> int:
    """How many words hold so many rows."""
    return -(-rows // WORD)


def pack(bools: Bools) -> Masks:
    """Booleans of shape (..., rows) to bits of shape (..., words)."""
    packed = np.packbits(bools, axis=-1, bitorder="little")
    missing = -packed.shape[-1] % (WORD // 8)
    padded = np.pad(packed, [(0, 0)] * (packed.ndim - 1) + [(0, missing)]) if missing else packed
    return np.ascontiguousarray(padded).view("<u8").astype(np.uint64, copy=False)


def unpack(bits: Masks, rows: int) -> Bools:
    """The reverse of `pack`: bits of shape (..., words) to booleans of shape (..., rows)."""
    as_bytes = np.ascontiguousarray(bits.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(as_bytes, axis=-1, count=rows, bitorder="little").view(np.bool_)


def positions(bits: Masks) -> Ints:
    """The rows of a bitmap, rising."""
    return np.flatnonzero(unpack(bits, len(bits) * WORD))


def count(bits: Masks) -> int:
    """How many rows are in a bitmap."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def counts(matrix: Masks, base: Masks) -> Ints:
    """Per code how many of its rows are in `base`: (codes, words) and (words,) to (codes,)."""
    found: Ints = np.bitwise_count(matrix & base).sum(axis=-1, dtype=np.int64)
    return found


def union(matrix: Masks) -> Masks:
    """The rows that any of the bitmaps has: (codes, words) to (words,)."""
    found: Masks = np.bitwise_or.reduce(matrix, axis=0)
    return found


def intersections_without_each(sets: Sequence[Masks], everything: Masks) -> tuple[Masks, list[Masks]]:
    """What is in all of `sets` and in `everything`; and per set what is in `everything` and all the others."""
    after = [everything]
    for bits in reversed(sets):
        after.append(after[-1] & bits)
    after.reverse()
    others: list[Masks] = []
    before: Masks | None = None
    for at, bits in enumerate(sets):
        others.append(after[at + 1] if before is None else before & after[at + 1])
        before = bits if before is None else before & bits
    return after[0], others


def of_combinations(combination: Ints, holds: Bools, *, at_once: int = 64) -> Masks:
    """One bitmap per code, (codes, words): row i has code c when `holds[c, combination[i]]`.

    `combination` is of shape (rows,), `holds` of shape (codes, combinations). `at_once` codes are spelt out at a time.
    """
    bits = np.zeros((len(holds), words_for(len(combination))), dtype=np.uint64)
    for start in range(0, len(holds), at_once):
        bits[start : start + at_once] = pack(holds[start : start + at_once, combination])
    return bits


def holds(bits: Masks, row: int) -> bool:
    """Whether a bitmap has this row."""
    return bool(int(bits[row // WORD]) >> row % WORD & 1)
