"""Codes of six digits that show that a mailbox is somebody's: made, kept as a hash only, and judged."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

DIGITS = 6
VALID = dt.timedelta(hours=1)
VALID_MINUTES = VALID.seconds // 60
RESEND_AFTER = dt.timedelta(minutes=1)
ATTEMPTS = 5


class Verdict(StrEnum):
    """What came of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    USED_UP = "used_up"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a code: its hash, when it was mailed, and how often it was tried in vain."""

    hash: str
    sent_at: dt.datetime | None
    attempts: int


def make() -> str:
    """A new code, in digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def hashed(code: str, *, salt: str, of: object) -> str:
    """What may be kept of a code; `salt` says what it is for, `of` whose it is.

    Keyed with the site's secret: six digits of a leaked database could otherwise be tried in no time.
    """
    return salted_hmac(salt, f"{of}:{code}", algorithm="sha256").hexdigest()


def judge(typed: str, kept: Kept, *, salt: str, of: object) -> Verdict:
    """Whether what was typed, with blanks or dashes in it or not, is the code. The caller counts the wrong ones."""
    if kept.attempts >= ATTEMPTS:
        return Verdict.USED_UP
    if kept.sent_at is None or timezone.now() - kept.sent_at > VALID:
        return Verdict.TOO_OLD
    digits = "".join(each for each in typed if each.isdigit())
    is_right = constant_time_compare(hashed(digits, salt=salt, of=of), kept.hash)
    return Verdict.RIGHT if is_right else Verdict.WRONG
