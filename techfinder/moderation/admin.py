from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.activities.models import Sought
from techfinder.moderation.models import Decision


class RecordAdmin(admin.ModelAdmin[Any]):
    """A record: looked at, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    list_display = ("created_at", "verdict", "activity", "provider", "membership", "moderator")
    list_filter = ("verdict", "reason")
    list_select_related = ("activity", "provider", "membership", "moderator")


@admin.register(Sought)
class SoughtAdmin(RecordAdmin):
    """Without a person: see docs/decisions/0010-what-we-keep-of-searches.md."""

    list_display = ("day", "text", "municipality", "criteria", "results", "times")
    list_filter = ("day",)
    list_select_related = ("municipality",)
    search_fields = ("text",)
