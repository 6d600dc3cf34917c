import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.organisations.models import School
from techfinder.taxonomy.fields import code_list
from techfinder.taxonomy.models import Audience, Delivery, Region


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> "RequestQuerySet":
        """Rule `live` of the matching rules, the request's half."""
        return self.filter(status=Request.Status.OPEN)


# What the matching rules read of a school: the sweeper finds the raised versions. A request that opens again has its
# version raised by that.
SCHOOL_MOVED = pgtrigger.Trigger(
    name="school_rematch",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("lat", "lon", "municipality_id"),
    condition=pgtrigger.AnyChange("lat", "lon", "municipality"),
    func="""
        UPDATE requests_request SET version = version + 1 WHERE school_id = NEW.id AND status = 'open';
        RETURN NULL;
    """,
)

TOWN_MOVED = pgtrigger.Trigger(
    name="town_rematch_requests",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("lat", "lon"),
    condition=pgtrigger.AnyChange("lat", "lon"),
    func="""
        UPDATE requests_request request SET version = version + 1
        FROM organisations_school school
        WHERE school.id = request.school_id AND school.municipality_id = NEW.id AND request.status = 'open'
            AND (school.lat IS NULL OR school.lon IS NULL);
        RETURN NULL;
    """,
)


class AskingSchool(School):
    """A school as its requests know it: carries what a change of it does to them."""

    class Meta:
        proxy = True
        triggers = [SCHOOL_MOVED]


class AskingTown(Region):
    """A municipality as the requests of schools without a point of their own know it."""

    class Meta:
        proxy = True
        triggers = [TOWN_MOVED]


@pghistory.track(exclude=["matched_version", "quiet", "code_hash", "code_attempts", "code_sends", "code_sent_at"])
class Request(models.Model):
    """What a school asks. No pupil data, ever: a group is a number and a level."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("not confirmed yet")
        OPEN = "open", _("open")
        FULFILLED = "fulfilled", _("fulfilled")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("past its last day")

    class Withdrawn(models.TextChoices):
        FOUND_HERE = "found_here", _("we found someone through Techfinder")
        FOUND_ELSEWHERE = "found_elsewhere", _("we found someone another way")
        NO_TIME = "no_time", _("we have no time")
        NO_MATCH = "no_match", _("nothing suited us")
        OTHER = "other", _("another reason")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ref = models.CharField(_("reference"), max_length=80, null=True, blank=True, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="requests", verbose_name=_("school"))
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("contact"),
    )
    contact_email = models.EmailField(_("e-mail address"))
    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("your question in one sentence"), max_length=120)
    levels = code_list(_("for which classes"))
    themes = code_list(_("themes"))
    kinds = code_list(_("kind of help"))
    delivery = code_list(_("where may it be"), choices=Delivery)
    audience = code_list(_("for whom"), choices=Audience)
    group_size = models.PositiveSmallIntegerField(_("number of pupils"))
    date_from = models.DateField(_("first day"))
    date_until = models.DateField(_("last day"))
    date_note = models.CharField(_("days and times that suit"), max_length=200, blank=True)
    max_travel_km = models.PositiveSmallIntegerField(_("travels at most (km)"), null=True, blank=True)
    max_cost = models.DecimalField(_("budget (euro)"), max_digits=8, decimal_places=2, null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes available"), null=True, blank=True)
    goals = models.TextField(_("what the pupils should learn"), max_length=2000, blank=True)
    prior_knowledge = models.TextField(_("what they know already"), max_length=1000, blank=True)
    practicalities = models.TextField(_("practical matters"), max_length=1000, blank=True)

    # The address of the activity that it was written for: asked for once the request is open.
    wanted = models.SlugField(_("asked for"), max_length=140, blank=True, db_index=False)

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.UNCONFIRMED)
    code_hash = models.CharField(max_length=128, blank=True, editable=False)
    code_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    code_sends = models.PositiveSmallIntegerField(default=0, editable=False)
    code_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    withdrawn_reason = models.CharField(_("why"), max_length=16, choices=Withdrawn, blank=True)
    withdrawn_note = models.CharField(_("explanation"), max_length=250, blank=True)
    # Every write that matters to matching raises `version`; the sweeper finds version > matched_version.
    version = models.PositiveIntegerField(default=1)
    # Came in by an import that tells nobody: its matches are made and no one is mailed of them.
    quiet = models.BooleanField(default=False, editable=False)
    matched_version = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(condition=models.Q(date_until__gte=models.F("date_from")), name="request_dates"),
            models.CheckConstraint(condition=models.Q(group_size__gte=1), name="request_group"),
        ]
        indexes = [
            models.Index(fields=["status", "-created_at"], name="request_status"),
            models.Index(fields=["contact_email"], condition=models.Q(contact=None), name="request_nameless"),
            models.Index(
                fields=["id"], condition=models.Q(version__gt=models.F("matched_version")), name="request_unmatched"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("requests:detail", args=[self.uuid])

    @property
    def thread(self) -> str:
        """What all mails about this request hang together by."""
        return f"request-{self.uuid}"

    @property
    def is_being_matched(self) -> bool:
        """The worker has not seen its newest version yet."""
        return self.status == self.Status.OPEN and self.matched_version < self.version
