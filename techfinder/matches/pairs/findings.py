"""What the shards of a full rematch found, on its way from those who find to those who store."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching import Best, combine
from matching.arrays import Ints
from techfinder.matches.pairs.lists import K


@dataclass(frozen=True, eq=False)
class Findings:
    """The best pairs of some requests, with the versions of all rows, by id, that they were found in."""

    best: Best
    request_id: Ints
    request_version: Ints
    activity_id: Ints
    activity_version: Ints

    def to_bytes(self) -> bytes:
        stream = io.BytesIO()
        arrays = {name: getattr(self, name) for name in VERSIONS}
        np.savez(stream, allow_pickle=False, best=np.frombuffer(self.best.to_bytes(), np.uint8), **arrays)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes | memoryview | None) -> Findings:
        """What `to_bytes` made; ValueError when it is anything else."""
        with np.load(io.BytesIO(bytes(data or b"")), allow_pickle=False) as arrays:
            return cls(Best.from_bytes(arrays["best"].tobytes()), *(arrays[name] for name in VERSIONS))


VERSIONS = ("request_id", "request_version", "activity_id", "activity_version")


def put_together(parts: Sequence[Findings]) -> Findings:
    """The findings of all shards as one. Version -1 has an activity that two of them read differently, and a request
    that moved meanwhile and is in two: its pairs are left out, and what they are of has that version too."""
    request_id, request_version = _agreed([(part.request_id, part.request_version) for part in parts], 1)
    activity_id, activity_version = _agreed([(part.activity_id, part.activity_version) for part in parts], len(parts))
    twice = request_id[request_version == -1]
    best, met = [part.best for part in parts], np.empty(0, dtype=np.int64)
    if len(twice):
        moved = [np.isin(each.request_id, twice) for each in best]
        met = np.concatenate([each.activity_id[which] for each, which in zip(best, moved, strict=True)])
        best = [each.take(~which) for each, which in zip(best, moved, strict=True)]
    return Findings(
        best=combine(best, best=K),
        request_id=request_id,
        request_version=request_version,
        activity_id=activity_id,
        activity_version=np.where(np.isin(activity_id, met), -1, activity_version),
    )


def _agreed(parts: Sequence[tuple[Ints, Ints]], wanted: int) -> tuple[Ints, Ints]:
    """Ids, each once and rising, with the version that all say of it; -1 where they differ, or are not so many."""
    ids, versions = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    known, at, times = np.unique(ids, return_inverse=True, return_counts=True)
    low = np.full(len(known), np.iinfo(np.int64).max)
    high = np.full(len(known), -1)
    np.minimum.at(low, at, versions)
    np.maximum.at(high, at, versions)
    # An activity that some did not see at all came or went meanwhile.
    return known, np.where((low == high) & (times == wanted), low, -1)


def changed(ids: Ints, version: Ints, found_id: Ints, found_version: Ints) -> Ints:
    """The ids of rows (id rising, version) that are no longer as they were found, or were not there or are gone."""
    together = np.union1d(ids, found_id)
    now, then = (np.full(len(together), -2) for _ in range(2))
    now[np.searchsorted(together, ids)] = version
    then[np.searchsorted(together, found_id)] = found_version
    different: Ints = together[(now != then) | (then == -1)]
    return different
