"""The secret address of a person's calendar: made, mailed, renewed, revoked."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.models import CalendarFeed
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute


@transaction.atomic
def open_feed(*, user: User | None = None, email: str = "") -> CalendarFeed:
    """The running feed of a person, or of an address without an account; made when there is none."""
    user = user or User.objects.filter(email=email.lower(), is_active=True).first()
    whose: dict[str, Any] = {"user": user} if user else {"user": None, "email": email.lower()}
    feed, _made = CalendarFeed.objects.get_or_create(**whose, revoked_at=None)
    return feed


@transaction.atomic
def renew_feed(*, feed_id: int) -> CalendarFeed:
    """Another secret address; the earlier one gives nothing any more."""
    feed = CalendarFeed.objects.select_for_update(of=("self",)).select_related("user").get(pk=feed_id)
    _revoke(feed)
    return open_feed(user=feed.user, email=feed.email)


@transaction.atomic
def stop_feed(*, feed_id: int) -> None:
    """The address gives nothing any more; again is the same."""
    _revoke(CalendarFeed.objects.select_for_update().get(pk=feed_id))


def _revoke(feed: CalendarFeed) -> None:
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])


@transaction.atomic
def mail_feed(*, feed: CalendarFeed) -> None:
    """Send the secret address to whom it is of; the outbox forgets it once it is sent."""
    queue_mail(
        key=f"feed:{uuid.uuid4()}",
        to=feed.user.email if feed.user else feed.email,
        recipient=feed.user,
        language=feed.user.language if feed.user else (translation.get_language() or "nl")[:2],
        template="booking_feed",
        context=of_feed(feed),
    )


def of_feed(feed: CalendarFeed) -> dict[str, Any]:
    """What the mail says: the secret address, and where its person renews or revokes it."""
    return {"feed_url": url_of(feed), "button_url": manage_url(feed)}


def url_of(feed: CalendarFeed) -> str:
    """The secret address itself."""
    return absolute(reverse("bookings:feed", args=[feed.token]))


def manage_url(feed: CalendarFeed) -> str:
    """Where its person renews or revokes it: signed in, or without an account by the secret itself."""
    return absolute(
        reverse("bookings:calendar") if feed.user_id else reverse("bookings:feed_manage", args=[feed.token])
    )
