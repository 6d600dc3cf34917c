from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from techfinder.accounts.actions import delete_account
from techfinder.accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["email", "name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = [
        "email",
        "name",
        "language",
        "moderates",
        "is_active",
        "is_staff",
        "is_superuser",
        "date_joined",
    ]
    readonly_fields = ["date_joined"]
    filter_horizontal = ["moderates"]

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As when she does it herself: nothing that is kept by her address stays behind."""
        delete_account(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for each in queryset:
            delete_account(user=each)
