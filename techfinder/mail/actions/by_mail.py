"""Unsubscribing by mail, for the programs that do not take the link."""

from __future__ import annotations

from techfinder.mail.actions.stopping import stop
from techfinder.mail.addresses import UNSUBSCRIBE, mail_in, token_in
from techfinder.mail.inbound.receiving import Exit
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy.stops import stop_at


def take_unsubscribe(*, raw: bytes, to: str) -> Exit:
    """Stop what the unsubscribe link of a mail stops, whatever the mail to this address says; again is the same."""
    uuid = mail_in(token_in(to, UNSUBSCRIBE), UNSUBSCRIBE)
    mail = OutgoingMail.objects.filter(uuid=uuid).first() if uuid else None
    if mail is None:
        return Exit.NO_USER
    if mail.unsubscribe_at:
        stop_at(mail.unsubscribe_at)
    elif mail.group:
        stop(email=mail.to, group=mail.group)
    return Exit.OK
