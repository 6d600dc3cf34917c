from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    INSTANT = "instant", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")
    NONE = "none", _("not by mail")


DIGEST_FREQUENCIES = [Frequency.DAILY, Frequency.WEEKLY, Frequency.NONE]
DAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class MailPreferences(models.Model):
    """What one address wants to be mailed, with an account or without; no row is the same as these defaults."""

    # In lower case.
    email = models.EmailField(_("e-mail address"), unique=True)
    matches = models.CharField(_("mail about matches"), max_length=8, choices=Frequency, default=Frequency.DAILY)
    searches = models.BooleanField(_("mail about saved searches"), default=True)
    reminders = models.BooleanField(_("reminders of what was agreed"), default=True)
    surveys = models.BooleanField(_("questions about how it was"), default=True)
    tasks = models.CharField(
        _("tasks of a coordinator"),
        max_length=8,
        choices=[(each.value, each.label) for each in DIGEST_FREQUENCIES],
        default=Frequency.DAILY,
    )
    most_per_week = models.PositiveSmallIntegerField(
        _("at most so many suggestions a week"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the overview"), default=7, validators=[MinValueValidator(6), MaxValueValidator(20)]
    )
    digest_day = models.PositiveSmallIntegerField(_("day of the weekly overview"), choices=DAYS, default=0)
    # When this person last said to want suggestions, and when we asked.
    wanted_at = models.DateTimeField(_("wanted"), default=timezone.now)
    asked_at = models.DateTimeField(_("asked whether it is wanted"), null=True, blank=True)
    # Whoever had this address has another one now: links in mail to the old one act on that.
    moved_to = models.EmailField(_("moved to"), blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mail preferences")
        verbose_name_plural = _("mail preferences")

    def __str__(self) -> str:
        return self.email
