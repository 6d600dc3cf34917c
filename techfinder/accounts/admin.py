from django.contrib import admin

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
