"""What a receiver wants no more of."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from techfinder.mail.kinds import KINDS, Group, Sort
from techfinder.mail.models import MailPreferences, OutgoingMail
from techfinder.mail.queries import STOPPED, address_now

State = OutgoingMail.State
# What is not sent any more once somebody declined: an answer still is.
CALLED_OFF = (Sort.REMINDER, Sort.SUGGESTION)


@transaction.atomic
def stop(*, email: str, group: Group) -> MailPreferences:
    """Stop one sort of mail to an address, also what waits already; again is the same."""
    address = address_now(email)
    preferences, _made = MailPreferences.objects.update_or_create(email=address, defaults=STOPPED[group])
    overtake_groups(email=address, groups=[group])
    return preferences


def overtake_groups(*, email: str, groups: Collection[Group]) -> int:
    """What waits for an address that stopped these sorts of mail goes no more. Returns how many."""
    stopped = [name for name, kind in KINDS.items() if kind.group in groups]
    return OutgoingMail.objects.filter(state=State.QUEUED, to=email, kind__in=stopped).update(state=State.OVERTAKEN)


@transaction.atomic
def call_off(*, to: Collection[str], thread: str = "", about: str = "") -> int:
    """Drop what waits to remind these addresses of a thread, or to suggest more of it. Returns how many.

    `thread` is that of the mails; `about` what their keys begin with, when only a part of the thread is meant.
    """
    waiting = OutgoingMail.objects.filter(state=State.QUEUED, priority__in=[int(each) for each in CALLED_OFF])
    waiting = waiting.filter(to__in={address.lower() for address in to}, **({"thread": thread} if thread else {}))
    return waiting.filter(key__startswith=about).update(state=State.OVERTAKEN)
