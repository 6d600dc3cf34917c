"""What the mail room does when somebody's address changes, or somebody goes."""

from __future__ import annotations

from django.db import transaction

from techfinder.accounts.models import User
from techfinder.mail.actions.preferences import move_preferences
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailPreferences, OutgoingMail


@transaction.atomic
def move_person(*, user: User, old: str, new: str) -> None:
    """What somebody chose goes along to another address, and so does what waits: but for codes for the old one."""
    move_preferences(old=old, new=new)
    waiting = OutgoingMail.objects.filter(recipient=user, to=old.lower(), state=OutgoingMail.State.QUEUED)
    waiting.exclude(priority=Sort.CODE).update(to=new.lower(), domain=new.lower().rpartition("@")[2])


@transaction.atomic
def forget_person(*, user: User) -> None:
    """Drop what an address chose, and every mail to it."""
    address = user.email.lower()
    MailPreferences.objects.filter(email=address).delete()
    MailPreferences.objects.filter(moved_to=address).delete()
    OutgoingMail.objects.filter(to=address).delete()
    OutgoingMail.objects.filter(recipient=user).delete()
