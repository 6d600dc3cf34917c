"""What an administrator looks for: by state, or by address, domain, name or Message-ID."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from techfinder.accounts.models import User
from techfinder.mail.models import MailEvent, MailLane, MailPreferences, OutgoingMail, Suppression
from techfinder.mail.queries import preferences
from techfinder.mail.standing import waiting_too_long

LATE = "late"
STATES = (OutgoingMail.State.QUEUED, OutgoingMail.State.ASIDE, OutgoingMail.State.FAILED,
          OutgoingMail.State.SUPPRESSED, OutgoingMail.State.OVERTAKEN)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOST_PEOPLE = 20
LAST_EVENTS = 5
# Nobody reads on for longer, and counting a million rows takes longer than reading fifty.
MOST_SHOWN = 1000


class NewestPaginator(Paginator[OutgoingMail]):
    """Pages of the newest; the rest is found by its address."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[OutgoingMail] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST_SHOWN].count()


@dataclass(frozen=True, slots=True)
class About:
    """What the site knows of one address: why it may get nothing."""

    email: str
    person: User | None
    suppression: Suppression | None
    lane: MailLane | None
    chosen: MailPreferences
    # What mail servers and services said of it last.
    events: list[MailEvent]


def about(email: str) -> About:
    """Five queries, whatever is found."""
    now = timezone.now()
    return About(
        email=email,
        person=User.objects.filter(email=email).first(),
        suppression=Suppression.objects.standing().filter(email=email).first(),
        lane=MailLane.objects.filter(domain=email.rpartition("@")[2], not_before__gt=now).first(),
        chosen=preferences(email),
        events=list(MailEvent.objects.filter(email=email).order_by("-at")[:LAST_EVENTS]),
    )


def mails(*, state: str, sought: str) -> QuerySet[OutgoingMail]:
    """Newest first, without their bodies; an unknown state is every state."""
    found = OutgoingMail.objects.defer("text", "html", "calendar").order_by("-id")
    if sought:
        found = found.filter(_by_words(sought))
    if state == LATE:
        return found.filter(pk__in=waiting_too_long(timezone.now()).values("pk"))
    return found.filter(state=state) if state in STATES else found


def _by_words(sought: str) -> Q:
    words = sought.strip().lower()
    if found := _UUID.search(words):
        return Q(uuid=UUID(found[0]))
    if is_address(words):
        return Q(domain=words.rpartition("@")[2], to=words)
    if "." in words and " " not in words:
        return Q(domain=words.lstrip("@"))
    people = User.objects.filter(name__icontains=words).values_list("pk", flat=True)[:_MOST_PEOPLE]
    return Q(recipient__in=list(people))


def is_address(words: str) -> bool:
    local, at, at_domain = words.strip().rpartition("@")
    return bool(at and local and at_domain)
