from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.campaigns.models import Campaign, Round


class RecordAdmin(admin.ModelAdmin[Any]):
    """A record: looked at here, changed on the pages of the campaign."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Campaign)
class CampaignAdmin(RecordAdmin):
    list_display = ("title", "region", "first_day", "last_day", "state", "created_by", "published_at")
    list_filter = ("state",)
    list_select_related = ("region", "created_by")
    search_fields = ("title",)


@admin.register(Round)
class RoundAdmin(RecordAdmin):
    list_display = ("campaign", "number", "state", "attempts", "started_by", "started_at", "finished_at", "problem")
    list_filter = ("state",)
    list_select_related = ("campaign", "started_by")
