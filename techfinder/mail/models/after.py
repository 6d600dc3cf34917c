from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.mail.models.outbox import OutgoingMail


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing(self) -> "SuppressionQuerySet":
        """Those that hold now."""
        return self.filter(models.Q(until=None) | models.Q(until__gt=timezone.now()))

    def dead(self) -> "SuppressionQuerySet":
        """Addresses that take no mail any more, and will not."""
        return self.filter(until=None)


class Suppression(models.Model):
    """An address that must not be mailed, why, and until when."""

    class Why(models.TextChoices):
        BOUNCED = "bounced", _("the address does not exist")
        COMPLAINED = "complained", _("the receiver called our mail spam")
        # Three in a short time: for a while.
        FULL = "full", _("mail came back several times")
        MANUAL = "manual", _("set by an administrator")

    email = models.EmailField(_("e-mail address"), unique=True)
    why = models.CharField(_("reason"), max_length=10, choices=Why, default=Why.BOUNCED)
    detail = models.CharField(_("what the mail server said"), max_length=250, blank=True)
    # Empty: for good.
    until = models.DateTimeField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return self.email


class MailEvent(models.Model):
    """What a mail server or a mail service said afterwards; each once, in whichever order they come."""

    class Type(models.TextChoices):
        DEFERRED = "deferred", _("on its way")
        DELIVERED = "delivered", _("delivered")
        SOFT = "soft", _("came back, may work later")
        HARD = "hard", _("came back for good")
        COMPLAINED = "complained", _("called spam")
        # By the person, who showed to read mail there: what is older does not count any more.
        WANTED = "wanted", _("mail is wanted again")

    # Who said it ("dsn", or the name of a mail service), and its number there.
    source = models.CharField(_("source"), max_length=30)
    event_id = models.CharField(_("number"), max_length=250)
    mail = models.ForeignKey(OutgoingMail, models.CASCADE, null=True, related_name="events", verbose_name=_("mail"))
    email = models.EmailField(_("e-mail address"))
    type = models.CharField(_("type"), max_length=10, choices=Type)
    detail = models.TextField(_("what was said"), blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("report of a mail")
        verbose_name_plural = _("reports of mails")
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="mail_event_once")]
        indexes = [models.Index(fields=["email", "at"], name="mail_event_email")]

    def __str__(self) -> str:
        return f"{self.type} {self.email}"
