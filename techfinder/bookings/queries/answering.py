"""How providers answer what they are asked: of the past year, what is decided only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from techfinder.bookings.machine import Side, Step
from techfinder.bookings.models import Booking, BookingEvent, ProviderRecord
from techfinder.organisations.models import Provider
from techfinder.taxonomy.workdays import Workdays

PERIOD = dt.timedelta(days=365)
# Of fewer questions nothing is said: one that was missed would say too much.
LEAST = 5
SILENT_TO_WARN, SILENT_TO_HIDE = 2, 4


class Question(NamedTuple):
    """One question to a provider. `escalated_at`: when the time for an answer was over, without one."""

    provider_id: int
    asked_at: dt.datetime
    answered_at: dt.datetime | None
    elsewhere_at: dt.datetime | None
    queued_at: dt.datetime | None
    escalated_at: dt.datetime | None
    region: str

    @property
    def reaction(self) -> dt.datetime | None:
        """The first answer, here or another way."""
        return min((each for each in (self.answered_at, self.elsewhere_at) if each), default=None)

    @property
    def is_in_time(self) -> bool:
        reaction = self.reaction
        return reaction is not None and (self.escalated_at is None or reaction < self.escalated_at)

    @property
    def days(self) -> int | None:
        """Working days to the answer; who waited for a place first was not asked then."""
        if self.reaction is None or self.queued_at:
            return None
        calendar = Workdays(self.region)
        return calendar.between(timezone.localdate(self.asked_at), timezone.localdate(self.reaction))


@dataclass
class Count:
    """How one provider answers. `asked` has what was answered, or should have been by now; `answered` is in time."""

    asked: int = 0
    answered: int = 0
    silent_in_row: int = 0
    last_answer: dt.datetime | None = None
    _days: list[int] = field(default_factory=list)

    @property
    def days(self) -> float | None:
        """The median of working days."""
        return float(median(self._days)) if self._days else None

    @property
    def share(self) -> float | None:
        """Of what was asked the part that was answered in time (0-1); None while there is too little to say."""
        return round(self.answered / self.asked, 2) if self.asked >= LEAST else None

    @classmethod
    def of(cls, questions: list[Question], *, since: dt.datetime | None) -> Count:
        """`since`: silence before this moment had its consequence already."""
        decided = [each for each in questions if each.reaction or each.escalated_at]
        last = max((each.reaction for each in decided if each.reaction), default=None)
        start = max((each for each in (last, since) if each), default=None)
        silent = [each.escalated_at for each in decided if each.escalated_at and not each.reaction]
        return cls(
            asked=len(decided),
            answered=sum(each.is_in_time for each in decided),
            silent_in_row=sum(start is None or moment > start for moment in silent),
            last_answer=last,
            _days=[days for each in decided if (days := each.days) is not None],
        )


def count_all(*, now: dt.datetime) -> dict[int, Count]:
    """By provider, of each that was ever asked something; a constant number of queries."""
    by_provider: dict[int, list[Question]] = defaultdict(list)
    for question in _questions(now):
        by_provider[question.provider_id].append(question)
    hidden = dict(ProviderRecord.objects.values_list("provider", "hidden_at"))
    return {pk: Count.of(by_provider[pk], since=hidden.get(pk)) for pk in {*by_provider, *hidden}}


def _questions(now: dt.datetime) -> Iterator[Question]:
    escalated = BookingEvent.objects.filter(booking=OuterRef("pk"), action=Step.ESCALATE).order_by("pk")
    rows = Booking.objects.filter(created_at__gt=now - PERIOD).exclude(asked_by=Side.PROVIDER).order_by("pk")
    values = rows.values_list(
        "activity__provider",
        "created_at",
        "answered_at",
        "elsewhere_at",
        "queued_at",
        Subquery(escalated.values("at")[:1]),
        "request__school__holiday_region",
    )
    return (Question(*row) for row in values.iterator(chunk_size=2000))


def record_of(provider: Provider) -> ProviderRecord | None:
    """What may be shown of how it answers: nothing while it was asked too little."""
    return ProviderRecord.objects.filter(provider=provider, asked__gte=LEAST).first()
