from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models.activity import Activity
from techfinder.organisations.models import School


class Favourite(models.Model):
    """An offer that the team of a school keeps: every member sees it, with a word of who kept it."""

    school = models.ForeignKey(School, models.CASCADE, related_name="favourites", verbose_name=_("school"))
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="favourites", verbose_name=_("activity"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="favourites", verbose_name=_("kept by")
    )
    note = models.CharField(_("note for the team"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("kept on"), default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [models.UniqueConstraint(fields=["school", "activity"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.activity_id}"
