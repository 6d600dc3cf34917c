"""What an administrator does with a mail by hand: once more, as a new one, or not now."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.actions.history import note
from techfinder.mail.addresses import domain
from techfinder.mail.models import MailHistory, MailLane, OutgoingMail, Suppression
from techfinder.mail.queries import has_stopped

State = OutgoingMail.State
# What may go once more. A mail that went is only copied: receivers drop a second one with the same Message-ID.
AGAIN = (State.QUEUED, State.FAILED, State.SUPPRESSED, State.ASIDE)
COPIED = (State.SENT, State.FAILED)
_NEW = {"pk": None, "state": State.QUEUED, "attempts": 0, "crashes": 0, "sent_at": None, "provider_id": "",
        "fate": "", "reply": "", "worker": "", "lease_until": None}  # fmt: skip


@transaction.atomic
def send_again(*, mail_ids: Collection[int], by: User) -> int:
    """Queue these mails for now, as the same message; what went, goes now or was emptied stays. Returns how many."""
    now = timezone.now()
    held = OutgoingMail.objects.select_for_update().filter(pk__in=mail_ids, state__in=AGAIN).exclude(text="")
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=ids).update(
        state=State.QUEUED, next_attempt_at=now, due_at=now, crashes=0, lease_until=None
    )
    note(mail_ids=ids, what=MailHistory.What.AGAIN, by=by)
    wake("mail.deliver_due")
    return len(ids)


@transaction.atomic
def send_copy(*, mail_id: int, by: User, seen: int) -> OutgoingMail | None:
    """Send the words of a mail once more, as a mail of its own.

    `seen` is how many copies there were on the page of who asks: a second press of the same button changes nothing.
    None when there is nothing to send: a code, words that are no longer kept, a mail that is still to go, or of a sort
    that the address stopped.
    """
    mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
    if not may_copy(mail) or mail.history.filter(what=MailHistory.What.COPIED).count() != seen:
        return None
    copy = _copy_of(mail, number=seen + 1)
    note(mail_ids=[mail.pk], what=MailHistory.What.COPIED, detail=str(copy.uuid), by=by)
    wake("mail.deliver_due")
    return copy


def may_go_again(mail: OutgoingMail) -> bool:
    """Whether it can be queued once more, as the same message."""
    return mail.state in AGAIN and bool(mail.text)


def may_copy(mail: OutgoingMail) -> bool:
    """Whether the words of this mail can go once more.

    A code is of no use later, and emptied; what somebody stopped does not come by another hand.
    """
    can = mail.state in COPIED and not mail.is_code and bool(mail.text)
    return can and not has_stopped(mail.to, mail.group)


def _copy_of(mail: OutgoingMail, *, number: int) -> OutgoingMail:
    now, own = timezone.now(), uuid.uuid4()
    fields = {each.attname: getattr(mail, each.attname) for each in mail._meta.concrete_fields if not each.primary_key}
    new = {"uuid": own, "key": f"again:{mail.uuid}:{number}", "message_id": f"<{own}@{domain()}>"}
    moments = {"created_at": now, "next_attempt_at": now, "due_at": now}
    return OutgoingMail.objects.create(**{**fields, **_NEW, **new, **moments, "slot": None})


@transaction.atomic
def set_aside(*, mail_ids: Collection[int], by: User) -> int:
    """Hold back what waits, until an administrator sends it. Returns how many."""
    held = OutgoingMail.objects.select_for_update().filter(pk__in=mail_ids, state=State.QUEUED)
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=ids).update(state=State.ASIDE)
    note(mail_ids=ids, what=MailHistory.What.SET_ASIDE, by=by)
    return len(ids)


@transaction.atomic
def suppress(*, email: str, by: User) -> None:
    """Mail an address no more, until an administrator or the person says otherwise; a code to sign in still goes."""
    Suppression.objects.get_or_create(
        email=email.lower(), defaults={"why": Suppression.Why.MANUAL, "detail": by.email[:250]}
    )


@transaction.atomic
def open_lane(*, domain: str) -> bool:
    """Try a domain of receivers at once, though its mail server asked for patience. False when none waits."""
    opened = MailLane.objects.filter(domain=domain, not_before__gt=timezone.now()).update(not_before=timezone.now())
    wake("mail.deliver_due")
    return bool(opened)
