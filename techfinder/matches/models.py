from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request


class MatchQuerySet(models.QuerySet["Match"]):
    def open(self) -> "MatchQuerySet":
        return self.filter(state=Match.State.OPEN)


class Match(models.Model):
    """A pair that the engine found eligible. Kept when it no longer holds: nobody is told twice."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("no longer fits")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        HIDDEN = "hidden", _("hidden")

    # Rule `pair`: these never come back by a rematch.
    SETTLED = (State.DECLINED, State.WITHDRAWN, State.HIDDEN)

    request = models.ForeignKey(Request, models.CASCADE, related_name="matches", verbose_name=_("request"))
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="matches", verbose_name=_("activity"))
    score = models.FloatField(_("score"))
    rank = models.PositiveIntegerField(_("rank"))
    reasons = models.JSONField(_("reasons"), default=list)
    shortfalls = models.JSONField(_("what falls short"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("found"), default=timezone.now)
    # Each side may let the other know once, until bookings take over.
    asked_at = models.DateTimeField(_("asked by the school"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered by the provider"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["request", "rank"]
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [models.UniqueConstraint(fields=["request", "activity"], name="match_pair")]
        indexes = [
            models.Index(fields=["activity", "state"], name="match_activity"),
            models.Index(fields=["request", "state", "rank"], name="match_request"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.activity_id}: {self.score}"


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

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    side = models.CharField(max_length=8, choices=Side)
    match = models.ForeignKey(Match, models.CASCADE, related_name="notifications")
    created_at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="notifications")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "side", "match"], name="notification_once")]
        indexes = [
            models.Index(fields=["recipient"], condition=models.Q(told_at=None), name="notification_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.match_id}"
