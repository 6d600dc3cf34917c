from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.mail.models.outbox import OutgoingMail


class MailHistory(models.Model):
    """What happened to a mail before it went, other than that it went: that is in its row."""

    class What(models.TextChoices):
        WAITED = "waited", _("did not go, is tried again")
        REFUSED = "refused", _("refused for good")
        LOST = "lost", _("the process that was sending it ended")
        SET_ASIDE = "aside", _("set aside")
        AGAIN = "again", _("queued again")
        COPIED = "copied", _("sent again as a new mail")

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="history", verbose_name=_("mail"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    what = models.CharField(_("what happened"), max_length=10, choices=What)
    # The administrator who did it; empty: the machine.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    detail = models.TextField(_("what was said"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("step of a mail")
        verbose_name_plural = _("steps of mails")

    def __str__(self) -> str:
        return f"{self.what} {self.mail_id}"
