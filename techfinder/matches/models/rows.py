"""What the engine reads: both sides as rows of fixed-width numbers, and what changed of them."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity, Session
from techfinder.following import log_rows
from techfinder.organisations.models import School
from techfinder.requests.models import Request

# Whose change is logged.
PRUNED, ASKED, OFFERED, SESSIONS, FOUND = 0, 1, 2, 3, 4
SIDES = 5
LOG = "INSERT INTO matches_rowchange (side, item_id, xact) SELECT {side}, {id}, pg_current_xact_id()::text::bigint"


def log_changes(name: str, side: int, key: str) -> list[pgtrigger.Trigger]:
    """Triggers that log what a statement did to the rows of one side."""
    touched = {
        "made": (pgtrigger.Insert, pgtrigger.Referencing(new="touched")),
        "changed": (pgtrigger.Update, pgtrigger.Referencing(new="touched")),
        "gone": (pgtrigger.Delete, pgtrigger.Referencing(old="touched")),
    }
    return [
        pgtrigger.Trigger(
            name=f"{name}_{what}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=f"{LOG.format(side=side, id=key)} FROM touched; RETURN NULL;",
        )
        for what, (operation, referencing) in touched.items()
    ]


def log_found() -> list[pgtrigger.Trigger]:
    """Triggers that log what says that a school found something: one in thousands of the changes of its rows."""
    is_found, was_found = pgtrigger.Q(new__found=True), pgtrigger.Q(old__found=True)
    says_other = pgtrigger.Q(new__found__df=pgtrigger.F("old__found"))
    for name in ("school", "date_from", "date_until"):
        says_other |= pgtrigger.Q(**{f"new__{name}__df": pgtrigger.F(f"old__{name}")})
    rows = {
        "made": (pgtrigger.Insert, is_found, "NEW"),
        "changed": (pgtrigger.Update, (is_found | was_found) & says_other, "NEW"),
        "gone": (pgtrigger.Delete, was_found, "OLD"),
    }
    return [
        pgtrigger.Trigger(
            name=f"found_{what}",
            when=pgtrigger.After,
            operation=operation,
            condition=condition,
            func=f"{LOG.format(side=FOUND, id=f'{row}.request_id')}; RETURN NULL;",
        )
        for what, (operation, condition, row) in rows.items()
    ]


class RowChange(models.Model):
    """Which row was touched in which transaction: what a process must read again that keeps the rows in memory.

    A process that read them while transaction `xact` was still open, or before, reads those that `xact` touched.
    A row of side PRUNED says that changes up to its `xact` are no longer listed.
    """

    side = models.SmallIntegerField()
    item_id = models.BigIntegerField()
    xact = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.side} {self.item_id}: {self.xact}"


class CountedSchool(School):
    """A school as the rows of its requests know it, which are read together with how small and remote it is."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="school_counted",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("pupils", "neighbours", "sector"),
                condition=pgtrigger.AnyChange("pupils", "neighbours", "sector"),
                func=f"{LOG.format(side=ASKED, id='id')} FROM requests_request WHERE school_id = NEW.id; RETURN NULL;",
            )
        ]


class SeatedSession(Session):
    """A session as the engine knows it: a day and its free seats."""

    class Meta:
        proxy = True
        triggers = log_rows("session", LOG.format(side=SESSIONS, id="{id}"))


class Number(models.Model):
    """The number that a code has in the engine's masks: given once, kept for good, also to codes of no vocabulary."""

    class Vocabulary(models.TextChoices):
        THEME = "theme", _("theme")
        KIND = "kind", _("kind")

    vocabulary = models.CharField(max_length=5, choices=Vocabulary)
    code = models.CharField(max_length=32)
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "code"], name="number_of_code"),
            models.UniqueConstraint(fields=["vocabulary", "number"], name="number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.vocabulary} {self.code}: {self.number}"


class Area(models.Model):
    """A combination of region codes that activities name: spelt out in municipalities once per run."""

    codes = ArrayField(models.CharField(max_length=32), unique=True)

    def __str__(self) -> str:
        return ", ".join(self.codes)


class EngineRow(models.Model):
    """One item as the numbers that the engine reads, each of fixed width, so that COPY hands it over as a column.

    `version` is that of the item it was made of, `source` a hash of all that it was made of, and `layout` that of the
    code that made it. The K best pairs of each side
    are stored: `edge_score` (tenths of a point) and `edge_id` (the item of the other side) are the last of those; empty
    while there are fewer. `stale`: a pair fell out and the next best is not known, so the item is to be matched again.
    """

    version = models.PositiveIntegerField()
    layout = models.IntegerField()
    source = models.BigIntegerField()
    live = models.BooleanField()
    lat = models.FloatField()
    lon = models.FloatField()
    delivery = models.SmallIntegerField()
    max_travel_km = models.FloatField(null=True)
    levels = models.BigIntegerField()
    themes_low = models.BigIntegerField()
    themes_high = models.BigIntegerField()
    audience = models.SmallIntegerField()
    edge_score = models.SmallIntegerField(null=True)
    edge_id = models.BigIntegerField(null=True)
    stale = models.BooleanField(default=False)

    class Meta:
        abstract = True


class AskedRow(EngineRow):
    """A request as the engine reads it; `posted` is the day from which it waits.

    `found`: it ended because the school found something here (`requests.queries.found_here`).
    """

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="engine_row")
    school = models.ForeignKey("organisations.School", models.CASCADE, related_name="+", db_index=False)
    municipality = models.BigIntegerField()
    kinds = models.BigIntegerField()
    group_size = models.IntegerField()
    date_from = models.DateField()
    date_until = models.DateField()
    max_cost = models.BigIntegerField(null=True)
    posted = models.DateField()
    found = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["school"], condition=models.Q(live=True), name="asked_school"),
            models.Index(fields=["municipality"], condition=models.Q(live=True), name="asked_municipality"),
            models.Index(fields=["request"], condition=models.Q(stale=True), name="asked_stale"),
        ]
        triggers = [*log_changes("asked", ASKED, "request_id"), *log_found()]

    def __str__(self) -> str:
        return f"{self.request_id}"


class OfferedRow(EngineRow):
    """An activity as the engine reads it; its sessions are read from their own table."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="engine_row")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField()
    months = models.SmallIntegerField()
    available_from = models.DateField(null=True)
    available_until = models.DateField(null=True)
    lead_days = models.IntegerField()
    group_min = models.IntegerField(null=True)
    group_max = models.IntegerField(null=True)
    splittable = models.BooleanField()
    cost = models.BigIntegerField()
    answer_record = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["activity"], condition=models.Q(stale=True), name="offered_stale"),
        ]
        triggers = log_changes("offered", OFFERED, "activity_id")

    def __str__(self) -> str:
        return f"{self.activity_id}"
