"""Takes in a mail that was sent to the reply address of a booking."""

from __future__ import annotations

from techfinder.accounts.models import User
from techfinder.bookings.actions.messages import CannotWriteError, TooManyError, send_message
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Message, ReplyAddress
from techfinder.bookings.replies.addresses import LOCAL_PART
from techfinder.bookings.replies.inbound import Incoming, read
from techfinder.mail.inbound.reading import UnreadableError
from techfinder.mail.inbound.receiving import Exit, register


def receive(*, raw: bytes, to: str = "") -> Exit:
    """Pass a reply on to the other side. The same mail again, and what a machine answers, does nothing.

    Owns no transaction: `send_message` does. `to`: the address that the mail server delivers to.
    """
    try:
        incoming = read(raw, to=to)
    except UnreadableError:
        return Exit.DATA
    address = ReplyAddress.objects.filter(token=incoming.token).select_related("booking").first()
    if address is None:
        return Exit.NO_USER
    if incoming.is_automatic:
        return Exit.OK
    return _pass_on(address, incoming) if incoming.text else Exit.DATA


def _pass_on(address: ReplyAddress, incoming: Incoming) -> Exit:
    try:
        send_message(
            booking_id=address.booking_id,
            by=_writer(address, incoming),
            text=incoming.text,
            via=Message.Via.MAIL,
            message_id=incoming.message_id,
            refused_attachments=incoming.attachments,
        )
    except (CannotWriteError, TooManyError):
        return Exit.UNAVAILABLE
    return Exit.OK


def _writer(address: ReplyAddress, incoming: Incoming) -> Actor:
    """The contact when it is her address; else who says to be the sender: an address proves nothing."""
    booking, side = address.booking, Side(address.side)
    name, email, _phone = booking.contact(side)
    if email and email.lower() == incoming.email:
        user: User | None = getattr(booking, f"{side}_contact")
        return Actor(side, user=user, name=name or incoming.name, email=email)
    return Actor(side, name=incoming.name, email=incoming.email)


register(LOCAL_PART, receive)
