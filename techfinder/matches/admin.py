from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.matches.models import Match


@admin.register(Match)
class MatchAdmin(admin.ModelAdmin[Match]):
    """To look at: matches are written by the engine and by the people of both sides."""

    list_display = ["id", "request", "activity", "score", "rank", "state", "asked_at", "offered_at"]
    list_filter = ["state"]
    list_select_related = ["request", "activity"]
    search_fields = ["request__title", "activity__title"]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)
