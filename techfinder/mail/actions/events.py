"""What mail servers and mail services say afterwards: put down once, and what follows from it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from techfinder.mail.actions.suppressing import suppress_after
from techfinder.mail.models import MailEvent, OutgoingMail

Type, Fate = MailEvent.Type, OutgoingMail.Fate
LONGEST_ID = 250
_FATES = {
    Type.DEFERRED: Fate.DEFERRED,
    Type.DELIVERED: Fate.DELIVERED,
    Type.SOFT: Fate.BOUNCED,
    Type.HARD: Fate.BOUNCED,
    Type.COMPLAINED: Fate.COMPLAINED,
}
_ORDER = list(Fate.values)


@transaction.atomic
def record_event(
    *,
    source: str,
    event_id: str,
    said: MailEvent.Type,
    email: str,
    mail: OutgoingMail | None = None,
    detail: str = "",
    at: dt.datetime | None = None,
) -> bool:
    """Put down one report about an address, and act on it: move the fate of the mail on, suppress the address.

    The same `source` and `event_id` again change nothing, and neither does the order in which reports come. `source` is
    who said it ("dsn", "smtp", or the name of a mail service). Returns whether it was new.
    """
    event, is_new = MailEvent.objects.get_or_create(
        source=source,
        event_id=event_id[:LONGEST_ID],
        defaults={"mail": mail, "email": email.lower(), "type": said, "detail": detail, "at": at or timezone.now()},
    )
    if is_new:
        _move_on(event)
        suppress_after(event)
    return is_new


def _move_on(event: MailEvent) -> None:
    """A fate only goes down the list: what was delivered is not on its way again."""
    fate = _FATES.get(Type(event.type))
    if fate is not None and event.mail_id:
        earlier = _ORDER[: _ORDER.index(fate)]
        OutgoingMail.objects.filter(pk=event.mail_id, fate__in=earlier).update(fate=fate)
