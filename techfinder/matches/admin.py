from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.matches.models import Match
from techfinder.taxonomy.records import RecordAdmin


@admin.register(Match)
class MatchAdmin(RecordAdmin):
    """To look at: matches are written by the engine and by the people of both sides."""

    list_display = ["id", "request", "activity", "score", "state", "held", "placed_at", "asked_at", "offered_at"]
    list_filter = ["state"]
    list_select_related = ["request", "activity"]
    search_fields = ["request__title", "activity__title"]
    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)
