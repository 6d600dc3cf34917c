"""One number per pair for all that is said of it: equal numbers are equal score, reasons and shortfalls.

It is made of the score and of the same numbers that the words are made of (see `Telling`), so that what is stored
need not be put into words to know that it still holds. It does not depend on which other rows are in the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

import numpy as np

from .arrays import Ints, Masks
from .block import Block
from .reasons import REASONS, SHORTFALLS, Telling
from .score import tenths

# To be raised when the same numbers get other words.
EDITION = 1

TELLINGS: Mapping[str, Telling] = MappingProxyType({**REASONS, **SHORTFALLS})


def fingerprint(block: Block) -> Ints:
    """Per pair of the block, shape (pairs,), its fingerprint; the pairs must be eligible.

    Weights enter by the score and by the order that they give to the reasons.
    """
    order = ",".join(block.run.terms.weights.in_order())
    total = np.full(len(block), _salt(f"{EDITION} {order}", 0))
    scores = {"score": [tenths(block)]}
    told = ((name, telling.numbers(block)) for name, telling in TELLINGS.items())
    for name, numbers in chain(scores.items(), told):
        for at, column in enumerate(numbers):
            # A number of 0 adds nothing: a word of themes that another run does not have is no difference.
            total += _mixed(column.view(np.uint64) * _salt(name, at))
    return _mixed(total).view(np.int64)


def _salt(name: str, at: int) -> np.uint64:
    """An odd number of its own for each column."""
    digest = hashlib.blake2b(f"{name} {at}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little") | 1)


def _mixed(values: Masks) -> Masks:
    """Each number scattered over 64 bits, no two alike, 0 as 0 (the finaliser of MurmurHash3)."""
    values = values ^ values >> np.uint64(33)
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values
