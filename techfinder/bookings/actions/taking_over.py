"""A mail that was forwarded: a colleague shows by a code that the address is hers, and goes on in her own name."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from techfinder.bookings.models import Booking, TakeOverCode
from techfinder.bookings.queries.belonging import belongs
from techfinder.bookings.show.words import name_of
from techfinder.mail.actions import queue_mail

VALID = dt.timedelta(hours=1)
RESEND_AFTER = dt.timedelta(minutes=1)
ATTEMPTS = 5
UrlOf = Callable[[TakeOverCode], str]


class Refused(StrEnum):
    """Why no code was sent."""

    STRANGER = "stranger"  # not of this organisation
    TOO_SOON = "too_soon"


class Outcome(StrEnum):
    """What came of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    USED_UP = "used_up"
    TOO_OLD = "too_old"


@transaction.atomic
def send_code(*, booking_id: int, side: str, email: str, name: str, url_of: UrlOf) -> TakeOverCode | Refused:
    """Mail a code of six digits to a colleague; an earlier one of hers no longer works. `url_of`: where it is typed.

    The caller counts how often one address and one mailbox may ask.
    """
    # One at a time for a booking: two requests at once would both find no code of a moment ago.
    rows = Booking.objects.select_for_update(of=("self",), no_key=True)
    booking = rows.select_related("request__school", "activity__provider").get(pk=booking_id)
    if not belongs(booking, side, email):
        return Refused.STRANGER
    earlier = TakeOverCode.objects.filter(booking=booking, side=side, email=email.lower(), used_at=None)
    if earlier.filter(sent_at__gt=timezone.now() - RESEND_AFTER).exists():
        return Refused.TOO_SOON
    earlier.delete()
    code = TakeOverCode.objects.create(booking=booking, side=side, email=email.lower(), name=name)
    _mail(booking, code, url_of(code))
    return code


def _mail(booking: Booking, code: TakeOverCode, url: str) -> None:
    digits = f"{secrets.randbelow(1_000_000):06d}"
    code.code_hash = _hash(code, digits)
    code.save(update_fields=["code_hash"])
    queue_mail(
        key=f"booking-code:{code.pk}",
        to=code.email,
        template="booking_code",
        context={
            "code": digits,
            "title": booking.activity.title,
            "organisation": name_of(booking, code.side),
            "url": url,
            "valid_minutes": VALID.seconds // 60,
        },
    )


@transaction.atomic
def use_code(*, code_id: int, digits: str) -> Outcome:
    """Whether the code is right; counts every attempt. A right one lets her go on once it is used, and stays used."""
    code = TakeOverCode.objects.select_for_update().get(pk=code_id)
    outcome = _judge(code, digits)
    if outcome is Outcome.WRONG:
        code.attempts += 1
        code.save(update_fields=["attempts"])
    if outcome is Outcome.RIGHT:
        code.used_at = timezone.now()
        code.save(update_fields=["used_at"])
    return outcome


def _judge(code: TakeOverCode, digits: str) -> Outcome:
    if code.used_at or timezone.now() - code.sent_at > VALID:
        return Outcome.TOO_OLD
    if code.attempts >= ATTEMPTS:
        return Outcome.USED_UP
    typed = "".join(each for each in digits if each.isdigit())
    return Outcome.RIGHT if constant_time_compare(_hash(code, typed), code.code_hash) else Outcome.WRONG


def _hash(code: TakeOverCode, digits: str) -> str:
    return salted_hmac("techfinder.bookings.take_over", f"{code.pk}:{digits}", algorithm="sha256").hexdigest()
