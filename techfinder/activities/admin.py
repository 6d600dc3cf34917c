from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.activities.models import Activity, Session, Stage


class StageInline(admin.TabularInline[Stage, Activity]):
    model = Stage
    extra = 0


class SessionInline(admin.TabularInline[Session, Activity]):
    model = Session
    extra = 0


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin[Activity]):
    """For looking and mending: every save raises the version, so that the sweeper matches it anew."""

    list_display = ("title", "provider", "kind", "status", "published_at")
    list_filter = ("status", "kind")
    list_select_related = ("provider",)
    search_fields = ("title", "slug", "ref", "provider__name")
    raw_id_fields = ("provider",)
    readonly_fields = ("version", "matched_version", "created_at", "updated_at", "pending")
    inlines = (StageInline, SessionInline)

    def save_model(self, request: HttpRequest, obj: Activity, form: Any, change: bool) -> None:
        obj.version += 1
        super().save_model(request, obj, form, change)
