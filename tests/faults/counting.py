"""What arrived, read from the bytes that the mail server kept, against what was to arrive."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.faults.country import TOKEN, Expected, Pair

TEXT = re.compile(rb"Content-Type: text/plain", re.IGNORECASE)


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
    expected: int = 0
    mails: int = 0
    lost: list[str] = field(default_factory=list)
    # The same mail once more: with the same Message-ID.
    copies: int = 0
    # The same thing told by two mails that differ, or a thing that was not to be told.
    wrong: list[str] = field(default_factory=list)
    last: float = 0

    @property
    def complete(self) -> bool:
        return not self.lost


def judge(expected: Expected, arrivals: list[Arrival], *, refused: set[str] = frozenset()) -> Verdict:  # type: ignore[assignment]
    """`refused` are addresses that the mail server said do not exist."""
    by_id = Counter(each.message_id for each in arrivals)
    first = {each.message_id: each for each in reversed(arrivals)}
    verdict = Verdict(expected=len(expected), mails=len(first), copies=sum(by_id.values()) - len(by_id))
    verdict.last = max((each.at for each in arrivals), default=0)
    verdict.wrong += [
        f"{each.message_id} has two texts" for each in arrivals if each != _as(first[each.message_id], each.at)
    ]
    told: dict[str, Counter[Pair]] = defaultdict(Counter)
    nothing: Counter[tuple[str, str]] = Counter()
    for mail in first.values():
        told[mail.to].update(mail.pairs)
        if not mail.pairs:
            nothing[mail.to, mail.about] += 1
    for address, pairs in expected.pairs.items():
        if address not in refused:
            verdict.lost += [f"{address} {pair}" for pair in sorted(pairs - set(told[address]))]
    verdict.lost += [
        f"{to} {name}" for to, name in expected.nothing.items() if not nothing[to, name] and to not in refused
    ]
    for address, found in told.items():
        verdict.wrong += [f"{address} {pair} not asked for" for pair in set(found) - expected.pairs.get(address, set())]
        verdict.wrong += [f"{address} {pair} in {count} mails" for pair, count in found.items() if count > 1]
    for (to, name), count in nothing.items():
        if expected.nothing.get(to) != name or count > 1:
            verdict.wrong.append(f"{to} {name}: nothing, {count} times")
    return verdict


def _as(arrival: Arrival, at: float) -> Arrival:
    return Arrival(at, arrival.to, arrival.message_id, arrival.pairs, arrival.about)
