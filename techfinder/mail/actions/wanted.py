"""Once a year: does who gets suggestions, and never says anything, still want them?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.mail.actions.stopping import stop
from techfinder.mail.actions.writing import queue_mail
from techfinder.mail.compose import absolute
from techfinder.mail.kinds import KINDS, SUGGESTIONS, Group
from techfinder.mail.models import Frequency, MailPreferences, OutgoingMail
from techfinder.mail.tokens import address_token

YEAR = dt.timedelta(days=365)
PATIENCE = dt.timedelta(days=30)
TEMPLATE = "still_wanted"
# So many in one transaction.
BATCH = 100
SUGGESTED = [name for name, kind in KINDS.items() if kind.group == Group.MATCHES and name != TEMPLATE]


def ask_whether_wanted(*, now: dt.datetime | None = None) -> int:
    """Ask who was mailed suggestions this year, and neither chose nor signed in for a year. Returns how many."""
    now, asked, after = now or timezone.now(), 0, 0
    while people := _ask_some(now, after):
        asked, after = asked + len(people), people[-1].pk
    return asked


@transaction.atomic
def _ask_some(now: dt.datetime, after: int) -> list[User]:
    people = list(_silent(now).filter(pk__gt=after).select_for_update(skip_locked=True, no_key=True)[:BATCH])
    for person in people:
        MailPreferences.objects.update_or_create(
            email=person.email, defaults={"asked_at": now}, create_defaults={"asked_at": now, "wanted_at": now - YEAR}
        )
        queue_mail(
            key=f"still-wanted:{person.pk}:{now:%Y-%m-%d}",
            to=person.email,
            recipient=person,
            template=TEMPLATE,
            context=still_wanted_context(person.email),
        )
    return people


def still_wanted_context(address: str) -> Mapping[str, Any]:
    """What the mail says; its button leads to the question on the page where this address decides about its mail."""
    page = reverse("mail:preferences", args=[address_token(address)])
    return {"days": PATIENCE.days, "button_url": f"{absolute(page)}#nog-gewenst"}


def _silent(now: dt.datetime) -> QuerySet[User]:
    """Who was mailed suggestions in the last year and said nothing in it; oldest account first."""
    year_ago = now - YEAR
    row = MailPreferences.objects.filter(email=OuterRef("email"))
    spoke = row.filter(Q(wanted_at__gt=year_ago) | Q(asked_at__gt=year_ago) | Q(matches=Frequency.NONE))
    mailed = OutgoingMail.objects.filter(
        to=OuterRef("email"),
        priority__in=[int(each) for each in SUGGESTIONS],
        kind__in=SUGGESTED,
        created_at__gt=year_ago,
    )
    away = Q(last_login=None) | Q(last_login__lte=year_ago)
    silent = User.objects.filter(away, ~Exists(spoke), Exists(mailed), is_active=True, date_joined__lte=year_ago)
    return silent.order_by("pk")


def stop_where_nobody_answered(*, now: dt.datetime | None = None) -> int:
    """No answer in thirty days after the question went: no more suggestions. Returns how many were stopped.

    Signing in is an answer as well.
    """
    now = now or timezone.now()
    went = OutgoingMail.objects.filter(
        to=OuterRef("email"),
        kind=TEMPLATE,
        created_at__gte=OuterRef("asked_at"),
        state=OutgoingMail.State.SENT,
        sent_at__lte=now - PATIENCE,
    )
    came = User.objects.filter(email=OuterRef("email"), last_login__gt=OuterRef("asked_at"))
    asked = MailPreferences.objects.filter(asked_at__lte=now - PATIENCE, asked_at__gt=F("wanted_at"))
    silent = asked.exclude(matches=Frequency.NONE).filter(Exists(went), ~Exists(came))
    return sum(_stop(each) for each in silent.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _stop(preferences_id: int) -> bool:
    chosen = MailPreferences.objects.select_for_update().get(pk=preferences_id)
    # Whoever answered in this second is heard.
    if chosen.asked_at is None or chosen.matches == Frequency.NONE:
        return False
    stop(email=chosen.email, group=Group.MATCHES)
    return True
