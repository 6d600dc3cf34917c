"""The weights of the score, as they are proposed and applied."""

from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
