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
    """The findings of all shards as one; an activity that two of them read differently has version -1."""
    request_id = np.concatenate([part.request_id for part in parts])
    order = np.argsort(request_id)
    activity_id, activity_version = _agreed(parts)
    return Findings(
        best=combine([part.best for part in parts], best=K),
        request_id=request_id[order],
        request_version=np.concatenate([part.request_version for part in parts])[order],
        activity_id=activity_id,
        activity_version=activity_version,
    )


def _agreed(parts: Sequence[Findings]) -> tuple[Ints, Ints]:
    ids = np.concatenate([part.activity_id for part in parts])
    versions = np.concatenate([part.activity_version for part in parts])
    known, at, times = np.unique(ids, return_inverse=True, return_counts=True)
    low = np.full(len(known), np.iinfo(np.int64).max)
    high = np.full(len(known), -1)
    np.minimum.at(low, at, versions)
    np.maximum.at(high, at, versions)
    # One that some did not see at all came or went meanwhile.
    return known, np.where((low == high) & (times == len(parts)), low, -1)


def changed(ids: Ints, version: Ints, found_id: Ints, found_version: Ints) -> Ints:
    """The ids of rows (id rising, version) that are no longer as they were found, or were not there or are gone."""
    together = np.union1d(ids, found_id)
    now, then = (np.full(len(together), -2) for _ in range(2))
    now[np.searchsorted(together, ids)] = version
    then[np.searchsorted(together, found_id)] = found_version
    different: Ints = together[(now != then) | (then == -1)]
    return different
