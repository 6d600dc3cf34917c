"""A full rematch and its shards."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.matches.models.weights import WeightSet


class Rematch(models.Model):
    """One run over everything, cut in shards that any number of workers take; at most one runs at a time."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        OVERTAKEN = "overtaken", _("overtaken by other weights")
        FAILED = "failed", _("failed")

    today = models.DateField(_("for the day"))
    weights = models.ForeignKey(WeightSet, models.SET_NULL, null=True, related_name="+", verbose_name=_("weights"))
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


class RematchCause(models.Model):
    """Something changed that lies under many items, such as a region: the next sweep starts a full rematch.

    One row for each change, so that those who change things do not wait for each other.
    """

    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


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
