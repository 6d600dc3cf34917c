"""Why somebody says no, or cancels: codes with words, by side. What else there is to say is free text."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.machine import Side


class SchoolDecline(TextChoices):
    DATE = "date", _("the date does not suit us")
    FOUND = "found", _("we have found something else")
    LEVEL = "level", _("it does not suit our pupils")
    COST = "cost", _("it costs too much")
    DISTANCE = "distance", _("it is too far away")
    NO_TIME = "no_time", _("we have no time")
    OTHER = "other", _("another reason")


class ProviderDecline(TextChoices):
    DATE = "date", _("we cannot on the days asked")
    FULL = "full", _("we have no room for more")
    NO_PEOPLE = "no_people", _("nobody can do it")
    LEVEL = "level", _("it does not suit this group")
    DISTANCE = "distance", _("it is too far away")
    STOPPED = "stopped", _("we no longer do this")
    OTHER = "other", _("another reason")


class SchoolCancel(TextChoices):
    ILL = "ill", _("the teacher is ill")
    TIMETABLE = "timetable", _("the timetable changed")
    TRANSPORT = "transport", _("there is no transport")
    SUPERVISION = "supervision", _("there are too few adults to come along")
    FOUND = "found", _("we have found something else")
    OTHER = "other", _("another reason")


class ProviderCancel(TextChoices):
    ILL = "ill", _("who would do it is ill")
    BUSY = "busy", _("work came between")
    SAFETY = "safety", _("it is not safe now")
    TOO_FEW = "too_few", _("there are too few sign-ups")
    STOPPED = "stopped", _("we no longer do this")
    OTHER = "other", _("another reason")


class CoordinatorReason(TextChoices):
    ASKED_TO = "asked_to", _("one of the two asked for it")
    NO_ANSWER = "no_answer", _("no answer came")
    CONCERN = "concern", _("there is a concern")
    OTHER = "other", _("another reason")


class Expiry(TextChoices):
    """Why time ended it."""

    SILENT = "silent", _("no answer came")
    ELSEWHERE = "elsewhere", _("it was answered another way, and nobody told what came of it")
    DAY_CAME = "day_came", _("the day came before an answer did")
    NO_PLACE = "no_place", _("no place came free")


DECLINE_REASONS: dict[str, type[TextChoices]] = {
    Side.SCHOOL: SchoolDecline,
    Side.PROVIDER: ProviderDecline,
    Side.COORDINATOR: CoordinatorReason,
}
CANCEL_REASONS: dict[str, type[TextChoices]] = {
    Side.SCHOOL: SchoolCancel,
    Side.PROVIDER: ProviderCancel,
    Side.COORDINATOR: CoordinatorReason,
}
EXPIRY_REASONS: dict[str, type[TextChoices]] = {Side.CLOCK: Expiry}


def checked(table: dict[str, type[TextChoices]], *, side: str, reason: str) -> str:
    """The reason when this side has it; ValueError for any other."""
    return table[side](reason).value


_OF_STATE = {
    "declined": DECLINE_REASONS,
    "cancelled_early": CANCEL_REASONS,
    "cancelled_late": CANCEL_REASONS,
    "expired": EXPIRY_REASONS,
}


def reason_words(*, state: str, side: str, reason: str) -> str:
    """The reason of an end in words; empty when none was given."""
    kind = _OF_STATE.get(state, {}).get(side)
    return str(kind(reason).label) if kind and reason in kind.values else ""
