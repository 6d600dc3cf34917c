"""What requests narrowly miss, as it was counted."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.requests.models import Request


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
