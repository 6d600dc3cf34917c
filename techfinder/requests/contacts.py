"""Whom a request is mailed to, when its contact left."""

from __future__ import annotations

from django.db import transaction

from techfinder.accounts.models import User
from techfinder.requests.models import Request


@transaction.atomic
def change_contact(*, request_id: int, contact: User | None, name: str, email: str) -> Request:
    """Give a request to somebody else of the school; without anybody all three are empty, and nobody is mailed."""
    request = Request.objects.select_for_update().get(pk=request_id)
    request.contact, request.contact_name, request.contact_email = contact, name[:120], email.lower()
    request.save(update_fields=["contact", "contact_name", "contact_email", "updated_at"])
    return request
