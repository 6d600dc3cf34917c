"""What a receiver wants to be mailed, and whom we may not mail."""

from __future__ import annotations

from django.db import transaction

from techfinder.mail.kinds import Group
from techfinder.mail.models import Frequency, MailPreferences, Suppression

# What each preference becomes when it is stopped.
STOPPED: dict[Group, dict[str, object]] = {
    Group.MATCHES: {"matches": Frequency.NONE},
    Group.SEARCHES: {"searches": False},
    Group.REMINDERS: {"reminders": False},
    Group.SURVEYS: {"surveys": False},
    Group.TASKS: {"tasks": Frequency.NONE},
}


@transaction.atomic
def stop(*, email: str, group: Group) -> MailPreferences:
    """Stop one sort of mail to an address; again is the same."""
    preferences, _made = MailPreferences.objects.update_or_create(email=email.lower(), defaults=STOPPED[group])
    return preferences


@transaction.atomic
def lift_suppression(*, email: str) -> None:
    """Mail this address again: somebody has just shown to read it, and asked for mail."""
    Suppression.objects.filter(email=email.lower()).delete()
