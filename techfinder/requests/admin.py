from django.contrib import admin

from techfinder.requests.models import Request


@admin.register(Request)
class RequestAdmin(admin.ModelAdmin[Request]):
    """To look things up: what matters to matching is changed on the site, where it raises the version."""

    list_display = ["title", "school", "status", "date_from", "date_until", "created_at"]
    list_filter = ["status"]
    list_select_related = ["school"]
    search_fields = ["title", "school__name", "contact_email", "uuid"]
    raw_id_fields = ["school", "contact"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
