"""The administration looks at bookings; it writes the answer times of regions only.

What two sides wrote to each other, and addresses that nobody may guess, are not shown here either.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.models import (
    Booking,
    BookingEvent,
    CalendarFeed,
    ClockRule,
    DaySheet,
    Evaluation,
    Message,
    Partnership,
    Plan,
    Proposal,
    ProviderRecord,
    Series,
    TakeOverCode,
    Task,
    TermSurvey,
    Waiting,
)
from techfinder.celery import wake
from techfinder.taxonomy.records import RecordAdmin


class RowsBeside(admin.TabularInline[Any, Any]):
    """Rows of a booking, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ProposalRows(RowsBeside):
    model = Proposal
    fields = ["created_at", "by", "date", "start", "end", "state"]


class EventRows(RowsBeside):
    model = BookingEvent
    fields = ["at", "action", "side", "actor_name", "before", "after", "version", "changed"]


@admin.register(Booking)
class BookingAdmin(RecordAdmin):
    list_display = ["id", "request", "activity", "state", "turn", "date", "due_on", "next_step", "next_step_at"]
    list_filter = ["state", "next_step", "asked_by"]
    list_select_related = ["request", "activity"]
    search_fields = ["=uuid", "request__title", "activity__title", "request__school__name"]
    list_per_page = 50
    show_full_result_count = False
    inlines = [ProposalRows, EventRows]


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    list_display = ["id", "kind", "created_at"]
    list_filter = ["kind"]


@admin.register(DaySheet)
class DaySheetAdmin(RecordAdmin):
    list_display = ["id", "booking", "place", "report_to"]
    list_select_related = ["booking"]
    show_full_result_count = False


@admin.register(Evaluation)
class EvaluationAdmin(RecordAdmin):
    list_display = ["id", "booking", "side", "outcome", "again", "pupils", "hours", "created_at"]
    list_filter = ["side", "outcome", "again"]
    list_select_related = ["booking"]
    show_full_result_count = False


@admin.register(TermSurvey)
class TermSurveyAdmin(RecordAdmin):
    list_display = ["id", "term", "side", "bookings", "created_at", "answered_at"]
    list_filter = ["term", "side"]


@admin.register(Partnership)
class PartnershipAdmin(RecordAdmin):
    list_display = ["school", "provider", "proposed_by", "created_at", "accepted_at", "ended_at"]
    list_select_related = ["school", "provider"]
    search_fields = ["school__name", "provider__name"]


@admin.register(Plan)
class PlanAdmin(RecordAdmin):
    list_display = ["partnership", "year", "activity", "month", "booking"]
    list_filter = ["year"]
    list_select_related = ["partnership__school", "partnership__provider", "activity", "booking"]


class ClockRuleForm(forms.ModelForm[ClockRule]):
    """The steps in their order, said in words."""

    class Meta:
        model = ClockRule
        fields = ["region", "first_reminder", "second_reminder", "answer", "expire", "look"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        steps = [cleaned.get(name) for name in ("first_reminder", "second_reminder", "answer")]
        days = [step for step in steps if step is not None]
        if len(days) == len(steps) and not 1 <= days[0] < days[1] < days[2]:
            raise ValidationError(_("Choose a first reminder, then a later second one, and then the day of the answer"))
        return cleaned


@admin.register(ClockRule)
class ClockRuleAdmin(admin.ModelAdmin[ClockRule]):
    """Of a region and all that lies under it; what is running follows at once."""

    form = ClockRuleForm
    list_display = ["region", "first_reminder", "second_reminder", "answer", "expire", "look"]
    list_select_related = ["region"]
    raw_id_fields = ["region"]

    def save_model(self, request: HttpRequest, obj: ClockRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wake("bookings.reschedule")

    def delete_model(self, request: HttpRequest, obj: ClockRule) -> None:
        super().delete_model(request, obj)
        wake("bookings.reschedule")


@admin.register(ProviderRecord)
class ProviderRecordAdmin(RecordAdmin):
    list_display = ["provider", "asked", "answered", "days", "silent_in_row", "warned_at", "hidden_at", "counted_at"]
    list_select_related = ["provider"]
    search_fields = ["provider__name"]


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    list_display = ["kind", "region", "booking", "request", "provider", "created_at", "done_at", "done_by"]
    list_filter = ["kind", ("done_at", admin.EmptyFieldListFilter)]
    list_select_related = ["region", "booking", "request", "provider", "done_by"]
    list_per_page = 50


@admin.register(Waiting)
class WaitingAdmin(RecordAdmin):
    list_display = ["request", "since", "look_on", "looked_at", "handed_to", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["request", "handed_to"]
    list_per_page = 50


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    list_display = ["id", "booking", "side", "via", "refused_attachments", "created_at"]
    list_filter = ["side", "via"]
    list_select_related = ["booking"]
    exclude = ["text", "message_id"]
    show_full_result_count = False


@admin.register(CalendarFeed)
class CalendarFeedAdmin(RecordAdmin):
    list_display = ["user", "email", "created_at", "revoked_at"]
    list_select_related = ["user"]
    exclude = ["token"]


@admin.register(TakeOverCode)
class TakeOverCodeAdmin(RecordAdmin):
    list_display = ["booking", "side", "email", "name", "sent_at", "used_at", "attempts"]
    list_select_related = ["booking"]
    exclude = ["code_hash"]
