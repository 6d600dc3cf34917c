"""Which addresses are a school's: the mail room asks, for its nights and holidays."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Value
from django.db.models.functions import Coalesce

from techfinder.mail.policy import quiet
from techfinder.organisations.models import Membership


@quiet.register
def of_members(addresses: Collection[str]) -> dict[str, str]:
    """Who acts for a school, with its holiday region; for a board, with none."""
    acting = Membership.objects.filter(
        user__email__in=addresses, status=Membership.Status.ACTIVE, provider=None
    ).order_by("pk")
    return dict(acting.values_list("user__email", Coalesce("school__holiday_region", Value(""))))
