"""Whom our mail does not reach, and no colleague can stand in for: a coordinator calls them.

A contact whose address is dead is followed by a colleague (`contacts`). Here is what that leaves: providers with nobody
who can be mailed, and contacts whose mail is only paused, as of a full mailbox.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext

from techfinder.activities.models import Activity
from techfinder.bookings.actions.tasks import About, finish_tasks, open_task
from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking, Task
from techfinder.mail.models import Suppression
from techfinder.organisations.models import Membership, Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import day

MOST = 500
# Who cannot be mailed for long is asked about again.
ASKED_FOR = dt.timedelta(days=30)
GONE = Task.Kind.CONTACT_GONE


def sweep_unreachable() -> int:
    """Ask a coordinator to call whom our mail does not reach; who is reached again needs no call. Returns how many
    tasks were opened: for the same one at most one in thirty days."""
    _finish_reached()
    count = sum(_ask(each, _nobody()) for each in _new_providers())
    for side in PARTIES:
        bookings = _paused(Booking.objects.live(), f"{side}_contact", f"{side}_email", "booking")
        count += sum(_ask(each, _comes_back(each.until)) for each in bookings)
    asked = Request.objects.open().exclude(bookings__in=Booking.objects.live())
    requests = _paused(asked, "contact", "contact_email", "request", booking=None)
    return count + sum(_ask(each, _comes_back(each.until)) for each in requests)


@transaction.atomic
def _ask(about: About, note: str) -> bool:
    open_task(kind=GONE, about=about, note=note)
    return True


def _finish_reached() -> None:
    about = Task.objects.filter(kind=GONE, done_at=None, booking=None, request=None)
    reached = Provider.objects.filter(pk__in=about.values("provider")).exclude(pk__in=_unreachable())
    for provider in reached.order_by("pk")[:MOST]:
        finish_tasks(about=provider, kinds=[GONE], words=gettext("Our mail reaches the provider again."))


def _new_providers() -> QuerySet[Provider]:
    """Those that schools find, of whom nobody can be mailed."""
    offers = Exists(Activity.objects.public().filter(provider=OuterRef("pk")))
    asked = _asked("provider", booking=None, request=None)
    return _unreachable().filter(offers).exclude(asked).select_related("municipality").order_by("pk")[:MOST]


def _unreachable() -> QuerySet[Provider]:
    """Providers of which all who act are not mailed; without people of which the general address is not."""
    people = Membership.objects.filter(provider=OuterRef("pk"), status=Membership.Status.ACTIVE, user__is_active=True)
    silent = Exists(Suppression.objects.standing().filter(email=Lower(OuterRef("user__email"))))
    general = Exists(Suppression.objects.standing().filter(email=Lower(OuterRef("email"))))
    return Provider.objects.filter(~Exists(people.exclude(silent))).filter(Exists(people) | general)


def _paused(rows: QuerySet, contact: str, email: str, kind: str, **only: None) -> QuerySet:  # type: ignore[type-arg]
    """Of these rows those of which the contact is not mailed for a while, with `until`."""
    rows = rows.annotate(address=Lower(Coalesce(f"{contact}__email", email)))
    paused = Suppression.objects.standing().filter(email=OuterRef("address"), until__isnull=False)
    found = rows.annotate(until=paused.values("until")[:1]).filter(until__isnull=False)
    return found.exclude(_asked(kind, **only)).order_by("pk")[:MOST]


def _asked(kind: str, **only: None) -> Q:
    lately = Task.objects.filter(kind=GONE, created_at__gt=timezone.now() - ASKED_FOR, **{kind: OuterRef("pk")}, **only)
    return Q(Exists(lately))


def _nobody() -> str:
    return gettext("Our mail reaches nobody of this provider: it comes back.")


def _comes_back(until: dt.datetime) -> str:
    words = gettext("Mail to the contact comes back, as from a full mailbox. We try again from %(day)s.")
    return words % {"day": day(until)}
