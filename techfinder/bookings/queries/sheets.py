"""What a day sheet may start with: what was written down the last time, else what the activity says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from techfinder.bookings.day import HOST, ITEMS, LONGEST, host
from techfinder.bookings.machine import SETTLED, Side, State
from techfinder.bookings.models import Booking, BookingQuerySet, DaySheet

# Of these days somebody knows that the sheet was right.
_HELD = (*SETTLED, State.HAPPENED)
_OF_HOST = tuple(each.code for each in ITEMS if each.by == HOST and each.code in LONGEST)
# Of the provider: what a school wrote of its group is of that group.
_OF_PROVIDER = tuple(each.code for each in ITEMS if each.by == Side.PROVIDER and each.code in LONGEST)


def suggested(booking: Booking) -> dict[str, str]:
    """By field of the day sheet what it may start with; nothing that a school wrote for another company to read."""
    found = _of_activity(booking)
    found |= _written(_last(_same_activity(booking)), _OF_PROVIDER)
    found |= _written(_last(_same_place(booking)), _OF_HOST)
    return found


def last_phone(booking: Booking, side: str, email: str) -> str:
    """The number that the contact of this address gave the last time; empty when there was none."""
    theirs = Booking.objects.filter(**{f"{side}_email__iexact": email}).exclude(**{f"{side}_phone": ""})
    of_same = theirs.exclude(pk=booking.pk).order_by("-pk").values_list(f"{side}_phone", flat=True)
    return of_same.first() or ""


def _of_activity(booking: Booking) -> dict[str, str]:
    """An activity's own words, where they fit in a field."""
    activity = booking.activity
    said = {"needs": activity.school_arranges, "clothing": activity.safety_note}
    return {name: text[: LONGEST[name]] for name, text in said.items() if text}


def _written(sheet: DaySheet | None, fields: Iterable[str]) -> dict[str, str]:
    return {name: getattr(sheet, name) for name in fields if sheet and getattr(sheet, name)}


def _same_activity(booking: Booking) -> BookingQuerySet:
    return Booking.objects.filter(activity=booking.activity_id, delivery=booking.delivery)


def _same_place(booking: Booking) -> BookingQuerySet:
    """Where the same side received before: the school its guests, the provider the classes of this activity."""
    if host(booking) == Side.SCHOOL:
        return Booking.objects.filter(request__school=booking.request.school_id, delivery=booking.delivery)
    return _same_activity(booking)


def _last(bookings: BookingQuerySet) -> DaySheet | None:
    sheets = DaySheet.objects.filter(booking__in=bookings.filter(state__in=_HELD).values("pk"))
    return sheets.order_by("-booking__date", "-booking_id").first()
