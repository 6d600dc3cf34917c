"""What comes back to the envelope sender of a mail: reports of mail servers, and much else that is none."""

from __future__ import annotations

import hashlib
import logging

from techfinder.mail.actions.events import record_event
from techfinder.mail.addresses import BOUNCE, mail_in, token_in
from techfinder.mail.inbound import dsn
from techfinder.mail.inbound.dsn import Report
from techfinder.mail.inbound.receiving import Exit
from techfinder.mail.models import MailEvent, OutgoingMail

logger = logging.getLogger(__name__)
Type = MailEvent.Type
SOURCE = "dsn"


def take_bounce(*, raw: bytes, to: str) -> Exit:
    """Put down what a mail server reports about the mail to whose envelope sender it writes.

    Somebody who is away, and whatever else is no report, changes nothing. What the report says about another address
    than that of the mail changes nothing either: anybody can write to `to`.
    """
    uuid = mail_in(token_in(to, BOUNCE), BOUNCE)
    if uuid is None:
        return Exit.NO_USER
    mail = OutgoingMail.objects.filter(uuid=uuid).first()
    for number, report in enumerate(dsn.read(raw) if mail else []):
        if mail and (said := _said(report, mail.to)):
            record_event(source=SOURCE, event_id=_id(raw, number), said=said, email=mail.to, mail=mail,
                         detail=report.words)  # fmt: skip
    return Exit.OK


def _said(report: Report, address: str) -> MailEvent.Type | None:
    """What the report means for the address of the mail; None when it is about another one, or says nothing of use.

    A mail that was passed on and came back from there: somebody else at this address may have got it.
    """
    if address not in (report.recipient, report.original):
        logger.info("A report of delivery is about another address than that of the mail")
        return None
    if report.action == "failed":
        return Type.HARD if report.is_final and report.recipient == address else Type.SOFT
    return {"delayed": Type.DEFERRED, "delivered": Type.DELIVERED}.get(report.action)


def _id(raw: bytes, number: int) -> str:
    """The same report again is known by its content: its own number may be anything."""
    return f"{hashlib.sha256(raw).hexdigest()}:{number}"
