"""What the words of a mail server say about an address: is it dead, or was it only this mail, now, or us?"""

from __future__ import annotations

import re

# RFC 3463: class, subject, detail.
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([245])\d\d(?=[ -])")
_NOBODY = re.compile(
    r"user unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|address|person|account)"
    r"|(?:does ?n[o']t|not) exist|(?:recipient|address|mailbox|user) ?not ?found|no mailbox here|mailbox unavailable"
    r"|invalid (?:recipient|mailbox)|user doesn't have|account (?:is |has been )?(?:disabled|inactive|closed|deleted)"
    r"|account that you tried to reach is (?:disabled|inactive)|mailbox (?:is )?disabled",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"recipient address rejected", re.IGNORECASE)
# These say it whatever the words; the others only with words that say it. 5.4.1 is what Microsoft 365 answers for an
# address that it does not know; 5.2.1 is also said of who gets too much at once.
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_DEAD_WITH = {
    "5.0.0": _NOBODY,
    "5.1.0": _NOBODY,
    "5.2.1": _NOBODY,
    "5.5.0": _NOBODY,
    "5.4.1": _REFUSED,
}


def code_of(words: str) -> str:
    """The most telling enhanced status code in these words ("5.1.1"); empty when there is none."""
    found = [".".join(each) for each in _CODE.findall(words)]
    return next((each for each in found if not each.endswith(".0.0")), found[0] if found else "")


def _plain_code(words: str) -> str:
    """Of a server without enhanced codes: the class of its reply; without any reply it was final."""
    found = _REPLY.search(words)
    return f"{found[1] if found else 5}.0.0"


def is_dead(words: str) -> bool:
    """Whether a refusal says that nobody reads mail at this address, and that this will not change.

    `words`: the status code and all that the server said. What speaks of us (5.7.x), of a full mailbox, of a network
    or of this mail says nothing about the address.
    """
    code = code_of(words) or _plain_code(words)
    return code in _DEAD or (code in _DEAD_WITH and bool(_DEAD_WITH[code].search(words)))
