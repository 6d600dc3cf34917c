"""Whether mail goes out, as the desk and /readyz say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from techfinder.mail.kinds import Sort
from techfinder.mail.models import Heartbeat, MailLane, OutgoingMail

State = OutgoingMail.State
# Who sends says so here, whether a worker or `manage.py deliver_mail`.
SENDER = "mail"
SILENT = timedelta(seconds=90)
# How long a mail that may go now waits before something is wrong. Overviews go by the thousand, after all others.
LATE = timedelta(minutes=2)
LATE_DIGEST = timedelta(minutes=15)
# So many tries in a row that the mail server did not take anything: about two minutes.
SERVER_IS_DOWN = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """`late_since`: since when the oldest mail that is late could have gone. `sender_at`: when anybody last sent.

    `server`: our own mail server or service, when nothing goes through it.
    """

    late_since: datetime | None
    aside: int
    counts: Mapping[str, int]
    sender_at: datetime | None
    server: MailLane | None
    now: datetime

    @property
    def sender_is_silent(self) -> bool:
        return self.sender_at is None or self.now - self.sender_at > SILENT

    @property
    def is_fine(self) -> bool:
        return not (self.late_since or self.aside or self.server or self.sender_is_silent)


def waiting_too_long(now: datetime) -> QuerySet[OutgoingMail]:
    """What could have gone a while ago; domains that asked for patience are let be."""
    patient = MailLane.objects.filter(domain=OuterRef("domain"), not_before__gt=now)
    late = Q(priority__lt=Sort.DIGEST, next_attempt_at__lt=now - LATE) | Q(next_attempt_at__lt=now - LATE_DIGEST)
    return OutgoingMail.objects.filter(late, ~Exists(patient), state=State.QUEUED)


def standing() -> Standing:
    """How things are now, in four queries."""
    now = timezone.now()
    counts = _counts()
    return Standing(
        late_since=waiting_too_long(now).aggregate(since=Min("next_attempt_at"))["since"],
        aside=counts.get(State.ASIDE, 0),
        counts=counts,
        sender_at=Heartbeat.objects.filter(name=SENDER).values_list("at", flat=True).first(),
        server=MailLane.objects.filter(domain=MailLane.SERVER, failures__gte=SERVER_IS_DOWN).first(),
        now=now,
    )


def _counts() -> dict[str, int]:
    """How many mails there are in each state but SENT, of which there are millions."""
    open_states = OutgoingMail.objects.exclude(state=State.SENT).order_by()
    return dict(open_states.values_list("state").annotate(count=Count("pk")))
