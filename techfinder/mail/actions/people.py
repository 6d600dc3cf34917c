"""What the mail room does when somebody's address changes, or somebody goes."""

from __future__ import annotations

from django.db import transaction

from techfinder.accounts.models import User
from techfinder.mail.actions.preferences import move_preferences
from techfinder.mail.actions.suppressing import forget_addresses
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailPreferences, OutgoingMail
from techfinder.mail.queries import addresses_before


@transaction.atomic
def move_person(*, user: User, old: str, new: str) -> None:
    """What somebody chose goes along to another address, and so does what waits: but for codes for the old one."""
    move_preferences(old=old, new=new)
    waiting = OutgoingMail.objects.filter(recipient=user, to=old.lower(), state=OutgoingMail.State.QUEUED)
    waiting.exclude(priority=Sort.CODE).update(to=new.lower(), domain=new.lower().rpartition("@")[2])


@transaction.atomic
def forget_person(*, user: User) -> None:
    """Drop what somebody chose, every mail, and what came back; also of the addresses that were hers before."""
    address = user.email.lower()
    theirs = {address, *addresses_before(address)}
    MailPreferences.objects.filter(email__in=theirs).delete()
    MailPreferences.objects.filter(moved_to=address).update(moved_to="")
    OutgoingMail.objects.filter(to__in=theirs).delete()
    OutgoingMail.objects.filter(recipient=user).delete()
    forget_addresses(emails=theirs)
