"""What the two sides of a booking say to each other, and the addresses that nobody guesses."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.machine import Side
from techfinder.bookings.models.booking import Booking


def secret() -> str:
    """Lower case and digits: the local part of a mail address may lose its capitals on the way."""
    return secrets.token_hex(16)


class Message(models.Model):
    """A word from one side to the other."""

    class Via(models.TextChoices):
        SITE = "site", _("on the site")
        MAIL = "mail", _("by mail")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="messages", verbose_name=_("booking"))
    side = models.CharField(_("by"), max_length=11, choices=Side)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(_("name"), max_length=120, blank=True)
    text = models.TextField(_("message"), max_length=4000)
    via = models.CharField(max_length=4, choices=Via, default=Via.SITE)
    # Of the mail it came by: the same mail twice is one message; to two bookings at once it is one of each.
    message_id = models.CharField(max_length=250, null=True, blank=True)
    refused_attachments = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["booking", "message_id"], name="message_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side}"


class ReplyAddress(models.Model):
    """Where one side's answers by mail to one booking go."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="addresses", verbose_name=_("booking"))
    side = models.CharField(_("side"), max_length=11, choices=Side)
    token = models.CharField(max_length=32, unique=True, default=secret, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "side"], name="reply_address_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side}"


class CalendarFeed(models.Model):
    """The secret address of one person's calendar; a person without an account has one by mail address."""

    token = models.CharField(max_length=32, unique=True, default=secret, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user=None) & ~Q(email="")), name="feed_of_one"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None, user__isnull=False), name="feed_once_user"
            ),
            models.UniqueConstraint(
                fields=["email"], condition=Q(revoked_at=None) & ~Q(email=""), name="feed_once_email"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id or self.pk)


class TakeOverCode(models.Model):
    """A code to a colleague who opened a forwarded mail: with it she acts, and is the contact from then on."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="+")
    side = models.CharField(max_length=11, choices=Side)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    code_hash = models.CharField(max_length=128)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["booking", "sent_at"], name="take_over_of")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side}"
