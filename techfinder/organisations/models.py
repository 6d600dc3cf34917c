import uuid

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.taxonomy.models import Region


class Address(models.Model):
    street = models.CharField(_("street"), max_length=120, blank=True)
    house_number = models.CharField(_("house number"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        abstract = True


class Board(models.Model):
    """A school board (BEVOEGD GEZAG): may act for all its schools."""

    code = models.CharField(_("number"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=160, blank=True)

    class Meta:
        ordering = ["name", "code"]
        verbose_name = _("school board")
        verbose_name_plural = _("school boards")

    def __str__(self) -> str:
        return self.name or self.code


class SchoolQuerySet(models.QuerySet["School"]):
    def open(self) -> "SchoolQuerySet":
        return self.filter(closed_at=None)


class School(Address):
    """One branch in the national school register. Rows are closed, never deleted."""

    class Sector(models.TextChoices):
        PO = "po", _("primary education")
        SO = "so", _("special education")
        VO = "vo", _("secondary education")
        MBO = "mbo", _("vocational education")

    code = models.CharField(_("branch code"), max_length=8, unique=True)
    institution = models.CharField(_("institution code"), max_length=4)
    name = models.CharField(_("name"), max_length=160)
    # Lower case, no accents, name and town: what the type-ahead searches.
    search_name = models.CharField(max_length=260, editable=False, default="")
    sector = models.CharField(_("sector"), max_length=3, choices=Sector)
    structure = models.CharField(_("structure"), max_length=80, blank=True)
    levels = ArrayField(models.CharField(max_length=32), verbose_name=_("levels"), default=list, blank=True)
    denomination = models.CharField(_("denomination"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    municipality = models.ForeignKey(Region, models.PROTECT, related_name="schools", verbose_name=_("municipality"))
    board = models.ForeignKey(
        Board, models.PROTECT, null=True, blank=True, related_name="schools", verbose_name=_("school board")
    )
    holiday_region = models.CharField(_("school holiday region"), max_length=8, blank=True)
    point_source = models.CharField(_("source of the point"), max_length=12, blank=True)
    pupils = models.PositiveIntegerField(_("pupils"), null=True, blank=True)
    # Open schools within 10 km, itself not counted: few means remote. Counted anew after each import.
    neighbours = models.PositiveIntegerField(_("schools nearby"), null=True, blank=True, editable=False)
    closed_at = models.DateField(_("closed"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        indexes = [models.Index(fields=["search_name"], opclasses=["text_pattern_ops"], name="school_search")]

    def __str__(self) -> str:
        return self.name


class ProviderQuerySet(models.QuerySet["Provider"]):
    def public(self) -> "ProviderQuerySet":
        return self.filter(status=Provider.Status.VERIFIED)


@pghistory.track()
class Provider(Address):
    """Who offers activities: a company, science centre, fund or network."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waits for approval")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")

    class Size(models.TextChoices):
        SMALL = "small", _("up to 10 people")
        MEDIUM = "medium", _("11 to 250 people")
        LARGE = "large", _("more than 250 people")
        INSTITUTION = "institution", _("a museum, science centre, fund or network")

    # How many open requests at once, unless the provider says otherwise; None is no limit.
    CAPS: dict[str, int | None] = {Size.SMALL: 5, Size.MEDIUM: 15, Size.LARGE: 40, Size.INSTITUTION: None, "": None}

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("address on the site"), max_length=80, unique=True)
    size = models.CharField(_("size"), max_length=11, choices=Size, blank=True)
    max_open = models.PositiveSmallIntegerField(
        _("open requests at once"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    kvk = models.CharField(_("KvK number"), max_length=8, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    email = models.EmailField(_("e-mail address"))
    website = models.URLField(_("website"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    municipality = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="providers", verbose_name=_("municipality")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    paused = models.BooleanField(_("paused"), default=False)
    # Days on which no answer is expected: the clock stands still.
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)
    # A seat that falls free goes to the first of the queue at once; else the provider chooses.
    auto_promote = models.BooleanField(_("a free place goes to the next by itself"), default=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisations:provider", args=[self.slug])

    @property
    def cap(self) -> int | None:
        """How many open requests are put before it at once; None is no limit."""
        return self.max_open or self.CAPS[self.size]


def _exactly_one_organisation() -> Q:
    return (
        Q(school__isnull=False, provider=None, board=None)
        | Q(school=None, provider__isnull=False, board=None)
        | Q(school=None, provider=None, board__isnull=False)
    )


class OfOrganisation(models.Model):
    """Belongs to one school, provider or board."""

    school = models.ForeignKey(School, models.CASCADE, null=True, blank=True, verbose_name=_("school"))
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, verbose_name=_("provider"))
    board = models.ForeignKey(Board, models.CASCADE, null=True, blank=True, verbose_name=_("school board"))

    class Meta:
        abstract = True

    @property
    def organisation(self) -> School | Provider | Board:
        found = self.school or self.provider or self.board
        assert found is not None  # held by the check constraint
        return found


@pghistory.track()
class Membership(OfOrganisation):
    """A person who acts for an organisation; pending until the claim is verified."""

    class Status(models.TextChoices):
        PENDING = "pending", _("waits for approval")
        ACTIVE = "active", _("active")
        REJECTED = "rejected", _("rejected")
        LEFT = "left", _("left")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(condition=_exactly_one_organisation(), name="membership_one_organisation"),
            models.UniqueConstraint(fields=["user", "school"], name="membership_user_school"),
            models.UniqueConstraint(fields=["user", "provider"], name="membership_user_provider"),
            models.UniqueConstraint(fields=["user", "board"], name="membership_user_board"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.organisation}"


class Invitation(OfOrganisation):
    """A colleague asked by mail to join; the token is in the mail only as a signed link."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_exactly_one_organisation(), name="invitation_one_organisation")
        ]

    def __str__(self) -> str:
        return self.email

    def get_absolute_url(self) -> str:
        return reverse("organisations:accept_invitation", args=[self.token])


class Attention(OfOrganisation):
    """Something a moderator should look at: written here, shown and settled in moderation."""

    class Reason(models.TextChoices):
        LAST_MEMBER_LEFT = "last_member_left", _("the last member left")
        SCHOOL_CLOSED = "school_closed", _("the school closed and still has people or requests")

    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("note"), max_length=250, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.get_reason_display()
