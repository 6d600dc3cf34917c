from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.mail.models import OutgoingMail
from techfinder.matches.row_models import Area, AskedRow, EngineRow, Number, OfferedRow, RowChange
from techfinder.requests.models import Request

__all__ = [
    "Area",
    "AskedRow",
    "DigestRun",
    "EngineRow",
    "Lack",
    "Match",
    "MatchQuerySet",
    "Missed",
    "NothingFound",
    "Notification",
    "Number",
    "OfferedRow",
    "Rematch",
    "RematchShard",
    "RowChange",
    "WeightSet",
]


class MatchQuerySet(models.QuerySet["Match"]):
    def open(self) -> "MatchQuerySet":
        return self.filter(state=Match.State.OPEN)

    def placed(self) -> "MatchQuerySet":
        """Those that are before both sides."""
        return self.open().filter(placed_at__isnull=False)

    def held_back(self) -> "MatchQuerySet":
        """Those that fit, and wait for a free place or are not put before the school again."""
        return self.open().filter(placed_at=None).exclude(held=Match.Held.NO)


class Match(models.Model):
    """A pair that the engine found eligible. Kept when it no longer holds: nobody is told twice."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("no longer fits")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        HIDDEN = "hidden", _("hidden")

    class Held(models.TextChoices):
        """Why a pair that fits is not put before people yet."""

        NO = "", _("put before both sides")
        FULL = "full", _("the provider has enough open requests")
        TWICE = "twice", _("the school has asked for this or turned it down this school year")

    # Rule `pair`: these never come back by a rematch.
    SETTLED = (State.DECLINED, State.WITHDRAWN, State.HIDDEN)

    # Found by the indexes below: one each for both alone would cost a fifth of storing a run.
    request = models.ForeignKey(
        Request, models.CASCADE, related_name="matches", db_index=False, verbose_name=_("request")
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="matches", db_index=False, verbose_name=_("activity")
    )
    score = models.FloatField(_("score"))
    # Of score, reasons and shortfalls: what is stored is compared without being read.
    fingerprint = models.BigIntegerField(default=0, editable=False)
    rank = models.PositiveIntegerField(_("rank"))
    reasons = models.JSONField(_("reasons"), default=list)
    shortfalls = models.JSONField(_("what falls short"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("found"), default=timezone.now)
    # Each side may let the other know once, until bookings take over.
    asked_at = models.DateTimeField(_("asked by the school"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered by the provider"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    held = models.CharField(_("held back"), max_length=5, choices=Held, blank=True, default=Held.NO)
    # Since when it is before both sides: from then on it counts against the provider's cap.
    placed_at = models.DateTimeField(_("put before both sides"), null=True, blank=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["request", "rank"]
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [models.UniqueConstraint(fields=["request", "activity"], name="match_pair")]
        indexes = [
            models.Index(fields=["activity", "state"], name="match_activity"),
            models.Index(fields=["request", "state", "rank"], name="match_request"),
            models.Index(fields=["activity"], condition=models.Q(state="open", placed_at=None), name="match_unplaced"),
            # What a school asked for or turned down: it is not offered that twice.
            models.Index(
                fields=["activity"],
                condition=models.Q(asked_at__isnull=False) | models.Q(state="declined"),
                name="match_spoken",
            ),
            # Put aside by a person, and its place in the lists of both sides not filled yet.
            models.Index(
                fields=["request"],
                condition=models.Q(state__in=["declined", "withdrawn", "hidden"], rank__gt=0),
                name="match_place_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.activity_id}: {self.score}"


class DigestRun(models.Model):
    """One digest to one person for one period: the unique row makes two beats send one mail."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_runs")
    period_start = models.DateField()
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "period_start"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.period_start}"


class Notification(models.Model):
    """What one person is to be told of one match; `mail` is set once it is in a mail."""

    class Side(models.TextChoices):
        SCHOOL = "school", _("school")
        PROVIDER = "provider", _("provider")

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    side = models.CharField(max_length=8, choices=Side)
    match = models.ForeignKey(Match, models.CASCADE, related_name="notifications")
    created_at = models.DateTimeField(default=timezone.now)
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="notifications")
    told_at = models.DateTimeField(null=True, blank=True)
    # In a mail of its own; else it waits for the digest. Settled when it is noted, as is who wants what.
    at_once = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "side", "match"], name="notification_once")]
        indexes = [
            models.Index(fields=["recipient"], condition=models.Q(told_at=None), name="notification_waiting"),
            models.Index(fields=["recipient"], condition=models.Q(told_at=None, at_once=True), name="notification_due"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.match_id}"


class NothingFound(models.Model):
    """A request that was matched and has nothing to show: its school is told so once, with what would help."""

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="nothing_found")
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["request"], condition=models.Q(told_at=None), name="nothing_waiting")]

    def __str__(self) -> str:
        return f"{self.request_id}"


# ------------------------------------------------------------------ full rematch


class Rematch(models.Model):
    """One run over everything, cut in shards that any number of workers take; at most one runs at a time."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        OVERTAKEN = "overtaken", _("overtaken by other weights")

    today = models.DateField(_("for the day"))
    weights = models.ForeignKey("WeightSet", models.SET_NULL, null=True, related_name="+", verbose_name=_("weights"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    # When the rows of all items were made as they are now: once per run, by the first who finds.
    prepared_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("full rematch")
        verbose_name_plural = _("full rematches")
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="rematch_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.today:%Y-%m-%d} {self.state}"


class RematchShard(models.Model):
    """The requests of one province. `best` is what was found, until all shards are and it can be stored."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        FOUND = "found", _("found")
        STORED = "stored", _("stored")

    rematch = models.ForeignKey(Rematch, models.CASCADE, related_name="shards")
    province = models.CharField(_("province"), max_length=32)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    # Held by a worker until then; renewed while it works.
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    best = models.BinaryField(null=True)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["rematch", "province"]
        constraints = [models.UniqueConstraint(fields=["rematch", "province"], name="shard_once")]

    def __str__(self) -> str:
        return f"{self.rematch_id} {self.province}: {self.state}"


# ----------------------------------------------------------------------- fairness


def _changes(*names: str) -> pgtrigger.Q:
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names))


def _puts(*names: str) -> pgtrigger.Q:
    """Changes a person into another one, and not into nobody."""
    return reduce(or_, (_changes(name) & pgtrigger.Q(**{f"new__{name}__isnull": False}) for name in names))


class WeightSet(models.Model):
    """The weights of the score, as an administrator proposed them; those in force are the last that were applied.

    The rows are the record of who changed what: the database refuses to change what was proposed, and anything of a
    row once it is applied. Only a person may be forgotten.
    """

    values = models.JSONField(_("weights"))
    note = models.CharField(_("why"), max_length=250, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("proposed by")
    )
    created_at = models.DateTimeField(_("proposed"), default=timezone.now)
    # What it would change: {"requests": 60000, "other_first": 3120, ...}; empty until counted.
    preview = models.JSONField(_("preview"), null=True, blank=True)
    previewed_at = models.DateTimeField(_("counted"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("weights of the score")
        verbose_name_plural = _("weights of the score")
        triggers = [
            pgtrigger.Protect(
                name="proposed_stays", operation=pgtrigger.Update, condition=_changes("values", "note", "created_at")
            ),
            pgtrigger.Protect(
                name="applied_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__applied_at__isnull=False)
                & (
                    _changes("preview", "previewed_at", "lease_until", "applied_at") | _puts("created_by", "applied_by")
                ),
            ),
            pgtrigger.Protect(
                name="applied_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


# -------------------------------------------------------------------- near misses


class Lack(models.Model):
    """An open request with few matches put before it, as it was counted: `Missed` says why it has no more.

    Counted for one `version` of the request, one day and so many `matches`; when one of them is another, it is counted
    anew.
    """

    request = models.OneToOneField(
        Request, models.CASCADE, primary_key=True, related_name="lack", verbose_name=_("request")
    )
    version = models.PositiveIntegerField()
    day = models.DateField(_("counted on"))
    matches = models.PositiveSmallIntegerField(_("matches"))

    class Meta:
        verbose_name = _("request with few matches")
        verbose_name_plural = _("requests with few matches")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.matches}"


class Missed(models.Model):
    """What one rule alone keeps from a request with few matches, and the least that would change it.

    `field`, `value`, `size`, `unit` and `gained` are of the smallest loosening; `field` is empty when the request
    cannot give way on this rule.
    """

    request = models.ForeignKey(Request, models.CASCADE, related_name="missed", verbose_name=_("request"))
    rule = models.CharField(_("rule"), max_length=10)
    count = models.PositiveIntegerField(_("activities that only this rule refuses"))
    field = models.CharField(max_length=16, blank=True)
    value = models.JSONField(null=True)
    size = models.FloatField(null=True)
    unit = models.CharField(max_length=10, blank=True)
    gained = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["request", "rule", "field"]
        verbose_name = _("near miss")
        verbose_name_plural = _("near misses")
        constraints = [models.UniqueConstraint(fields=["request", "rule", "field"], name="missed_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.rule}: {self.count}"
