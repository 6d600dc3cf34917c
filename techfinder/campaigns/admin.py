from django.contrib import admin

from techfinder.campaigns.models import Campaign, Round
from techfinder.taxonomy.records import RecordAdmin


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
