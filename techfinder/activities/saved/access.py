"""How a view gets a saved search: the long number in its address is in the mails of its owner and nowhere else."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from techfinder.activities.models import SavedSearch


def get_saved(uuid: UUID) -> SavedSearch:
    """One saved search, or 404."""
    return get_object_or_404(SavedSearch.objects.select_related("user"), uuid=uuid)
