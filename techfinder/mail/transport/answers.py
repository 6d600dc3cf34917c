"""What an answer of a mail server means, by how far the conversation was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

LONGEST_REPLY = 500


class Stage(IntEnum):
    """How far the conversation with the mail server had come."""

    CONNECT = 1
    SENDER = 2
    RECIPIENT = 3
    CONTENT = 4


class Fault(StrEnum):
    """Whose fault it is that a mail did not go: that says what waits, and how long."""

    # Our own mail server or service: no mail goes now.
    SERVER = "server"
    # The receiving domain asks for patience.
    DOMAIN = "domain"
    # Something about this mail, in passing.
    MAIL = "mail"
    # The receiver's mailbox is full.
    FULL = "full"
    # The address does not exist.
    ADDRESS = "address"
    # This mail is not wanted, for good.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail did not go, and what was said."""

    fault: Fault
    reply: str
    # The message was handed over, and no answer came: it may have been taken.
    is_uncertain: bool = False

    @property
    def permanent(self) -> bool:
        return self.fault in (Fault.ADDRESS, Fault.REFUSED)


class NotSentError(Exception):
    """The mail did not go, as far as we know."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reply)
        self.failure = failure


# RFC 3463: class, subject, detail.
_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_OF_AUTHENTICATION = (530, 534, 535, 538)
_OF_ADDRESS = (550, 551, 553)
_TOO_BIG = {(2, 3), (3, 4)}
_MAILBOX_FULL = (2, 2)
# Bad mailbox, bad domain, bad syntax, moved, null MX; 5.4.1 is what Exchange Online says of an unknown address.
_NO_SUCH_ADDRESS = {(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (4, 1)}


def judge(stage: Stage, code: int, reply: bytes | str) -> Failure:
    """A refusal with a code, at this stage of the conversation."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return Failure(_fault(stage, code, _enhanced(text)), f"{code} {text}"[:LONGEST_REPLY])


def judge_silence(stage: Stage, error: Exception) -> Failure:
    """No answer: refused, reset, or too slow. Once a receiver was named it may be because of this mail."""
    fault = Fault.SERVER if stage < Stage.RECIPIENT else Fault.MAIL
    words = f"{type(error).__name__}: {error}"[:LONGEST_REPLY]
    return Failure(fault, words, is_uncertain=stage == Stage.CONTENT)


def _enhanced(text: str) -> tuple[int, int] | None:
    found = _ENHANCED.match(text)
    return (int(found[2]), int(found[3])) if found else None


def _fault(stage: Stage, code: int, detail: tuple[int, int] | None) -> Fault:
    if code in _OF_AUTHENTICATION or stage == Stage.CONNECT:
        return Fault.SERVER
    if stage == Stage.SENDER:
        return Fault.REFUSED if code == 552 else Fault.SERVER
    if detail == _MAILBOX_FULL or (code == 552 and detail is None):
        return Fault.FULL
    return _for_now(code, detail) if code < 500 else _for_good(stage, code, detail)


def _for_now(code: int, detail: tuple[int, int] | None) -> Fault:
    # x.7.x is policy: greylisting, too many connections, too much in an hour.
    asks_patience = code in (421, 432) or (detail is not None and (detail[0] == 7 or detail == (3, 2)))
    return Fault.DOMAIN if asks_patience else Fault.MAIL


def _for_good(stage: Stage, code: int, detail: tuple[int, int] | None) -> Fault:
    if detail in _TOO_BIG:
        return Fault.REFUSED
    of_address = code in _OF_ADDRESS and stage == Stage.RECIPIENT and detail is None
    return Fault.ADDRESS if of_address or detail in _NO_SUCH_ADDRESS else Fault.REFUSED
