import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.following import log_rows
from techfinder.organisations.models import Provider
from techfinder.taxonomy.fields import code_list
from techfinder.taxonomy.models import Audience, Delivery, Region


class ActivityQuerySet(models.QuerySet["Activity"]):
    def public(self) -> "ActivityQuerySet":
        """What a stranger may see: rule `live` of the matching rules, the activity's half."""
        return self.filter(
            status=Activity.Status.PUBLISHED, provider__status=Provider.Status.VERIFIED, provider__paused=False
        )

    def waiting(self) -> "ActivityQuerySet":
        """What a moderator must look at: new ones, and changes to what is already public."""
        changed = models.Q(status__in=[Activity.Status.PUBLISHED, Activity.Status.PAUSED], pending__isnull=False)
        return self.filter(models.Q(status=Activity.Status.SUBMITTED) | changed, submitted_at__isnull=False)


# What the matching rules read of a provider: the sweeper finds the raised versions.
REMATCH = pgtrigger.Trigger(
    name="provider_rematch",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("status", "paused", "lat", "lon", "municipality_id"),
    condition=pgtrigger.AnyChange("status", "paused", "lat", "lon", "municipality"),
    func="UPDATE activities_activity SET version = version + 1 WHERE provider_id = NEW.id; RETURN NULL;",
)

TOWN_MOVED = pgtrigger.Trigger(
    name="town_rematch_activities",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("lat", "lon"),
    condition=pgtrigger.AnyChange("lat", "lon"),
    func="""
        UPDATE activities_activity activity SET version = version + 1
        FROM organisations_provider provider
        WHERE provider.id = activity.provider_id AND provider.municipality_id = NEW.id
            AND (provider.lat IS NULL OR provider.lon IS NULL)
            AND (activity.venue_lat IS NULL OR activity.venue_lon IS NULL);
        RETURN NULL;
    """,
)


# What the search of a process keeps in memory is read again when the log says so (models/finding.py).
SEARCHED_LOG = (
    "INSERT INTO activities_activitychange (activity_id, xact) SELECT {id}, pg_current_xact_id()::text::bigint"
)
SEARCHED_FIELDS = (
    "title", "slug", "summary", "goals", "description", "co_providers", "provider_id", "kind", "levels", "themes",
    "regions", "delivery", "audience", "venue_city", "venue_lat", "venue_lon", "max_travel_km", "group_min",
    "group_max",
    "splittable", "months", "available_from", "available_until", "lead_days", "cost", "status", "published_at",
    "arrival",
)  # fmt: skip

LOG_SEARCHED = log_rows("activity_searched", SEARCHED_LOG, changed=pgtrigger.UpdateOf(*SEARCHED_FIELDS))

# An import that tells nobody: what it brings in is below every watermark, and so news to nobody. Matching takes the
# mark `quiet` away, hence here and not when numbers are given.
ARRIVE_QUIETLY = pgtrigger.Trigger(
    name="activity_quiet",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status", "quiet"),
    condition=pgtrigger.Q(new__quiet=True, new__status="published", new__arrival__isnull=True),
    func="NEW.arrival := -NEW.id; RETURN NEW;",
)

# Given once: whoever saves a row that was read before that does not take it away.
ARRIVAL_STAYS = pgtrigger.Trigger(
    name="activity_arrival_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("arrival"),
    condition=pgtrigger.Q(old__arrival__isnull=False),
    func="NEW.arrival := OLD.arrival; RETURN NEW;",
)

LOG_PROVIDER = pgtrigger.Trigger(
    name="provider_searched",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("name", "slug", "status", "paused", "city", "lat", "lon", "municipality_id"),
    condition=pgtrigger.AnyChange("name", "slug", "status", "paused", "city", "lat", "lon", "municipality"),
    func=f"{SEARCHED_LOG.format(id='id')} FROM activities_activity WHERE provider_id = NEW.id; RETURN NULL;",
)


TOWN_SEARCHED = pgtrigger.Trigger(
    name="town_searched",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("lat", "lon"),
    condition=pgtrigger.AnyChange("lat", "lon"),
    func=f"""
        {SEARCHED_LOG.format(id="activity.id")} FROM activities_activity activity
        JOIN organisations_provider provider ON provider.id = activity.provider_id
        WHERE provider.municipality_id = NEW.id;
        RETURN NULL;
    """,
)


class OfferingTown(Region):
    """A municipality as activities without a point of their own know it."""

    class Meta:
        proxy = True
        triggers = [TOWN_MOVED, TOWN_SEARCHED]


class OfferingProvider(Provider):
    """A provider as its activities know it: carries what a change of it does to them."""

    class Meta:
        proxy = True
        triggers = [REMATCH, LOG_PROVIDER]


@pghistory.track(exclude=["matched_version", "quiet", "arrival"])
class Activity(models.Model):
    """What a provider offers, with every field of the reference record."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waits for approval")
        CHANGES = "changes", _("change asked")
        PUBLISHED = "published", _("published")
        PAUSED = "paused", _("paused")
        REJECTED = "rejected", _("rejected")
        ARCHIVED = "archived", _("archived")

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("minutes")
        HOURS = "hours", _("hours")
        HALF_DAYS = "half_days", _("half days")
        DAYS = "days", _("days")

    class PreparedBy(models.TextChoices):
        GUEST_TEACHER = "guest_teacher", _("the guest teacher")
        TEACHER = "teacher", _("the teacher")
        BOTH = "both", _("the guest teacher and the teacher")

    class Vog(models.TextChoices):
        UNKNOWN = "", _("not stated")
        HAVE = "have", _("all guest teachers have a VOG")
        ON_REQUEST = "on_request", _("a VOG can be asked for")
        NOT_NEEDED = "not_needed", _("not needed: the class stays with its own teacher")

    ref = models.CharField(_("reference"), max_length=80, null=True, blank=True, unique=True)
    # Found by the index below.
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="activities", db_index=False, verbose_name=_("provider")
    )
    co_providers = models.CharField(_("together with"), max_length=250, blank=True)
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address on the site"), max_length=140, unique=True)
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    description = models.TextField(_("description"), max_length=6000, blank=True)
    goals = models.TextField(_("learning goals"), max_length=3000, blank=True)
    kind = models.CharField(_("kind"), max_length=32)
    levels = code_list(_("meant for"))
    themes = code_list(_("themes"))
    regions = code_list(_("available in"))
    delivery = code_list(_("where"), choices=Delivery)
    audience = code_list(_("for whom"), choices=Audience)
    for_girls = models.BooleanField(_("for girls"), default=False)
    languages = code_list(_("languages"))

    venue_name = models.CharField(_("name of the place"), max_length=120, blank=True)
    venue_street = models.CharField(_("street"), max_length=120, blank=True)
    venue_house_number = models.CharField(_("house number"), max_length=20, blank=True)
    venue_postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    venue_city = models.CharField(_("town"), max_length=80, blank=True)
    venue_lat = models.FloatField(_("latitude"), null=True, blank=True)
    venue_lon = models.FloatField(_("longitude"), null=True, blank=True)
    max_travel_km = models.PositiveSmallIntegerField(_("travels at most (km)"), null=True, blank=True)

    group_min = models.PositiveSmallIntegerField(_("smallest group"), null=True, blank=True)
    group_max = models.PositiveSmallIntegerField(_("largest group"), null=True, blank=True)
    splittable = models.BooleanField(_("a larger group can be split"), default=False)
    supervisors = models.CharField(_("supervisors from the school"), max_length=120, blank=True)

    months = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("months"), default=list, blank=True)
    period_note = models.CharField(_("about the period and length"), max_length=250, blank=True)
    available_from = models.DateField(_("first day"), null=True, blank=True)
    available_until = models.DateField(_("last day"), null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("days needed beforehand"), default=0)
    duration_amount = models.DecimalField(_("length"), max_digits=5, decimal_places=1, null=True, blank=True)
    duration_unit = models.CharField(_("unit"), max_length=10, choices=Unit, blank=True)
    preparation_amount = models.DecimalField(_("preparation"), max_digits=5, decimal_places=1, null=True, blank=True)
    preparation_unit = models.CharField(_("unit"), max_length=10, choices=Unit, blank=True)
    preparation_by = models.CharField(_("prepared by"), max_length=14, choices=PreparedBy, blank=True)

    # None is "not stated" on the page; the engine counts it as 0, so that an offer is not hidden for a blank.
    cost = models.DecimalField(_("cost (euro)"), max_digits=8, decimal_places=2, null=True, blank=True)
    cost_note = models.CharField(_("about the cost"), max_length=200, blank=True)
    school_arranges = models.TextField(_("what the school arranges"), max_length=1000, blank=True)
    vog = models.CharField(_("VOG"), max_length=12, choices=Vog, blank=True, default=Vog.UNKNOWN)
    vog_date = models.DateField(_("date of the statement"), null=True, blank=True)
    never_alone = models.BooleanField(_("pupils are never alone with a guest"), default=False)
    safety_note = models.CharField(_("safety"), max_length=250, blank=True)
    external_url = models.URLField(_("more on your own site"), blank=True)
    picture = models.ImageField(_("picture"), upload_to="activities/", blank=True)
    picture_alt = models.CharField(_("what the picture shows"), max_length=160, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    # A change to what is already public waits here until a moderator has seen it.
    pending = models.JSONField(_("change that waits"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    confirmed_at = models.DateField(_("confirmed by the provider"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    # Every write that matters to matching raises `version`; the sweeper finds version > matched_version.
    version = models.PositiveIntegerField(default=1)
    # Came in by an import that tells nobody: its matches are made and no one is mailed of them.
    quiet = models.BooleanField(default=False, editable=False)
    matched_version = models.PositiveIntegerField(default=0)
    # Its place in the order of first publication, given by one run at a time: who saw up to here misses nothing.
    # Below zero: it came in quietly.
    arrival = models.BigIntegerField(null=True, editable=False, unique=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        triggers = [ARRIVE_QUIETLY, ARRIVAL_STAYS, *LOG_SEARCHED]
        indexes = [
            # With the number: what a provider has is looked up without reading it, each time that a match comes to it.
            models.Index(fields=["provider", "id"], name="activity_provider"),
            models.Index(fields=["-published_at", "-id"], condition=models.Q(status="published"), name="activity_new"),
            models.Index(
                fields=["id"], condition=models.Q(version__gt=models.F("matched_version")), name="activity_unmatched"
            ),
            models.Index(fields=["id"], condition=models.Q(status="published", arrival=None), name="activity_arriving"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:detail", args=[self.slug])

    @property
    def is_approved(self) -> bool:
        """A moderator has let it in: from here on a change waits in `pending`."""
        return self.status in (self.Status.PUBLISHED, self.Status.PAUSED)

    @property
    def is_changeable(self) -> bool:
        return self.status != self.Status.ARCHIVED


class Stage(models.Model):
    """One step of an activity: sign-up, kit, help in class, race."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="stages", verbose_name=_("activity"))
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("step"), max_length=120)
    description = models.CharField(_("what happens"), max_length=400, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["activity", "position"], name="stage_position")]

    def __str__(self) -> str:
        return self.title


class Session(models.Model):
    """A day on which it takes place, with seats."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="sessions", verbose_name=_("activity"))
    date = models.DateField(_("date"))
    start = models.TimeField(_("from"), null=True, blank=True)
    end = models.TimeField(_("until"), null=True, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"))
    taken = models.PositiveSmallIntegerField(_("taken"), default=0)

    class Meta:
        ordering = ["date", "start"]
        constraints = [
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("seats")), name="session_seats"),
            models.UniqueConstraint(fields=["activity", "date", "start"], name="session_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d-%m-%Y} ({self.seats})"

    @property
    def free(self) -> int:
        return self.seats - self.taken
