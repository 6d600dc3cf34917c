from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from techfinder.taxonomy.models import Kind, Level, Region, Theme
from techfinder.taxonomy.records import RecordAdmin
from techfinder.taxonomy.signals import region_leaves


class TermAdmin(admin.ModelAdmin[Theme | Kind]):
    """Terms are retired, not removed; a code that is in use in the world is not changed."""

    list_display = ["code", "name", "name_en", "position", "active"]
    list_editable = ["position", "active"]
    list_filter = ["active"]
    search_fields = ["code", "name", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Theme | Kind | None = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Theme | Kind | None = None) -> bool:
        return False


admin.site.register(Theme, TermAdmin)
admin.site.register(Kind, TermAdmin)


@admin.register(Level)
class LevelAdmin(RecordAdmin):
    """For looking up only: the tree is a constant of the product."""

    list_display = ["code", "name", "name_en", "parent", "bit", "age_from", "age_until", "obk"]
    list_select_related = ["parent"]
    list_filter = ["sector"]
    list_per_page = 100
    search_fields = ["code", "name", "name_en"]


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin[Region]):
    """Networks are edited here; the rest comes with the site and the school register."""

    list_display = ["code", "name", "type", "parent"]
    list_select_related = ["parent"]
    list_filter = ["type", "parent"]
    search_fields = ["code", "name", "slug"]
    autocomplete_fields = ["parent", "municipalities"]

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        return ["code", "type"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Region | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["name"]}

    def has_delete_permission(self, request: HttpRequest, obj: Region | None = None) -> bool:
        return obj is not None and obj.type == Region.Type.NETWORK and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """With what uses the region: then it stays, and the page says what to mend first."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        for region in objs:
            answers: list[Any] = [answer for _receiver, answer in region_leaves.send(sender=Region, region=region)]
            protected = [*protected, *chain.from_iterable(answers)]
        return deleted, counts, lacking, protected
