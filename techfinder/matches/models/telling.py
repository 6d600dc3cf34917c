"""Who is to be told of what, and was."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.mail.models import OutgoingMail
from techfinder.matches.models.matches import Match
from techfinder.requests.models import Request


class DigestRun(models.Model):
    """One digest to one person for one period: the unique row makes two beats send one mail."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_runs")
    period_start = models.DateField()
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "period_start"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.period_start}"


class Notification(models.Model):
    """What one person is to be told of one match; `mail` is set once it is in a mail."""

    class Side(models.TextChoices):
        SCHOOL = "school", _("school")
        PROVIDER = "provider", _("provider")

    # Found by `notification_once`; and no mail is there when a row is made.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False
    )
    side = models.CharField(max_length=8, choices=Side)
    match = models.ForeignKey(Match, models.CASCADE, related_name="notifications")
    created_at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(
        OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="notifications", db_index=False
    )
    told_at = models.DateTimeField(null=True, blank=True)
    # Not mailed before: a new activity rests before schools that asked earlier are mailed of it.
    due_at = models.DateTimeField(default=timezone.now)
    # The first that fits a question that this person posted just now: neither bundled nor held for the morning.
    is_answer = models.BooleanField(default=False)
    # In a mail of its own; else it waits for the digest. Settled when it is noted, as is who wants what.
    at_once = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "side", "match"], name="notification_once")]
        indexes = [
            models.Index(fields=["mail"], condition=models.Q(mail__isnull=False), name="notification_mail"),
            models.Index(fields=["recipient"], condition=models.Q(told_at=None), name="notification_waiting"),
            models.Index(fields=["recipient"], condition=models.Q(told_at=None, at_once=True), name="notification_due"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.match_id}"


class NothingFound(models.Model):
    """A request that was matched and has nothing to show: its school is told so once, with what would help."""

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="nothing_found")
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["request"], condition=models.Q(told_at=None), name="nothing_waiting")]

    def __str__(self) -> str:
        return f"{self.request_id}"
