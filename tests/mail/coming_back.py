"""Reports as mail servers write them, about a mail of ours."""

from __future__ import annotations

from pathlib import Path

from techfinder.mail.addresses import bounce_address
from techfinder.mail.inbound.receiving import Exit, receive
from techfinder.mail.models import OutgoingMail

REPORTS = Path(__file__).parent / "reports"


def report(name: str, mail: OutgoingMail, *, address: str = "") -> bytes:
    """A report of `reports/` about this mail; `address` when it names another than that of the mail."""
    about, to = address or mail.to, bounce_address(mail.uuid)
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8")
    text = text.replace("{address}", about).replace("{Address}", about.title()).replace("{to}", to)
    return text.replace("\n", "\r\n").encode()


def come_back(name: str, mail: OutgoingMail, *, address: str = "") -> Exit:
    """That report comes in."""
    return receive(raw=report(name, mail, address=address), to=bounce_address(mail.uuid))
