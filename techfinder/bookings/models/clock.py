"""The clock: how long an answer may take in a region, and how providers answer."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.models.booking import Booking
from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region


class ClockRule(models.Model):
    """Working days in a region and all that lies under it; the nearest rule above a school's municipality holds."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="clock", verbose_name=_("region"))
    first_reminder = models.PositiveSmallIntegerField(_("first reminder after"), default=3)
    second_reminder = models.PositiveSmallIntegerField(_("second reminder after"), default=7)
    answer = models.PositiveSmallIntegerField(
        _("answer due after"), default=10, validators=[MinValueValidator(2), MaxValueValidator(30)]
    )
    # After the coordinator was asked to help.
    expire = models.PositiveSmallIntegerField(_("expires after another"), default=5)
    # A request without a place is looked at by a human.
    look = models.PositiveSmallIntegerField(_("a human looks after"), default=15)

    class Meta:
        verbose_name = _("answer times of a region")
        verbose_name_plural = _("answer times of regions")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_reminder__gte=1)
                & Q(first_reminder__lt=models.F("second_reminder"))
                & Q(second_reminder__lt=models.F("answer"))
                & Q(expire__gte=1, look__gte=1),
                name="clock_order",
            )
        ]

    def __str__(self) -> str:
        return str(self.region)


class ProviderRecord(models.Model):
    """How a provider answers; counted each night. Shown on its offers once there are enough."""

    provider = models.OneToOneField(Provider, models.CASCADE, related_name="record", verbose_name=_("provider"))
    asked = models.PositiveIntegerField(_("questions"), default=0)
    answered = models.PositiveIntegerField(_("answered"), default=0)
    # Working days, the median of those that were answered.
    days = models.FloatField(_("days to an answer"), null=True, blank=True)
    silent_in_row = models.PositiveSmallIntegerField(_("silent in a row"), default=0)
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("offers hidden"), null=True, blank=True)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer record")
        verbose_name_plural = _("answer records")

    def __str__(self) -> str:
        return f"{self.provider}: {self.answered}/{self.asked}"


class Task(models.Model):
    """Something that a coordinator has to look at. Of the region of the school, or to which it was handed over."""

    class Kind(models.TextChoices):
        SILENT = "silent", _("no answer came")
        PROVIDER_SILENT = "provider_silent", _("a provider does not answer any more")
        WAITING = "waiting", _("a request waits long")
        CONFLICT = "conflict", _("the two sides tell different things")
        CONCERN = "concern", _("a concern")
        CONTACT_GONE = "contact_gone", _("a contact cannot be reached")
        CANCELLED_LATE = "cancelled_late", _("cancelled shortly before")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    # Of the municipality; the coordinators of all that it lies under see it.
    region = models.ForeignKey(
        Region, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name=_("region")
    )
    booking = models.ForeignKey(Booking, models.CASCADE, null=True, blank=True, related_name="tasks")
    request = models.ForeignKey(Request, models.CASCADE, null=True, blank=True, related_name="tasks")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="tasks")
    note = models.TextField(_("note"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    done_words = models.CharField(_("what was done"), max_length=500, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "booking"], condition=Q(done_at=None, booking__isnull=False), name="task_once_booking"
            ),
            models.UniqueConstraint(
                fields=["kind", "request"],
                condition=Q(done_at=None, booking=None, request__isnull=False),
                name="task_once_request",
            ),
            models.UniqueConstraint(
                fields=["kind", "provider"],
                condition=Q(done_at=None, booking=None, request=None),
                name="task_once_provider",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(done_at=None), name="task_open")]

    def __str__(self) -> str:
        return self.get_kind_display()


class TaskTold(models.Model):
    """Of which task a coordinator was told: once, whichever mail it is in."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, models.CASCADE, related_name="told")
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)
    # In a mail of its own, which is not the overview of that day or week.
    at_once = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "task"], name="task_told_once")]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.task_id}"


class Waiting(models.Model):
    """A request that has no place: since when, and when a human looks."""

    request = models.OneToOneField(Request, models.CASCADE, related_name="waiting", verbose_name=_("request"))
    since = models.DateTimeField(_("waits since"))
    look_on = models.DateField(_("a human looks on"))
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # A colleague's region that took it over; else that of the school.
    handed_to = models.ForeignKey(
        Region, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("handed over to")
    )
    # Of the coordinator to the school, who reads it.
    note = models.CharField(_("note"), max_length=500, blank=True)
    # What the school was mailed last: its place, and how many activities fit.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_place = models.PositiveIntegerField(null=True, blank=True, editable=False)
    told_fits = models.PositiveIntegerField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        verbose_name = _("waiting request")
        verbose_name_plural = _("waiting list")
        indexes = [
            models.Index(fields=["since", "id"], condition=Q(ended_at=None), name="waiting_now"),
            models.Index(fields=["look_on"], condition=Q(ended_at=None), name="waiting_look"),
            models.Index(fields=["told_at"], condition=Q(ended_at=None, told_at__isnull=False), name="waiting_told"),
        ]

    def __str__(self) -> str:
        return str(self.request_id)
