"""Reports about the delivery of a mail (RFC 3464), as mail servers send them to the envelope sender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from itertools import islice

from techfinder.mail.inbound.reading import UnreadableError, header, message_of
from techfinder.mail.inbound.verdicts import is_dead

# The report comes before the mail that it returns; of what is longer the end is that mail.
READ = 512 * 1024
MOST_RECIPIENTS = 50
LONGEST_WORDS = 2000
_STATUS = ("message/delivery-status", "message/global-delivery-status")


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says about one recipient. `original` is the address as the sender wrote it, when it is told.

    `action`: failed, delayed, delivered, relayed or expanded.
    """

    recipient: str
    original: str
    action: str
    words: str

    @property
    def is_final(self) -> bool:
        """Nobody reads mail there, and that will not change."""
        return is_dead(self.words)


def read(raw: bytes) -> list[Report]:
    """The reports in a mail; none when it is no such report, as an answer of somebody who is away."""
    try:
        mail = message_of(raw[:READ])
    except UnreadableError:
        return []
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    # Only its own parts: a report within the mail that is returned is not about this mail.
    blocks = (block for part in mail.iter_parts() if part.get_content_type() in _STATUS for block in _blocks(part))
    found = (_report(block) for block in islice(blocks, 2 * MOST_RECIPIENTS))
    return [each for each in found if each is not None][:MOST_RECIPIENTS]


def _blocks(part: Message) -> Iterator[Message]:
    """The fields per mail, then those per recipient; some servers do not tell the two apart."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else []:
        if isinstance(block, Message):
            yield block
            yield from _within(block)


def _within(block: Message) -> Iterator[Message]:
    """What Python's parser leaves as text: the rest of an internationalised report."""
    text = block.get_payload()
    if isinstance(text, str) and ":" in text:
        for each in islice(re.split(r"\r?\n\r?\n", text), 2 * MOST_RECIPIENTS):
            yield HeaderParser(policy=policy.default).parsestr(each.lstrip("\r\n"))


def _report(block: Message) -> Report | None:
    if not isinstance(block, EmailMessage):
        return None
    recipient = _address(header(block, "Final-Recipient"))
    if not recipient:
        return None
    return Report(
        recipient=recipient,
        original=_address(header(block, "Original-Recipient")),
        action=header(block, "Action").strip().lower().partition(" ")[0],
        words=_words(block),
    )


def _words(block: EmailMessage) -> str:
    """The status, and what the server said; the code in the latter may tell more."""
    said = header(block, "Diagnostic-Code").partition(";")[2]
    return " ".join(f"{header(block, 'Status')} {said}".replace("\x00", "").split())[:LONGEST_WORDS]


def _address(value: str) -> str:
    """`rfc822; <Jan@School.example>` as `jan@school.example`; empty when it is none."""
    _kind, _sign, found = value.partition(";")
    address = found.strip().strip("<>").strip().lower()
    return address if "@" in address and "\x00" not in address and len(address) <= 254 else ""
