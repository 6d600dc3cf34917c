from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity, Session
from techfinder.bookings.machine import OFF
from techfinder.bookings.models import Booking
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region


class Campaign(models.Model):
    """Days on which many ask for the same seats: the coordinator shares them out in rounds."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        PUBLISHED = "published", _("published")
        CLOSED = "closed", _("closed")

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address on the site"), max_length=140, unique=True)
    description = models.TextField(_("goal"), max_length=2000, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="campaigns", verbose_name=_("region"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    # For every request that has none of its own.
    part_min = models.PositiveSmallIntegerField(_("smallest part"), default=10, validators=[MinValueValidator(1)])
    parts_max = models.PositiveSmallIntegerField(_("most parts"), default=1, validators=[MinValueValidator(1)])
    providers_max = models.PositiveSmallIntegerField(_("most providers"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    # Raised by every change of what takes part: a proposal of an older version is not published.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("coordinator")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # When the last of its mails was written; the sweeper finds what is published and not told.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="campaign_days"),
            models.CheckConstraint(
                condition=models.Q(part_min__gte=1, parts_max__gte=1, providers_max__gte=1), name="campaign_bounds"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.slug])

    @property
    def is_draft(self) -> bool:
        """What takes part can still be changed."""
        return self.state == self.State.DRAFT


class CampaignSession(models.Model):
    """A day of an activity, with the seats of it that the campaign shares out."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="places", verbose_name=_("campaign"))
    session = models.ForeignKey(Session, models.CASCADE, related_name="campaigns", verbose_name=_("day"))
    seats = models.PositiveSmallIntegerField(_("seats"))

    class Meta:
        ordering = ["session__date", "session"]
        verbose_name = _("day of a campaign")
        verbose_name_plural = _("days of a campaign")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "session"], name="campaign_session_once"),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="campaign_session_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.session_id} ({self.seats})"


class CampaignRequest(models.Model):
    """A request that takes part; empty bounds are those of the campaign."""

    class Priority(models.IntegerChoices):
        LATER = 0, _("may wait")
        NORMAL = 1, _("normal")
        SOONER = 2, _("first")
        FIRST = 3, _("before all others")

    class Outcome(models.TextChoices):
        """What came of it when the round was published."""

        PLACED = "placed", _("placed")
        UNPLACED = "unplaced", _("no place")
        CLOSED = "closed", _("the request is no longer open")
        GONE = "gone", _("the activity or its day is no longer there")
        FULL = "full", _("the seats were taken meanwhile")
        CHANGED = "changed", _("the request or the activity was changed and no longer fits")

    # Of the proposal, and yet without a place: others were first, or the offer went away.
    SKIPPED = (Outcome.CLOSED, Outcome.GONE, Outcome.FULL, Outcome.CHANGED)

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="asked", verbose_name=_("campaign"))
    request = models.ForeignKey(Request, models.CASCADE, related_name="campaigns", verbose_name=_("request"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    part_min = models.PositiveSmallIntegerField(
        _("smallest part"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    parts_max = models.PositiveSmallIntegerField(
        _("most parts"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    providers_max = models.PositiveSmallIntegerField(
        _("most providers"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    outcome = models.CharField(_("what came of it"), max_length=8, choices=Outcome, blank=True)
    # When its school was mailed about the outcome.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-priority", "request"]
        verbose_name = _("request of a campaign")
        verbose_name_plural = _("requests of a campaign")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "request"], name="campaign_request_once"),
            models.CheckConstraint(condition=models.Q(priority__lte=3), name="campaign_request_priority"),
            models.CheckConstraint(
                condition=(models.Q(part_min=None) | models.Q(part_min__gte=1))
                & (models.Q(parts_max=None) | models.Q(parts_max__gte=1))
                & (models.Q(providers_max=None) | models.Q(providers_max__gte=1)),
                name="campaign_request_bounds",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign"],
                condition=models.Q(told_at=None) & ~models.Q(outcome=""),
                name="campaign_request_untold",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.request_id}"


class Pin(models.Model):
    """What the coordinator settled by hand: this request goes here with so many pupils, or (0) never here."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="pins", verbose_name=_("campaign"))
    request = models.ForeignKey(Request, models.CASCADE, related_name="+", verbose_name=_("request"))
    session = models.ForeignKey(Session, models.CASCADE, related_name="+", verbose_name=_("day"))
    pupils = models.PositiveSmallIntegerField(_("pupils"))

    class Meta:
        ordering = ["campaign", "request", "session"]
        verbose_name = _("pair settled by hand")
        verbose_name_plural = _("pairs settled by hand")
        constraints = [models.UniqueConstraint(fields=["campaign", "request", "session"], name="pin_once")]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.session_id}: {self.pupils}"

    @property
    def is_refusal(self) -> bool:
        return self.pupils == 0


class Round(models.Model):
    """One sharing out: a worker solves it, the coordinator publishes or drops the proposal."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the worker")
        SOLVING = "solving", _("being worked out")
        PROPOSED = "proposed", _("proposal")
        FAILED = "failed", _("failed")
        PUBLISHED = "published", _("published")
        DROPPED = "dropped", _("dropped")

    RUNNING = (State.WAITING, State.SOLVING)

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rounds", verbose_name=_("campaign"))
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    # Of the campaign, when it started: what the coordinator changed since is not in the proposal.
    version = models.PositiveIntegerField()
    # Of all that went into the solver: equal hashes give equal proposals.
    snapshot = models.CharField(max_length=64, blank=True, editable=False)
    # Held by a worker until then; whoever finds it lapsed takes it over.
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    report = models.JSONField(_("report"), default=dict, blank=True)
    problem = models.CharField(_("problem"), max_length=250, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["campaign", "-number"]
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="round_number"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=models.Q(state__in=["waiting", "solving"]),
                name="round_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(state="proposed"), name="round_one_proposal"
            ),
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(state="published"), name="round_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.number} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("campaigns:round", args=[self.campaign.slug, self.number])

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


class AwardQuerySet(models.QuerySet["Award"]):
    """Awards by what became of them."""

    def standing(self) -> Self:
        """Published, and not called off since."""
        return self.filter(given=True).exclude(booking__state__in=OFF)


class Award(models.Model):
    """So many pupils of a request go to this day. The day may be deleted later: its date and activity stay."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="awards", verbose_name=_("round"))
    request = models.ForeignKey(Request, models.CASCADE, related_name="awards", verbose_name=_("request"))
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="awards", verbose_name=_("activity"))
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="awards", verbose_name=_("day")
    )
    date = models.DateField(_("date"))
    pupils = models.PositiveSmallIntegerField(_("pupils"))
    score = models.PositiveSmallIntegerField(_("score in tenths"))
    reasons = models.JSONField(_("reasons"), default=list)
    # Set when the round is published, and only on what was really given.
    given = models.BooleanField(_("given"), default=False)
    # What it became then: both sides go on with that.
    booking = models.OneToOneField(
        Booking, models.SET_NULL, null=True, blank=True, related_name="award", verbose_name=_("booking")
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["round", "date", "id"]
        verbose_name = _("place given")
        verbose_name_plural = _("places given")
        constraints = [
            models.UniqueConstraint(fields=["round", "request", "session"], name="award_once"),
            models.CheckConstraint(condition=models.Q(pupils__gte=1), name="award_pupils"),
            models.CheckConstraint(
                condition=models.Q(booking=None) | models.Q(given=True), name="award_booked_is_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.session_id}: {self.pupils}"

    @property
    def stands(self) -> bool:
        """As `AwardQuerySet.standing`; of an award with `booking` at hand."""
        return self.given and (self.booking is None or self.booking.state not in OFF)


class Unserved(models.Model):
    """A request that gets nothing in a round, why, and what kept its closest misses away (rule and count)."""

    class Reason(models.TextChoices):
        NO_OPTION = "no_option", _("nothing fits")
        LOCKED_OUT = "locked_out", _("refused by hand")
        TOO_LARGE = "too_large", _("the group fits in no place")
        FULL = "full", _("the places went to others")
        CLOSED = "closed", _("the request is no longer open")

    round = models.ForeignKey(Round, models.CASCADE, related_name="unserved", verbose_name=_("round"))
    request = models.ForeignKey(Request, models.CASCADE, related_name="+", verbose_name=_("request"))
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    detail = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["round", "request"]
        verbose_name = _("request without a place")
        verbose_name_plural = _("requests without a place")
        constraints = [models.UniqueConstraint(fields=["round", "request"], name="unserved_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.reason}"
