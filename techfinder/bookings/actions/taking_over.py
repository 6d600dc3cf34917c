"""A mail that was forwarded: a colleague shows by a code that the address is hers, and goes on in her own name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.accounts import codes
from techfinder.accounts.codes import Verdict
from techfinder.bookings.models import Booking, TakeOverCode
from techfinder.bookings.queries.belonging import belongs
from techfinder.bookings.show.words import name_of
from techfinder.mail.actions import queue_mail

SALT = "techfinder.bookings.take_over"
UrlOf = Callable[[TakeOverCode], str]


class Refused(StrEnum):
    """Why no code was sent."""

    STRANGER = "stranger"  # not of this organisation
    TOO_SOON = "too_soon"


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
    if earlier.filter(sent_at__gt=timezone.now() - codes.RESEND_AFTER).exists():
        return Refused.TOO_SOON
    earlier.delete()
    code = TakeOverCode.objects.create(booking=booking, side=side, email=email.lower(), name=name)
    _mail(booking, code, url_of(code))
    return code


def _mail(booking: Booking, code: TakeOverCode, url: str) -> None:
    digits = codes.make()
    code.code_hash = codes.hashed(digits, salt=SALT, of=code.pk)
    code.save(update_fields=["code_hash"])
    queue_mail(
        key=f"booking-code:{code.pk}",
        to=code.email,
        template="booking_code",
        context=of_code(booking, code, digits, url),
        thread=booking.thread,
    )


def of_code(booking: Booking, code: TakeOverCode, digits: str, url: str) -> dict[str, Any]:
    """What the mail with a code says; `url` is where it is typed."""
    return {
        "code": digits,
        "title": booking.activity.title,
        "organisation": name_of(booking, code.side),
        "button_url": url,
        "valid_minutes": codes.VALID_MINUTES,
    }


@transaction.atomic
def use_code(*, code_id: int, digits: str) -> Verdict:
    """Whether the code is right; counts every attempt. A right one lets her go on once it is used, and stays used."""
    code = TakeOverCode.objects.select_for_update().get(pk=code_id)
    verdict = _judge(code, digits)
    if verdict is Verdict.WRONG:
        code.attempts += 1
        code.save(update_fields=["attempts"])
    if verdict is Verdict.RIGHT:
        code.used_at = timezone.now()
        code.save(update_fields=["used_at"])
    return verdict


def _judge(code: TakeOverCode, digits: str) -> Verdict:
    if code.used_at:
        return Verdict.TOO_OLD
    kept = codes.Kept(code.code_hash, code.sent_at, code.attempts)
    return codes.judge(digits, kept, salt=SALT, of=code.pk)
