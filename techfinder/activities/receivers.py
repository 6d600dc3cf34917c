"""A region that published activities name stays."""

from typing import Any

from django.db.models import ProtectedError, QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext, ngettext

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.signals import region_leaves

MOST_NAMED = 10


def _naming(region: Region) -> QuerySet[Activity]:
    """Those that schools find, or will find again after a pause."""
    approved = [Activity.Status.PUBLISHED, Activity.Status.PAUSED]
    return Activity.objects.filter(status__in=approved, regions__contains=[region.code]).order_by("title", "pk")


@receiver(region_leaves)
def who_names(region: Region, **kwargs: Any) -> list[str]:
    """For the administrator who wants to delete it."""
    count = _naming(region).count()
    if not count:
        return []
    first = ngettext(
        "%(n)d activity uses this region. Let its provider choose another region, or archive it.",
        "%(n)d activities use this region. Let their providers choose another region, or archive them.",
        count,
    ) % {"n": count}
    named = _naming(region).values_list("title", "provider__name")[:MOST_NAMED]
    return [first, *(gettext("%(title)s of %(provider)s") % {"title": t, "provider": p} for t, p in named)]


@receiver(pre_delete, sender=Region)
def keep_what_is_named(instance: Region, **kwargs: Any) -> None:
    """Also of code and the shell; ProtectedError."""
    if reasons := who_names(region=instance):
        raise ProtectedError(reasons[0], set(_naming(instance)[:MOST_NAMED]))
