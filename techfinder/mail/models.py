import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutgoingMail(models.Model):
    """One mail to one person: written with its cause in one transaction, delivered by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("recipient"),
    )
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2, default="nl")
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    # An event for the receiver's calendar, and what it does there (REQUEST, CANCEL).
    calendar = models.TextField(_("calendar"), blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    thread = models.CharField(_("thread"), max_length=120, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    # Holds a code: emptied once it is sent.
    sensitive = models.BooleanField(_("sensitive"), default=False)
    unsubscribe = models.BooleanField(_("can be unsubscribed from"), default=False)
    # Where that is done, when it is not the mail about matches: the last part of the address is a token, POST acts.
    unsubscribe_at = models.CharField(max_length=250, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120)
    reply = models.TextField(_("answer of the mail server"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            # Partial: a million sent rows cost the claim nothing.
            models.Index(fields=["next_attempt_at", "id"], condition=models.Q(state="queued"), name="mail_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="mail_leased"),
        ]

    def __str__(self) -> str:
        return self.subject


class Suppression(models.Model):
    """An address that must not be mailed any more, and why."""

    email = models.EmailField(_("e-mail address"), unique=True)
    reason = models.CharField(_("reason"), max_length=250)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return self.email


class Heartbeat(models.Model):
    """Written by a task: the end-to-end proof that beat, broker, worker and database work."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
