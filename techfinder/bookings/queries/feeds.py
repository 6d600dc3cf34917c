"""What is in the calendar of one person."""

from __future__ import annotations

import datetime as dt

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.bookings.access import bookings_of, with_both_sides
from techfinder.bookings.day.calendars import CANCELLED, Entry
from techfinder.bookings.machine import AFTER, SETTLED, Side
from techfinder.bookings.models import Booking, BookingEvent, BookingQuerySet, CalendarFeed

PAST = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=400)
MOST = 200


def running_feed(token: str) -> CalendarFeed | None:
    """The feed at a secret address; None when it was revoked, never was, or is of somebody whose account is closed."""
    feed = CalendarFeed.objects.select_related("user").filter(token=token, revoked_at=None).first()
    return None if feed is None or (feed.user and not feed.user.is_active) else feed


def entries_of(feed: CalendarFeed) -> list[Entry]:
    """The bookings that its person is the contact of, by day: a month back, about a year ahead, the first 200.

    What was cancelled stays for a month, so that a calendar which knows it learns of it.
    """
    own = _of_person(feed).prefetch_related(None).filter(_in_window(timezone.now()))
    rows = with_changes(own).select_related("sheet")
    return [_entry(row, feed) for row in rows.order_by("date", "start", "pk")[:MOST]]


def entry_of(booking: Booking, side: Side) -> Entry:
    """One booking as a party has it in its calendar."""
    return Entry(booking, side, with_changes(Booking.objects.filter(pk=booking.pk)).get().changed_at)  # type: ignore[attr-defined]


def with_changes(bookings: BookingQuerySet) -> BookingQuerySet:
    """Each with `changed_at`: the last step of somebody; the clock's change nothing in a calendar."""
    steps = BookingEvent.objects.filter(booking=OuterRef("pk")).exclude(side=Side.CLOCK).order_by("-pk")
    return bookings.annotate(changed_at=Coalesce(Subquery(steps.values("at")[:1]), "created_at"))


def _of_person(feed: CalendarFeed) -> BookingQuerySet:
    if feed.user is None:
        return with_both_sides().filter(_by_address("school", feed.email) | _by_address("provider", feed.email))
    mine = bookings_of(feed.user).filter(_contact("school", feed.user) | _contact("provider", feed.user))
    return with_both_sides().filter(pk__in=mine.values("pk"))


def _by_address(side: str, email: str) -> Q:
    return Q(**{f"{side}_contact": None, f"{side}_email__iexact": email})


def _contact(side: str, user: User) -> Q:
    return Q(**{f"{side}_contact": user}) | _by_address(side, user.email)


def _in_window(now: dt.datetime) -> Q:
    today = timezone.localdate(now)
    agreed = Q(state__in=[*SETTLED, *AFTER], date__lte=today + AHEAD)
    off = Q(state__in=CANCELLED, ended_at__gte=now - PAST)
    return Q(date__gte=today - PAST) & (agreed | off)


def _entry(booking: Booking, feed: CalendarFeed) -> Entry:
    of_school = booking.school_contact_id == feed.user_id if feed.user_id else False
    by_address = not booking.school_contact_id and booking.school_email.lower() == _email(feed)
    return Entry(booking, Side.SCHOOL if of_school or by_address else Side.PROVIDER, booking.changed_at)  # type: ignore[attr-defined]


def _email(feed: CalendarFeed) -> str:
    return (feed.user.email if feed.user else feed.email).lower()
