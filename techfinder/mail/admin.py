from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from techfinder.mail import actions
from techfinder.mail.models import OutgoingMail, Suppression


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin[OutgoingMail]):
    """Look, and give a failed mail another chance. The outbox is written by actions only."""

    list_display = ["id", "to", "subject", "kind", "state", "attempts", "created_at", "sent_at", "reply"]
    list_filter = ["state", "kind"]
    search_fields = ["to", "message_id"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["retry"]

    def get_fields(self, request: HttpRequest, obj: OutgoingMail | None = None) -> Any:
        hidden = {"text", "html", "subject"} if obj is not None and obj.is_code else {"html"}
        return [field.name for field in OutgoingMail._meta.fields if field.name not in hidden]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm("mail.change_outgoingmail")

    @admin.action(description=_("Send again what failed"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> None:
        count = actions.retry(mail_ids=list(queryset.values_list("pk", flat=True)))
        words = ngettext("%(count)d mail is queued again", "%(count)d mails are queued again", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin[Suppression]):
    list_display = ["email", "why", "detail", "until", "created_at"]
    search_fields = ["email"]
