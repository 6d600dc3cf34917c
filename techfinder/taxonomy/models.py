"""The shared vocabularies. Codes are stable and public: rows are retired, never renamed."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Vocabulary(models.Model):
    """A coded term with its name in both languages of the site."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Theme(Vocabulary):
    active = models.BooleanField(_("in use"), default=True)

    class Meta(Vocabulary.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class Kind(Vocabulary):
    active = models.BooleanField(_("in use"), default=True)

    class Meta(Vocabulary.Meta):
        verbose_name = _("kind")
        verbose_name_plural = _("kinds")


class Level(Vocabulary):
    """A node of the level tree; only leaves have a bit, and there are at most 64."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    bit = models.PositiveSmallIntegerField(_("bit"), null=True, blank=True, unique=True)
    sector = models.CharField(_("sector"), max_length=8)
    track = models.CharField(_("track"), max_length=16, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    age_from = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    age_until = models.PositiveSmallIntegerField(_("age until"), null=True, blank=True)
    obk = models.UUIDField(_("OBK identifier"), null=True, blank=True)
    obk_alias = models.UUIDField(_("other identifier of the same"), null=True, blank=True)

    class Meta(Vocabulary.Meta):
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        constraints = [models.CheckConstraint(condition=models.Q(bit__lt=64) | models.Q(bit=None), name="level_bit")]


class Region(models.Model):
    """A node of the region tree, or a network: a set of municipalities that may cross provinces."""

    class Type(models.TextChoices):
        COUNTRY = "country", _("country")
        PART = "part", _("part of the country")
        PROVINCE = "province", _("province")
        MUNICIPALITY = "municipality", _("municipality")
        NETWORK = "network", _("network")

    code = models.CharField(_("code"), max_length=32, unique=True)
    slug = models.SlugField(_("address on the site"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=12, choices=Type)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    municipalities = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="networks", verbose_name=_("municipalities")
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    PUPILS = "pupils", _("pupils")
    TEACHERS = "teachers", _("teachers")
    STUDENT_TEACHERS = "student_teachers", _("student teachers")


class Delivery(models.TextChoices):
    AT_SCHOOL = "at_school", _("at school")
    AT_PROVIDER = "at_provider", _("at the provider")
    ONLINE = "online", _("online")
