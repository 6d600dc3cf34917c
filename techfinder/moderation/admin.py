from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.moderation.models import Decision


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin[Decision]):
    """A record: looked at, never changed."""

    list_display = ("created_at", "verdict", "activity", "provider", "membership", "moderator")
    list_filter = ("verdict", "reason")
    list_select_related = ("activity", "provider", "membership", "moderator")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
