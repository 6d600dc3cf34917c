"""A pair that was found eligible."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from techfinder.activities.models import Activity
from techfinder.requests.models import Request

# The order of a request's matches. It is nowhere stored: one that comes would have to move all that are below it.
BEST_FIRST = "-score", "activity_id"


class MatchQuerySet(models.QuerySet["Match"]):
    def open(self) -> "MatchQuerySet":
        return self.filter(state=Match.State.OPEN)

    def placed(self) -> "MatchQuerySet":
        """Those that are before both sides."""
        return self.open().filter(placed_at__isnull=False)

    def held_back(self) -> "MatchQuerySet":
        """Those that fit, and wait for a free place or are not put before the school again."""
        return self.open().filter(placed_at=None).exclude(held=Match.Held.NO)

    def settled_pairs(self) -> list[tuple[int, int]]:
        """Request and activity of those that a person put aside: rule `pair`."""
        return list(self.filter(state__in=Match.SETTLED).order_by().values_list("request_id", "activity_id"))


class Match(models.Model):
    """A pair that the engine found eligible. Kept when it no longer holds: nobody is told twice."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("no longer fits")
        DECLINED = "declined", pgettext_lazy("match", "declined")
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
    # Put aside by a person: whether the next best of both sides were looked for since.
    place_filled = models.BooleanField(default=False, editable=False)

    objects = MatchQuerySet.as_manager()

    class Meta:
        ordering = ["request", *BEST_FIRST]
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [models.UniqueConstraint(fields=["request", "activity"], name="match_pair")]
        indexes = [
            # With what places a match in a list: its rows lie far apart, and reading them took ten times as long.
            models.Index(fields=["activity", "state"], include=["request", "score"], name="match_activity"),
            # And of a request its matches, to see whether somebody was told of one.
            models.Index(fields=["request", "state"], include=["activity", "score", "id"], name="match_request"),
            models.Index(fields=["activity"], condition=models.Q(state="open", placed_at=None), name="match_unplaced"),
            # What a school asked for or turned down: it is not offered that twice.
            models.Index(
                fields=["activity"],
                condition=models.Q(asked_at__isnull=False) | models.Q(state="declined"),
                name="match_spoken",
            ),
            models.Index(
                fields=["request"],
                condition=models.Q(state__in=["declined", "withdrawn", "hidden"], place_filled=False),
                name="match_place_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} - {self.activity_id}: {self.score}"
