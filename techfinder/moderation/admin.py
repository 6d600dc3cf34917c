from django.contrib import admin

from techfinder.activities.models import Sought
from techfinder.moderation.models import Decision
from techfinder.taxonomy.records import RecordAdmin


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
