"""What came of it: two questions the next day, a longer one each term, and standing partnerships."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models.booking import Booking
from techfinder.organisations.models import Provider, School


class Evaluation(models.Model):
    """One side's word on one booking. Numbers of pupils, never names."""

    class Outcome(models.TextChoices):
        HAPPENED = "happened", _("it happened")
        NOT_HAPPENED = "not_happened", _("it did not happen")
        SCHOOL_ABSENT = "school_absent", _("the school did not come")
        PROVIDER_ABSENT = "provider_absent", _("the provider did not come")

    class Again(models.TextChoices):
        YES = "yes", _("yes")
        MAYBE = "maybe", _("perhaps")
        NO = "no", _("no")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="evaluations", verbose_name=_("booking"))
    side = models.CharField(_("by"), max_length=11, choices=Side)
    outcome = models.CharField(_("did it happen"), max_length=15, choices=Outcome)
    again = models.CharField(_("again"), max_length=5, choices=Again, blank=True)
    pupils = models.PositiveSmallIntegerField(_("pupils"), null=True, blank=True)
    # Together, preparation included.
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, null=True, blank=True, validators=[MaxValueValidator(500)]
    )
    words = models.TextField(_("explanation"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.UniqueConstraint(fields=["booking", "side"], name="evaluation_once"),
            models.CheckConstraint(condition=Q(side__in=PARTIES), name="evaluation_side"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side}: {self.outcome}"


class TermSurvey(models.Model):
    """Some questions to one address about all bookings of a term ("2026-1": August to January, "2026-2" the rest)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    side = models.CharField(_("side"), max_length=11, choices=Side)
    email = models.EmailField(_("e-mail address"))
    term = models.CharField(_("term"), max_length=6)
    bookings = models.PositiveSmallIntegerField(_("bookings"))
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # By question: 1 to 5.
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    words = models.TextField(_("explanation"), max_length=2000, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("term survey")
        verbose_name_plural = _("term surveys")
        constraints = [models.UniqueConstraint(fields=["side", "email", "term"], name="term_survey_once")]

    def __str__(self) -> str:
        return f"{self.term} {self.side}"


class Partnership(models.Model):
    """A school and a provider that work together each year."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="partnerships", verbose_name=_("school"))
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="partnerships", verbose_name=_("provider"))
    proposed_by = models.CharField(_("proposed by"), max_length=11, choices=Side)
    words = models.TextField(_("what you do together"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("proposed"), default=timezone.now)
    accepted_at = models.DateTimeField(_("since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        constraints = [
            models.UniqueConstraint(fields=["school", "provider"], condition=Q(ended_at=None), name="partnership_once")
        ]

    def __str__(self) -> str:
        return f"{self.school} - {self.provider}"


class Plan(models.Model):
    """What a partnership wants to do in a school year; a booking once it was asked."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="plans", verbose_name=_("partnership"))
    # 2026 is 2026-2027.
    year = models.PositiveSmallIntegerField(_("school year"), validators=[MinValueValidator(2020)])
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+", verbose_name=_("activity"))
    month = models.PositiveSmallIntegerField(
        _("month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    words = models.CharField(_("for whom"), max_length=200, blank=True)
    booking = models.ForeignKey(Booking, models.SET_NULL, null=True, blank=True, related_name="plans")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["year", "month", "id"]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return f"{self.partnership_id} {self.year}: {self.activity_id}"
