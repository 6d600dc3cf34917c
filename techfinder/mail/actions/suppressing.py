"""Addresses that are mailed no more: from what comes back, and until somebody shows to read mail there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from zlib import crc32

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.actions.writing import queue_mail
from techfinder.mail.compose import absolute
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailEvent, OutgoingMail, Suppression
from techfinder.mail.tokens import again_token

Type, Why = MailEvent.Type, Suppression.Why
LOCK = 0x7EC4F6  # the advisory lock of counting what came back from one address
# So many mails that came back in so long a time, and the address is left alone as long.
SOFT, SOFT_WITHIN = 3, dt.timedelta(days=14)
LONGEST_DETAIL = 250
_FOR_GOOD = {Type.HARD: Why.BOUNCED, Type.COMPLAINED: Why.COMPLAINED}


def suppress_after(event: MailEvent) -> None:
    """What one new report does to the address; in the caller's transaction.

    Nothing when somebody has shown since to read mail there: the report is about a mail of before.
    """
    if event.type not in (*_FOR_GOOD, Type.SOFT):
        return
    _take_turns(event.email)
    since = _wanted_since(event.email)
    about = (event.mail and event.mail.sent_at) or event.at
    if since and about <= since:
        return
    if event.type in _FOR_GOOD:
        _for_good(event.email, _FOR_GOOD[Type(event.type)], event.detail)
    elif _came_back(event.email, since) >= SOFT:
        _for_a_while(event)


def _take_turns(email: str) -> None:
    """Two reports of one address at once would each count without the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(email.encode()) >> 1])


def _wanted_since(email: str) -> dt.datetime | None:
    events = MailEvent.objects.filter(email=email, type=Type.WANTED)
    return events.aggregate(latest=Max("at"))["latest"]


def _came_back(email: str, since: dt.datetime | None) -> int:
    """How many mails to this address came back lately: several reports of one mail are one."""
    begin = timezone.now() - SOFT_WITHIN
    events = MailEvent.objects.filter(email=email, type=Type.SOFT, at__gt=max(since, begin) if since else begin)
    return len({mail_id or f"event {pk}" for pk, mail_id in events.values_list("pk", "mail_id")})


def _for_good(email: str, why: Suppression.Why, detail: str) -> None:
    """A pause becomes an end; what stands for good stays as it is."""
    new = {"why": why, "detail": detail[:LONGEST_DETAIL], "until": None, "created_at": timezone.now()}
    row, is_new = Suppression.objects.select_for_update().get_or_create(email=email, defaults=new)
    if not is_new and row.until is not None:
        Suppression.objects.filter(pk=row.pk).update(**new)


def _for_a_while(event: MailEvent) -> None:
    now = timezone.now()
    new = {"why": Why.FULL, "detail": event.detail[:LONGEST_DETAIL], "until": now + SOFT_WITHIN, "created_at": now}
    _row, is_new = Suppression.objects.select_for_update().get_or_create(email=event.email, defaults=new)
    if not is_new:
        Suppression.objects.filter(email=event.email, until__lte=now).update(**new)


@transaction.atomic
def lift_suppression(*, email: str) -> bool:
    """Mail this address again: somebody has just shown to read it, and wants mail. Returns whether it was not mailed.

    Direct questions and answers that were held back in the last two weeks go after all, when they still hold.
    """
    email = email.lower()
    if not Suppression.objects.filter(email=email).delete()[0]:
        return False
    MailEvent.objects.create(source="person", event_id=uuid.uuid4().hex, type=Type.WANTED, email=email)
    now = timezone.now()
    held = OutgoingMail.objects.filter(to=email, state=OutgoingMail.State.SUPPRESSED, priority=Sort.DIRECT)
    if held.filter(created_at__gt=now - SOFT_WITHIN).update(
        state=OutgoingMail.State.QUEUED, next_attempt_at=now, due_at=now
    ):
        wake("mail.deliver_due")
    return True


@transaction.atomic
def ask_to_prove(*, email: str) -> OutgoingMail | None:
    """Mail an address that is mailed no more a button that mails it again: a mail that comes in is the proof."""
    person = User.objects.filter(email=email.lower()).first()
    url = absolute(reverse("mail:again", args=[again_token(email)]))
    key = f"again:{uuid.uuid4()}"
    return queue_mail(key=key, to=email, recipient=person, template="mail_again", context={"button_url": url})


def lift_by_code(*, user: User) -> bool:
    """A code that was mailed came in: the mailbox works. Who called our mail spam is asked, and not taken at that."""
    broken = Suppression.objects.filter(email=user.email.lower(), why__in=[Why.BOUNCED, Why.FULL])
    return broken.exists() and lift_suppression(email=user.email)


@transaction.atomic
def forget_addresses(*, emails: Collection[str]) -> None:
    """A deleted account leaves nothing behind of what came back from its addresses, in lower case."""
    Suppression.objects.filter(email__in=emails).delete()
    MailEvent.objects.filter(email__in=emails).delete()
