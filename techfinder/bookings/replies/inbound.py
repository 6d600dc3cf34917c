"""A mail that came in at the reply address of a booking: from its bytes to a message, or why it is none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

from techfinder.bookings.replies.addresses import token_in
from techfinder.mail.inbound.reading import addressed, header, message_of, parts
from techfinder.mail.message import sender

LONGEST_TEXT = 4000
# Of what comes before the reply is cut out of it: the rest is quoted.
LONGEST_READ = 60_000
LANGUAGES = ["nl", "en", "de", "fr"]
LONGEST_ID = 250
ON = ("Op ", "On ", "Am ", "Le ")
WROTE = (" schreef ", " geschreven:", " wrote:", " schrieb ", " écrit")
SENT_FROM = ("Verstuurd vanaf", "Verzonden vanaf", "Verstuurd via", "Sent from", "Get Outlook for")
AUTO = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
# Halves of a character, which some character sets let through, can be kept by no database.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A reply as it came. `text` is what its writer wrote now, without what is quoted."""

    token: str
    name: str
    email: str
    text: str
    message_id: str
    attachments: int
    is_automatic: bool


def read(raw: bytes, *, to: str = "") -> Incoming:
    """Read a whole mail; `to` is the address that the mail server delivers to, when it says so.

    Raises `UnreadableError` for what is too large, or has parts within parts without end.
    """
    mail = message_of(raw)
    name, email = parseaddr(header(mail, "From"))
    return Incoming(
        token=_token(mail, to),
        name=_clean(name)[:120],
        email=email.lower(),
        text=_written(_body(mail)),
        message_id=_message_id(mail, raw),
        attachments=sum(1 for part in parts(mail) if _is_attachment(part)),
        is_automatic=_is_automatic(mail, email),
    )


def _token(mail: EmailMessage, to: str) -> str:
    return next(filter(None, (token_in(each) for each in (to, *addressed(mail)))), "")


def _is_automatic(mail: EmailMessage, email: str) -> bool:
    """Answered by a machine: an absence, a list, a bounce, or one of our own mails that came back."""
    auto = header(mail, "Auto-Submitted").strip().lower()
    if auto not in ("", "no") or any(each in mail for each in AUTO):
        return True
    if header(mail, "Precedence").strip().lower() in BULK or "List-Id" in mail:
        return True
    if header(mail, "Return-Path").strip() == "<>" or mail.get_content_type() == "multipart/report":
        return True
    return bool(token_in(email)) or email.lower() == parseaddr(sender())[1].lower()


def _message_id(mail: EmailMessage, raw: bytes) -> str:
    """That of the mail; without one (or an endless one) a fingerprint, so that the same mail is known again."""
    found = _clean(header(mail, "Message-ID")).strip()
    return found if 0 < len(found) <= LONGEST_ID else f"sha256:{hashlib.sha256(raw).hexdigest()}"


# ------------------------------------------------------------------- words


def _written(text: str) -> str:
    """What was written now: no quoted mail below or between it, no signature, no control characters."""
    own = _without_quotes(_clean(text)[:LONGEST_READ].splitlines())
    # The parser's time grows with the square of the text, and faster with empty lines.
    short = re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip()[:LONGEST_TEXT]
    reply = EmailReplyParser(languages=list(LANGUAGES)).read(short).replies[0]
    return (reply.body or "").strip()


def _without_quotes(lines: list[str]) -> list[str]:
    """The lines above the quoted mail, without those that quote it in between."""
    plain = [line.strip() for line in lines]
    end = next((at for at in range(len(plain)) if _ends_before(plain, at)), len(plain))
    return [line for line in plain[:end] if not line.startswith(">")]


def _ends_before(lines: list[str], at: int) -> bool:
    """Whether what follows is the mail that is answered: "Op vr 20 nov 2026 om 10:12 schreef …:", or wrapped."""
    first = lines[at].lstrip("> ")
    if first.startswith(SENT_FROM):
        return True
    if not first.startswith(ON):
        return False
    wrapped = (" ".join([first, *lines[at + 1 : at + more]]) for more in (1, 2, 3))
    return any(each.endswith(":") and any(verb in each for verb in WROTE) for each in wrapped)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _body(mail: EmailMessage) -> str:
    """The plain text, else the text of the HTML."""
    texts = {part.get_content_type(): part for part in reversed(list(_texts(mail)))}
    if "text/plain" in texts:
        return _decoded(texts["text/plain"])
    return _plain(_decoded(texts["text/html"])) if "text/html" in texts else ""


def _texts(mail: EmailMessage) -> Iterator[EmailMessage]:
    for part in parts(mail):
        if part.get_content_maintype() == "text" and not _is_attachment(part):
            yield part


def _decoded(part: EmailMessage) -> str:
    """The text of a part, whatever character set it names."""
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", errors="replace")
    except (LookupError, UnicodeError):
        # It is unknown, or it cannot go on after a fault, as "idna" cannot.
        return raw.decode("utf-8", errors="replace")


def _is_attachment(part: object) -> bool:
    """A file that was added; not the logo that stands in a signature."""
    return isinstance(part, EmailMessage) and not part.is_multipart() and part.get_content_disposition() == "attachment"


def _plain(html: str) -> str:
    reader = _Plain()
    # A broken declaration stops it; what came before was read.
    with suppress(AssertionError):
        reader.feed(html)
        reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.found))


class _Plain(HTMLParser):
    """The words of a mail in HTML, a line per block; quoted mail as quoted lines are, so that it is cut off."""

    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "hr"})
    HIDDEN = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in self.HIDDEN
        self.quoted += tag == "blockquote"
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.HIDDEN and self.hidden > 0
        self.quoted -= tag == "blockquote" and self.quoted > 0
        if tag in self.BLOCKS - {"br"}:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden and not self.quoted:
            self.found.append(" ".join(data.split()) if data.strip() else " " * bool(data))
