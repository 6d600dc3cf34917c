"""The pairs worth keeping: the best of each request and the best of each activity, found while blocks go by."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from .arrays import Bools, Ints, distinct

_HEADER = struct.Struct("<8sQI")
_MAGIC = b"TF-BEST1"


@dataclass(frozen=True, eq=False)
class Best:
    """Pairs as columns of shape (n,), by request id and then by rank: score falling, activity id rising.

    `score` is in tenths of a point (0..1000). `rank` is the place of the pair within its request and `place` within its
    activity (score falling, request id rising), from 1; what lies beyond the best few has the number after the last,
    so with the best 10 it is 11.
    """

    request_id: Ints
    activity_id: Ints
    score: Ints
    rank: Ints
    place: Ints
    fingerprint: Ints

    def __len__(self) -> int:
        return len(self.request_id)

    def take(self, rows: Ints | Bools) -> Self:
        """Some of the pairs: positions, or a mask of shape (n,)."""
        return type(self)(*(column[rows] for column in self.columns()))

    def columns(self) -> list[Ints]:
        return [getattr(self, field.name) for field in fields(self)]

    def to_bytes(self) -> bytes:
        """Row after row, behind a header with their number and checksum."""
        rows = np.empty(len(self), _ROW)
        for name, column in zip(_ROW.names or (), self.columns(), strict=True):
            rows[name] = column
        body = rows.tobytes()
        return _HEADER.pack(_MAGIC, len(rows), zlib.crc32(body)) + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` made; ValueError when it is anything else, or not whole."""
        data = bytes(data)
        if len(data) < _HEADER.size:
            raise ValueError("these are no best pairs: too short")
        magic, count, checksum = _HEADER.unpack_from(data)
        body = data[_HEADER.size :]
        if magic != _MAGIC or len(body) != count * _ROW.itemsize:
            raise ValueError("these are no best pairs, or not all of them")
        if zlib.crc32(body) != checksum:
            raise ValueError("these best pairs are damaged")
        rows = np.frombuffer(body, _ROW)
        return cls(*(rows[name].astype(np.int64) for name in _ROW.names or ()))


_ROW = np.dtype(
    [
        ("request_id", "<i8"),
        ("activity_id", "<i8"),
        ("score", "<i2"),
        ("rank", "<i4"),
        ("place", "<i4"),
        ("fingerprint", "<i8"),
    ]
)


def combine(parts: Sequence[Best], *, best: int = 10) -> Best:
    """The best pairs of all requests from those of disjoint parts of them, made with the same `best` or a larger one.

    Places are counted over all parts; pairs that are no longer among the best of their request or activity fall out.
    ValueError when two parts have a request in common.
    """
    merged = [np.concatenate(columns) for columns in zip(*(part.columns() for part in [*parts, _NONE]), strict=True)]
    request_id, activity_id, score, rank, place, fingerprint = merged
    if len(distinct(request_id)) != sum(len(distinct(part.request_id)) for part in parts):
        raise ValueError("a request is in two parts")
    # Who is beyond the best of a part is beyond the best of all.
    leads = np.flatnonzero(place <= best)
    places = np.full(len(place), best + 1)
    places[leads] = np.minimum(positions(activity_id[leads], score[leads], request_id[leads]), best + 1)
    whole = Best(request_id, activity_id, score, np.minimum(rank, best + 1), places, fingerprint)
    order = np.lexsort((activity_id, -score, request_id))
    return whole.take(order[((whole.rank <= best) | (places <= best))[order]])


def positions(group: Ints, score: Ints, tie: Ints) -> Ints:
    """Per row its position from 1 among those of its group: score falling, then `tie` rising."""
    order = np.lexsort((tie, -score, group))
    found = np.empty(len(group), dtype=np.int64)
    found[order] = numbered(group[order])
    return found


def numbered(groups: Ints) -> Ints:
    """Number the rows of each group from 1; rows of a group are next to each other."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    number: Ints = np.arange(len(groups)) - np.repeat(starts, np.diff(starts, append=len(groups))) + 1
    return number


@dataclass(frozen=True, slots=True)
class Order:
    """Pairs as single numbers: by group, then score falling, then member rising. Sorting numbers is many times faster
    than sorting positions by three keys. Groups and members are positions, scores tenths up to 1000."""

    members: int

    @property
    def _bits(self) -> int:
        return max(self.members - 1, 1).bit_length()

    def keys(self, group: Ints, score: Ints, member: Ints) -> Ints:
        """One number per pair, shape (pairs,), the lowest for the first."""
        return (group << 10 | (1000 - score)) << self._bits | member

    def groups(self, keys: Ints) -> Ints:
        return keys >> self._bits + 10

    def scores(self, keys: Ints) -> Ints:
        return 1000 - (keys >> self._bits & 1023)

    def members_of(self, keys: Ints) -> Ints:
        return keys & (1 << self._bits) - 1


class Leaders:
    """The best few requests of each activity, while requests stream by in any order.

    `bars` is per activity the score (tenths) that a pair must at least have to be among them; 0 while there are fewer.
    """

    # Pairs that wait until they are compared with each other.
    ROOM = 1 << 17

    def __init__(self, requests: int, activities: int, best: int) -> None:
        self.bars = np.zeros(activities, dtype=np.float32)
        self._last = np.full(activities, np.iinfo(np.int64).max)
        self._best = best
        self._order = Order(requests)
        self._kept = [np.empty(0, dtype=np.int64)]
        self._waiting = 0

    def add(self, r: Ints, a: Ints, score: Ints) -> None:
        """Pairs of positions with their score in tenths; each pair is added once."""
        keys = self._order.keys(a, score, r)
        leading = keys[keys <= self._last[a]]
        self._kept.append(leading)
        self._waiting += len(leading)
        if self._waiting > self.ROOM:
            self._settle()

    def _settle(self) -> Ints:
        """Keep the best; gives their places."""
        keys = np.concatenate(self._kept)
        keys.sort()
        a = self._order.groups(keys)
        place = numbered(a)
        last = place == self._best
        self._last[a[last]] = keys[last]
        self.bars[a[last]] = self._order.scores(keys[last])
        self._kept, self._waiting = [keys[place <= self._best]], 0
        return place[place <= self._best]

    def pairs(self) -> Ints:
        """The best of each activity: rows r, a, score and place, shape (4, n)."""
        place = self._settle()
        keys = self._kept[0]
        return np.stack([self._order.members_of(keys), self._order.groups(keys), self._order.scores(keys), place])


_NONE = Best(*np.empty((6, 0), dtype=np.int64))
