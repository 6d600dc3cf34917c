import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.mail.models import OutgoingMail


class SavedSearch(models.Model):
    """Somebody wants to be told when something new fits a search. No account needed: the address was confirmed."""

    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("not confirmed yet")
        ACTIVE = "active", _("on")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")

    class Stopped(models.TextChoices):
        SELF = "self", _("stopped by yourself")
        BOUNCED = "bounced", _("the mail could not be delivered")
        SILENT = "silent", _("nobody said that it is still wanted")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="saved_searches"
    )
    language = models.CharField(_("language"), max_length=2, default="nl")
    # Parameters of the search page as they were saved, and the edition of their meaning.
    criteria = models.JSONField(_("filters"), default=dict)
    edition = models.PositiveSmallIntegerField()
    # Of `criteria`: the same search is kept once per address.
    fingerprint = models.CharField(max_length=32, editable=False)
    # What "less like this" took out: [{"by": "provider" | "kind" | "theme" | "activity", "value": code, slug or id}].
    less = models.JSONField(_("left out"), default=list)
    frequency = models.CharField(_("how often"), max_length=8, choices=Frequency, default=Frequency.DAILY)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNCONFIRMED)
    stopped_because = models.CharField(_("stopped because"), max_length=8, choices=Stopped, blank=True)
    stopped_at = models.DateTimeField(_("stopped on"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # The highest `Activity.arrival` that was sent or was there already: what is higher is new.
    watermark = models.BigIntegerField(default=0)
    # Ids of what was new but hidden when its turn came: it is still news once it is public again.
    passed_over = models.JSONField(default=list)
    next_due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    # The last alert, and what it tells: [[id, kilometres or null]]. Read again when it had to wait.
    told_in = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, editable=False, related_name="+")
    told = models.JSONField(default=list, editable=False)
    wanted_at = models.DateTimeField(_("last said to be wanted"), null=True, blank=True)
    wanted_asked_at = models.DateTimeField(_("asked whether still wanted"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [models.UniqueConstraint(fields=["email", "fingerprint"], name="saved_search_once")]
        indexes = [
            models.Index(fields=["next_due_at", "id"], condition=models.Q(state="active"), name="saved_search_due"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.frequency})"

    @property
    def address(self) -> str:
        """Where its mail goes: a person may have moved to another mailbox."""
        return self.user.email if self.user else self.email
