from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from techfinder.organisations.models import Attention, Board, Invitation, Membership, Provider, School
from techfinder.organisations.register.actions import recount_neighbours


class FromRegister(admin.ModelAdmin[Any]):
    """Rows come from the register and close with it: nobody adds or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(School)
class SchoolAdmin(FromRegister):
    list_display = ["code", "name", "city", "sector", "closed_at"]
    list_filter = ["sector", ("closed_at", admin.EmptyFieldListFilter)]
    search_fields = ["=code", "search_name"]
    autocomplete_fields = ["board"]
    raw_id_fields = ["municipality"]
    list_select_related = True
    show_full_result_count = False

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: School, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"lat", "lon", "closed_at"} & set(form.changed_data):
            recount_neighbours()


@admin.register(Board)
class BoardAdmin(FromRegister):
    list_display = ["code", "name"]
    search_fields = ["=code", "name"]


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin[Provider]):
    """Approving and pausing is for the moderators' desk, which tells the provider and keeps the history."""

    list_display = ["name", "city", "status", "paused", "created_at"]
    list_filter = ["status", "paused"]
    search_fields = ["name", "=kvk", "email"]
    raw_id_fields = ["municipality"]
    readonly_fields = ["status", "verified_at", "created_at", "logo"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ["user", "school", "provider", "board", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = ["user", "school", "provider", "board"]
    search_fields = ["user__email"]
    raw_id_fields = ["user", "school", "provider", "board"]
    readonly_fields = ["created_at"]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin[Invitation]):
    list_display = ["email", "school", "provider", "board", "created_at", "expires_at", "accepted_at"]
    list_select_related = ["school", "provider", "board"]
    search_fields = ["email"]
    raw_id_fields = ["school", "provider", "board", "invited_by"]


@admin.register(Attention)
class AttentionAdmin(admin.ModelAdmin[Attention]):
    list_display = ["reason", "school", "provider", "board", "created_at", "settled_at"]
    list_filter = ["reason", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["school", "provider", "board"]
    raw_id_fields = ["school", "provider", "board", "settled_by"]
