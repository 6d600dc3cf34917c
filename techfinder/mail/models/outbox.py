import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.mail.kinds import SUGGESTIONS, Group, Sort, kind_of


class OutgoingMail(models.Model):
    """One mail to one person: written with its cause in one transaction, delivered by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed")
        # What it said no longer held when it was to go.
        OVERTAKEN = "overtaken", _("no longer true")
        # It broke whoever tried to send it: an administrator looks.
        ASIDE = "aside", _("set aside")

    class Fate(models.TextChoices):
        """What became of it after the mail server took it; moves down this list only."""

        UNKNOWN = "", _("not known")
        DEFERRED = "deferred", _("on its way")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("came back")
        COMPLAINED = "complained", _("called spam")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=200, unique=True)
    # The template that made it; `kinds` says what follows from that.
    kind = models.CharField(_("kind"), max_length=40)
    priority = models.PositiveSmallIntegerField(_("priority"), default=Sort.DIRECT)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("recipient"),
    )
    # In lower case.
    to = models.EmailField(_("to"))
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    # An event for the receiver's calendar, and what it does there (REQUEST, CANCEL).
    calendar = models.TextField(_("calendar"), blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    thread = models.CharField(_("thread"), max_length=120, blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    # Where it is stopped, when that is no preference: the last part of the address is a token, POST acts.
    unsubscribe_at = models.CharField(max_length=250, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # How often whoever had it was gone before it said what came of it.
    crashes = models.PositiveSmallIntegerField(_("crashes"), default=0)
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    # Which of the few places of its domain it holds while it is being sent (settings.MAIL_PER_DOMAIN).
    slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    # When it was first to go: later than it was made when it waits for the day.
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120)
    # What a mail service calls it.
    provider_id = models.CharField(_("number at the mail service"), max_length=200, blank=True)
    fate = models.CharField(_("afterwards"), max_length=10, choices=Fate, default=Fate.UNKNOWN, blank=True)
    reply = models.TextField(_("answer of the mail server"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            # However many dispatchers: two never hold the same place of a domain.
            models.UniqueConstraint(
                fields=["domain", "slot"], condition=models.Q(state="sending"), name="mail_place_of_domain"
            ),
        ]
        indexes = [
            # Partial: a million sent rows cost the claim nothing.
            models.Index(
                fields=["priority", "next_attempt_at", "id"], condition=models.Q(state="queued"), name="mail_due"
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="mail_leased"),
            models.Index(fields=["state", "-id"], condition=~models.Q(state="sent"), name="mail_not_sent"),
            # What the weekly ceiling counts.
            models.Index(
                fields=["to", "created_at"],
                condition=models.Q(priority__in=[int(each) for each in SUGGESTIONS]),
                name="mail_suggested",
            ),
            # "We got nothing": all mail to an address, or to a domain.
            models.Index(fields=["domain", "to", "-id"], name="mail_address"),
            models.Index(fields=["message_id"], name="mail_message_id"),
            models.Index(fields=["provider_id"], condition=~models.Q(provider_id=""), name="mail_provider_id"),
            models.Index(fields=["thread", "to"], condition=models.Q(state="queued"), name="mail_thread_queued"),
            BrinIndex(fields=["created_at"], name="mail_created"),
        ]

    # What is seen beside the row while it is being sent: whether its address may not be mailed, whether it tries a lane
    # that was shut, and whether a check wrote it anew.
    is_suppressed = False
    is_trial = False
    was_rewritten = False

    def __str__(self) -> str:
        return self.subject

    @property
    def is_code(self) -> bool:
        """Holds what lets somebody in: emptied once it is sent."""
        return self.priority == Sort.CODE

    @property
    def group(self) -> Group | None:
        """The preference that stops it; None when it cannot be stopped."""
        return kind_of(self.kind).group


class MailLane(models.Model):
    """A domain of receivers whose mail server asked for patience: until when, and what it said.

    It stays until a mail to it has gone: meanwhile one at a time tries.
    """

    # In place of a domain: our own mail server or mail service, without which nothing goes.
    SERVER = "*"

    domain = models.CharField(_("domain"), max_length=253, unique=True)
    not_before = models.DateTimeField(_("not before"))
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    reply = models.TextField(_("answer of the mail server"), blank=True)

    class Meta:
        verbose_name = _("domain that waits")
        verbose_name_plural = _("domains that wait")

    def __str__(self) -> str:
        return self.domain
