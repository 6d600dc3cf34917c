"""Which addresses asked something for a school: the mail room asks, for its nights and holidays."""

from __future__ import annotations

from collections.abc import Collection

from techfinder.mail.policy import quiet
from techfinder.requests.models import Request


@quiet.register
def of_contacts(addresses: Collection[str]) -> dict[str, str]:
    """Contacts of requests, with the holiday region of the school that was asked for last."""
    known = Request.objects.filter(contact__email__in=addresses)
    nameless = Request.objects.filter(contact=None, contact_email__in=addresses)
    rows = known.values_list("pk", "contact__email", "school__holiday_region").union(
        nameless.values_list("pk", "contact_email", "school__holiday_region")
    )
    return {address: region for _pk, address, region in rows.order_by("pk")}
