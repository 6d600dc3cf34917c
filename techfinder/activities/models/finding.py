"""What searching keeps: the log that tells processes what changed, synonyms, and what was sought."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models.activity import SEARCHED_LOG as LOG
from techfinder.activities.models.activity import Session
from techfinder.following import log_rows
from techfinder.taxonomy.models import Kind, Region, Theme

# Not an activity: everything is to be read again, the regions, or the synonyms. (-1: `techfinder.following.PRUNED`.)
ALL, REGIONS, SYNONYMS = 0, -2, -3


def log_any_change(name: str, what: int) -> list[pgtrigger.Trigger]:
    """A trigger that logs a number for whatever a statement did to a table."""
    return [
        pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=f"{LOG.format(id=what)}; RETURN NULL;",
        )
    ]


class ActivityChange(models.Model):
    """Which activity was touched in which transaction: what a process must read again that keeps the search in memory.

    A process that read while transaction `xact` was still open, or before, reads again what `xact` touched.
    Some numbers stand for something else, see above.
    """

    activity_id = models.BigIntegerField()
    xact = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.xact}"


class DatedSession(Session):
    """A session as the search knows it: a day and its free seats."""

    class Meta:
        proxy = True
        triggers = log_rows("session_search", LOG, key="activity_id")


class SearchedTheme(Theme):
    """A theme as the search knows it: what it is called is searched, and counted also when nothing has it."""

    class Meta:
        proxy = True
        triggers = log_any_change("theme_searched", ALL)


class SearchedKind(Kind):
    """A kind as the search knows it."""

    class Meta:
        proxy = True
        triggers = log_any_change("kind_searched", ALL)


class SearchedRegion(Region):
    """A region as the search knows it: where it is, and which others hold it."""

    class Meta:
        proxy = True
        triggers = log_any_change("region_searched", REGIONS)


class Synonym(models.Model):
    """Words that mean the same to who searches: one of them finds all of them."""

    words = models.CharField(_("words"), max_length=300, help_text=_("separated by commas"))

    class Meta:
        ordering = ["words"]
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        triggers = log_any_change("synonym", SYNONYMS)

    def __str__(self) -> str:
        return self.words


class Sought(models.Model):
    """How often something was searched on a day, and what it found; nobody knows by whom. Kept 24 months."""

    day = models.DateField(_("day"))
    # Of `text`, `criteria` and the municipality together.
    fingerprint = models.CharField(max_length=32)
    municipality = models.ForeignKey(
        Region, models.SET_NULL, null=True, related_name="sought", verbose_name=_("municipality")
    )
    text = models.CharField(_("words"), max_length=80, blank=True)
    criteria = models.JSONField(_("filters"), default=dict)
    results = models.PositiveIntegerField(_("found"))
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        ordering = ["-day", "-times", "id"]
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [models.UniqueConstraint(fields=["day", "fingerprint"], name="sought_once_a_day")]
        indexes = [
            models.Index(fields=["municipality", "day"], condition=models.Q(results=0), name="sought_not_found"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y}: {self.text} ({self.results})"
