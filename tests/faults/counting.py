"""What arrived, read from the bytes that the mail server kept, against what was to arrive."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.faults.country import TOKEN, Expected, Pair


@dataclass(frozen=True)
class Arrival:
    at: float
    to: str
    message_id: str
    pairs: frozenset[Pair]
    # The one request that it is about, when it is about one.
    about: str


class Inbox:
    """The file of the sink, read on from where the last look ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.arrivals: list[Arrival] = []

    def look(self) -> list[Arrival]:
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self.offset += len(line)
                    self.arrivals.append(_read(json.loads(line)))
        return self.arrivals


def _read(line: dict[str, Any]) -> Arrival:
    message = email.message_from_bytes(base64.b64decode(line["raw"]), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    to = line["to"][0]
    names = TOKEN.findall(body.get_content() if body is not None else "")
    return Arrival(
        at=line["at"],
        to=to,
        message_id=str(message["Message-ID"]),
        pairs=frozenset(_to_school(names) if to.startswith("leraar") else _to_company(names)),
        about=next((name for name in names if name.startswith("R")), ""),
    )


def _to_school(names: list[str]) -> Iterator[Pair]:
    """One request, and what fits it."""
    request = next((name for name in names if name.startswith("R")), "")
    yield from ((request, name) for name in names if name.startswith("A"))


def _to_company(names: list[str]) -> Iterator[Pair]:
    """Each request, followed by the own offer that fits it."""
    request = ""
    for name in names:
        if name.startswith("R"):
            request = name
        else:
            yield request, name


@dataclass
class Verdict:
    expected: int
    mails: int
    # The same mail once more, with the same Message-ID.
    copies: int
    lost: list[str]
    # The same thing told by two mails, or a thing that was not to be told.
    wrong: list[str]
    # When the last mail came.
    last: float

    @property
    def complete(self) -> bool:
        return not self.lost


def judge(expected: Expected, arrivals: list[Arrival], refused: Collection[str] = ()) -> Verdict:
    """`refused` are addresses of which the mail server said that they do not exist."""
    by_id = Counter(each.message_id for each in arrivals)
    first = {each.message_id: each for each in reversed(arrivals)}
    told = _told(first.values())
    return Verdict(
        expected=len(expected),
        mails=len(first),
        copies=len(arrivals) - len(by_id),
        lost=[name for name in _lost(expected, told) if name.split()[0] not in refused],
        wrong=[*_differing(arrivals, first), *_wrong(expected, told)],
        last=max((each.at for each in arrivals), default=0),
    )


@dataclass
class Told:
    """How many mails (not counting copies) told an address of a pair, and that nothing fits a request."""

    pairs: dict[str, Counter[Pair]]
    nothing: Counter[tuple[str, str]]


def _told(mails: Iterable[Arrival]) -> Told:
    told = Told(defaultdict(Counter), Counter())
    for mail in mails:
        told.pairs[mail.to].update(mail.pairs)
        if not mail.pairs:
            told.nothing[mail.to, mail.about] += 1
    return told


def _lost(expected: Expected, told: Told) -> Iterator[str]:
    for address, pairs in expected.pairs.items():
        yield from (f"{address} {pair}" for pair in sorted(pairs - set(told.pairs[address])))
    yield from (f"{to} {name}" for to, name in expected.nothing.items() if not told.nothing[to, name])


def _wrong(expected: Expected, told: Told) -> Iterator[str]:
    for address, found in told.pairs.items():
        yield from (f"{address} {pair} fits not" for pair in set(found) - expected.pairs.get(address, set()))
        yield from (f"{address} {pair} in {count} mails" for pair, count in found.items() if count > 1)
    for (to, name), count in told.nothing.items():
        if expected.nothing.get(to) != name or count > 1:
            yield f"{to} {name}: nothing fits, said {count} times"


def _differing(arrivals: list[Arrival], first: dict[str, Arrival]) -> Iterator[str]:
    """Copies carry the same Message-ID; what carries the same is the same."""
    for each in arrivals:
        one = first[each.message_id]
        if (each.to, each.pairs, each.about) != (one.to, one.pairs, one.about):
            yield f"{each.message_id} is two mails"
