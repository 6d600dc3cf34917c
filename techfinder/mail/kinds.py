"""What sorts of mail there are: one row per template, and everything that is decided by it.

The sort says what goes first, what may wait for the day, what the weekly ceiling counts, and what goes even to an
address that bounced. The group says which preference of the receiver stops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Sort(IntEnum):
    """Kept in the row as its priority: a lower number goes first."""

    # Somebody waits for it at the screen. Emptied once it is sent, and never held back: else nobody could get in.
    CODE = 10
    # A question to this person, an answer to theirs, or what happened to what they agreed.
    DIRECT = 20
    # Of what was agreed or asked before.
    REMINDER = 30
    # What might suit; counted by the ceiling, and never at night.
    SUGGESTION = 40
    # The same, of a day or a week.
    DIGEST = 50


SUGGESTIONS = (Sort.SUGGESTION, Sort.DIGEST)


class Group(StrEnum):
    """What a receiver decides about by itself (`models.MailPreferences`)."""

    MATCHES = "matches"
    SEARCHES = "searches"
    REMINDERS = "reminders"
    SURVEYS = "surveys"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Kind:
    sort: Sort
    # None: it cannot be stopped, since somebody asked for it or waits for the answer.
    group: Group | None = None


_CODE, _DIRECT = Kind(Sort.CODE), Kind(Sort.DIRECT)
_MATCH = Kind(Sort.SUGGESTION, Group.MATCHES)
_SURVEY = Kind(Sort.REMINDER, Group.SURVEYS)
_REMINDER = Kind(Sort.REMINDER, Group.REMINDERS)

# By the name of the folder in templates/mail/.
KINDS: dict[str, Kind] = {
    "account_code": _CODE,
    "account_exists": _CODE,
    "account_notice": _CODE,
    "account_unknown": _CODE,
    "booking_after": _SURVEY,
    "booking_again_after": _SURVEY,
    "booking_agreed": _DIRECT,
    "booking_asked": _DIRECT,
    "booking_cancelled": _DIRECT,
    "booking_change_proposed": _DIRECT,
    "booking_change_refused": _DIRECT,
    "booking_changed": _DIRECT,
    "booking_code": _CODE,
    "booking_contact_new": _DIRECT,
    "booking_day_before": _REMINDER,
    "booking_declined": _DIRECT,
    "booking_elsewhere": _DIRECT,
    "booking_elsewhere_asked": _DIRECT,
    "booking_escalated": _DIRECT,
    "booking_expired": _DIRECT,
    "booking_feed": _CODE,
    "booking_in_queue": _DIRECT,
    "booking_message": _DIRECT,
    "booking_no_place": _DIRECT,
    "booking_on_behalf": _DIRECT,
    "booking_partnership_accepted": _DIRECT,
    "booking_partnership_ended": _DIRECT,
    "booking_partnership_proposed": _DIRECT,
    "booking_promoted": _DIRECT,
    "booking_proposed": _DIRECT,
    "booking_queued": _DIRECT,
    "booking_refused": _DIRECT,
    "booking_reminder": Kind(Sort.REMINDER),
    "booking_sent": _DIRECT,
    "booking_taken_over": _DIRECT,
    "booking_term_survey": _SURVEY,
    "booking_week_before": _REMINDER,
    "booking_withdrawn": _DIRECT,
    "campaign_placed": _DIRECT,
    "campaign_provider": _DIRECT,
    "campaign_unplaced": _DIRECT,
    "invitation": _DIRECT,
    "mail_again": _CODE,
    "match_digest": Kind(Sort.DIGEST, Group.MATCHES),
    "match_none": Kind(Sort.DIRECT, Group.MATCHES),
    "match_provider": _MATCH,
    "match_school": _MATCH,
    "moderation_activity": _DIRECT,
    "moderation_claim": _DIRECT,
    "moderation_provider": _DIRECT,
    "provider_hidden": _DIRECT,
    "provider_warned": _DIRECT,
    "request_code": _CODE,
    "search_alert": Kind(Sort.SUGGESTION, Group.SEARCHES),
    "search_confirm": _CODE,
    "search_known": _CODE,
    "search_paused": Kind(Sort.DIRECT, Group.SEARCHES),
    "search_wanted": Kind(Sort.DIRECT, Group.SEARCHES),
    "still_wanted": _MATCH,
    "tasks": Kind(Sort.DIGEST, Group.TASKS),
    "waiting_handed": _DIRECT,
    "waiting_looked": _DIRECT,
    "waiting_moved": _DIRECT,
}


def kind_of(template: str) -> Kind:
    """The kind of a mail; KeyError for a template that has no row."""
    return KINDS[template]
