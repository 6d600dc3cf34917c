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
def call_off(*, thread: str, to: Collection[str] | None = None) -> int:
    """Drop what waits to remind these addresses (all, when none are given) of a thread, or to suggest more of it.

    `thread` is that of the mails, whole. Returns how many were dropped.
    """
    waiting = OutgoingMail.objects.filter(
        state=State.QUEUED, thread=thread, priority__in=[int(each) for each in CALLED_OFF]
    )
    if to is not None:
        waiting = waiting.filter(to__in={address.lower() for address in to})
    return waiting.update(state=State.OVERTAKEN)
