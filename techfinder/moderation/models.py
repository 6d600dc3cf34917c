import re

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from techfinder.activities.models import Activity
from techfinder.organisations.models import Membership, Provider
from techfinder.taxonomy.models import Region


class Decision(models.Model):
    """What a moderator decided, about one activity, provider or claim of a school."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        CHANGES = "changes", _("sent back with a question")
        REJECTED = "rejected", _("rejected")

    class Reason(models.TextChoices):
        NOT_TECHNICAL = "not_technical", _("not about technology")
        ADVERTISING = "advertising", _("advertising rather than a lesson")
        UNCLEAR = "unclear", _("not clear enough for a teacher")
        DUPLICATE = "duplicate", _("already on the site")
        UNSAFE = "unsafe", _("safety is not arranged")
        UNKNOWN_PARTY = "unknown_party", _("we could not verify who you are")
        OTHER = "other", _("another reason")

    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="decisions")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="decisions")
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.get_verdict_display()


class RegionPage(models.Model):
    """What a coordinator tells on the page of a region, and whom to call."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="page", verbose_name=_("region"))
    words = models.TextField(_("what you want to tell"), max_length=2000, blank=True)
    contact = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("task or organisation"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    reachable = models.CharField(_("when you can be reached"), max_length=120, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("page of a region")
        verbose_name_plural = _("pages of regions")

    def __str__(self) -> str:
        return str(self.region)

    @property
    def dial(self) -> str:
        """The telephone number as a link needs it."""
        return re.sub(r"\(0\)|[^0-9+]", "", self.phone)
