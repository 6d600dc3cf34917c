"""A booking, what was proposed in it, and all that happened to it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity, Session
from techfinder.bookings.machine import AFTER, ENDS, LIVE, SETTLED, STARTS, TRANSITIONS, WAITING, Next, Side, State
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery


class Series(models.Model):
    """Bookings that belong together: parallel classes, parts of a group, a row of lessons, neighbours in one bus."""

    class Kind(models.TextChoices):
        CLASSES = "classes", _("parallel classes")
        SPLIT = "split", _("parts of one group")
        ROW = "row", _("a series")
        TOGETHER = "together", _("schools together in one visit")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        return self.filter(state__in=LIVE)

    def waiting(self) -> BookingQuerySet:
        """For an answer of one of the parties."""
        return self.filter(state__in=WAITING)

    def settled(self) -> BookingQuerySet:
        return self.filter(state__in=SETTLED)

    def seated(self) -> BookingQuerySet:
        """Those that came to an agreement, whatever came of it later."""
        return self.filter(state__in=(*SETTLED, State.HAPPENED))


# What ends holds no seat, waits for nobody and has no next step; what lives always has one.
LIVES = Q(state__in=LIVE) & ~Q(next_step="") & Q(next_step_at__isnull=False, ended_at=None)
ENDED = Q(state__in=ENDS, next_step="", next_step_at=None, turn="", ended_at__isnull=False)


class Booking(models.Model):
    """From "we would like this" to "it happened". Written by `bookings.actions` only."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(Request, models.PROTECT, related_name="bookings", verbose_name=_("request"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="bookings", verbose_name=_("activity"))
    # The parallel classes of one request are its parts.
    part = models.PositiveSmallIntegerField(_("part"), default=1)
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="bookings", verbose_name=_("series")
    )
    asked_by = models.CharField(_("asked by"), max_length=11, choices=Side)
    state = models.CharField(_("state"), max_length=15, choices=State, default=State.ASKED)
    # Whose answer is awaited: on the question, on a proposal, or on a change of what was agreed.
    turn = models.CharField(_("waits for"), max_length=11, choices=Side, blank=True)

    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="bookings", verbose_name=_("day with places")
    )
    seats_held = models.PositiveSmallIntegerField(default=0, editable=False)
    queued_at = models.DateTimeField(_("in the queue since"), null=True, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    start = models.TimeField(_("from"), null=True, blank=True)
    end = models.TimeField(_("until"), null=True, blank=True)
    delivery = models.CharField(_("where"), max_length=11, choices=Delivery)
    pupils = models.PositiveSmallIntegerField(_("pupils"))
    # So many of the request's group were asked for; fewer may come in the end.
    covers = models.PositiveSmallIntegerField(default=0, editable=False)
    adults = models.PositiveSmallIntegerField(_("adults"), null=True, blank=True)
    words = models.TextField(_("message"), max_length=2000, blank=True)

    school_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    school_name = models.CharField(_("contact at the school"), max_length=120, blank=True)
    school_email = models.EmailField(_("e-mail address"), blank=True)
    school_phone = models.CharField(_("telephone on the day"), max_length=20, blank=True)
    provider_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    provider_name = models.CharField(_("contact at the provider"), max_length=120, blank=True)
    provider_email = models.EmailField(_("e-mail address"), blank=True)
    provider_phone = models.CharField(_("telephone on the day"), max_length=20, blank=True)

    # Raised by every step: a link of an earlier one says what happened since.
    version = models.PositiveIntegerField(default=1)
    # Of the calendar: raised by what changes there.
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    # When the other side first reacted, however it did.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # Since when that answer is awaited: the clock counts from here.
    turn_since = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=13, choices=Next, blank=True)
    next_step_at = models.DateTimeField(_("on"), null=True, blank=True)
    # "I answered another way": by whom, and when.
    elsewhere_by = models.CharField(max_length=11, choices=Side, blank=True)
    elsewhere_at = models.DateTimeField(null=True, blank=True)
    school_confirmed_at = models.DateTimeField(_("confirmed by the school"), null=True, blank=True)
    provider_confirmed_at = models.DateTimeField(_("confirmed by the provider"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.CharField(_("by"), max_length=11, choices=Side, blank=True)
    end_reason = models.CharField(_("reason"), max_length=16, blank=True)
    end_words = models.CharField(_("explanation"), max_length=500, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.CheckConstraint(condition=LIVES | ENDED, name="booking_next_or_end"),
            models.CheckConstraint(
                condition=~Q(state__in=WAITING) | Q(turn__in=[Side.SCHOOL, Side.PROVIDER]), name="booking_turn"
            ),
            models.CheckConstraint(condition=~Q(state=State.QUEUED) | Q(turn=""), name="booking_queue_waits"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PROPOSED, *SETTLED, *AFTER]) | Q(date__isnull=False),
                name="booking_date",
            ),
            models.CheckConstraint(
                condition=Q(seats_held=0) | Q(state__in=[*WAITING, *SETTLED, *AFTER]), name="booking_seats"
            ),
            models.CheckConstraint(condition=Q(pupils__gte=1), name="booking_pupils"),
            models.UniqueConstraint(
                fields=["request", "activity", "part"], condition=Q(state__in=LIVE), name="booking_once"
            ),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], condition=Q(state__in=LIVE), name="booking_clock"),
            models.Index(fields=["session", "queued_at", "id"], condition=Q(state=State.QUEUED), name="booking_queue"),
            models.Index(fields=["activity", "state"], name="booking_activity"),
            models.Index(fields=["date"], condition=Q(state__in=SETTLED), name="booking_day"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="booking_steps",
                field="state",
                transitions=[(before, after) for before, later in TRANSITIONS.items() for after in later],
            ),
            pgtrigger.Protect(
                name="booking_starts", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state__in=STARTS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.activity_id}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:detail", args=[self.uuid])

    @property
    def thread(self) -> str:
        """What its mails hang together by: with those about the request, and in there with each other."""
        return f"{self.request.thread} booking-{self.uuid}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def contact(self, side: str) -> tuple[str, str, str]:
        """Name, e-mail address and telephone of the contact of a party."""
        return tuple(getattr(self, f"{side}_{what}") for what in ("name", "email", "phone"))  # type: ignore[return-value]


class Proposal(models.Model):
    """Another date, proposed by one party: instead of the first one, or as a change of what was agreed."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        OVERTAKEN = "overtaken", _("overtaken")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="proposals", verbose_name=_("booking"))
    by = models.CharField(_("by"), max_length=11, choices=Side)
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("day with places")
    )
    # Held for it beside those of the booking, while it is open.
    seats_held = models.PositiveSmallIntegerField(default=0, editable=False)
    date = models.DateField(_("date"))
    start = models.TimeField(_("from"), null=True, blank=True)
    end = models.TimeField(_("until"), null=True, blank=True)
    words = models.CharField(_("message"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("proposed"), default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(fields=["booking"], condition=Q(state="open"), name="proposal_one_open"),
            models.CheckConstraint(condition=Q(seats_held=0) | Q(state="open"), name="proposal_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.date:%Y-%m-%d} {self.state}"


class BookingEvent(models.Model):
    """One step of a booking. Never changed: a link that is overtaken says what it reads here."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="events", verbose_name=_("booking"))
    # Of the booking, after the step.
    version = models.PositiveIntegerField()
    action = models.CharField(_("step"), max_length=14)
    side = models.CharField(_("by"), max_length=11, choices=Side)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(_("name"), max_length=120, blank=True)
    before = models.CharField(max_length=15, blank=True)
    after = models.CharField(max_length=15)
    words = models.TextField(_("explanation"), max_length=2000, blank=True)
    # What a change changed: {field: [old, new]}.
    changed = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("step of a booking")
        verbose_name_plural = _("steps of bookings")
        indexes = [models.Index(fields=["at"], name="booking_event_at")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.action}"


class DaySheet(models.Model):
    """What somebody must know on the day, as the receiving side wrote it down."""

    booking = models.OneToOneField(Booking, models.CASCADE, related_name="sheet", verbose_name=_("booking"))
    place = models.CharField(_("address"), max_length=250, blank=True)
    report_to = models.CharField(_("whom to report to"), max_length=120, blank=True)
    route = models.CharField(_("route"), max_length=500, blank=True)
    parking = models.CharField(_("parking"), max_length=250, blank=True)
    public_transport = models.CharField(_("bus or train"), max_length=250, blank=True)
    clothing = models.CharField(_("clothing and safety"), max_length=250, blank=True)
    bring = models.CharField(_("what to bring"), max_length=250, blank=True)
    needs = models.CharField(_("what must be ready"), max_length=500, blank=True)
    # Of the group, in general words: never of a pupil.
    group_needs = models.CharField(_("what the group needs"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("day sheet")
        verbose_name_plural = _("day sheets")

    def __str__(self) -> str:
        return str(self.booking_id)
