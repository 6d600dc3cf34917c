"""What is not told at once: one mail a day, or a week, with what is new and still holds.

What goes in is what nobody was told of yet, never what came in some window of time: a tick that is missed loses
nothing. The unique `DigestRun` makes two beats send one mail.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.mail.queries import choosing, preferences
from techfinder.matches.fairness.held import waiting_of
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.telling.labels import Labels
from techfinder.matches.telling.notifications import holding
from techfinder.matches.telling.words import ask_words, offer_words, request_url
from techfinder.organisations.queries import own_providers
from techfinder.requests.models import Request

SHOWN = 10
# Nobody reads it earlier, and after it nobody is woken.
FIRST_HOUR = 7
Side = Notification.Side


def send_digests(*, now: dt.datetime | None = None) -> int:
    """Send what is due to whom it is due; nothing to tell, no mail. Returns how many were queued."""
    local = timezone.localtime(now or timezone.now())
    if local.hour < FIRST_HOUR:
        return 0
    return sum(send_digest(user_id=pk, today=local.date()) for pk in _who_may_have_something(local.date()))


def _who_may_have_something(today: dt.date) -> list[int]:
    waiting = Notification.objects.filter(told_at=None).values("recipient")
    people = User.objects.filter(pk__in=waiting, is_active=True)
    people = people.exclude(pk__in=choosing(people, matches=Frequency.NONE).values("pk"))
    week = choosing(
        DigestRun.objects.filter(period_start__gte=monday(today)), "recipient__email", matches=Frequency.WEEKLY
    )
    had = week | DigestRun.objects.filter(period_start=today)
    return list(people.exclude(pk__in=had.values("recipient")).order_by("pk").values_list("pk", flat=True))


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@transaction.atomic
def send_digest(*, user_id: int, today: dt.date) -> bool:
    """One person's digest of this period: at most one, and only when something in it still holds."""
    # Held until the mail is there: what is told at once is composed by others (`notifications`).
    person = User.objects.select_for_update(no_key=True).get(pk=user_id)
    drop_void(person)
    weekly = preferences(person.email).matches == Frequency.WEEKLY
    start = monday(today) if weekly else today
    run, is_mine = DigestRun.objects.get_or_create(recipient=person, period_start=start)
    if not is_mine:
        return False
    news = list(_news(person))
    if not news:
        run.delete()
        return False
    run.mail = _digest_mail(person, news, start)
    run.save(update_fields=["mail"])
    Notification.objects.filter(pk__in=[each.pk for each in news]).update(mail=run.mail, told_at=timezone.now())
    return True


def drop_void(person: User) -> None:
    """What can no longer be told is not kept for ever; a match that opens again is noted anew."""
    gone = ~Q(match__state=Match.State.OPEN) | ~Q(match__request__status=Request.Status.OPEN)
    Notification.objects.filter(gone, recipient=person, told_at=None).delete()


def _news(person: User) -> QuerySet[Notification]:
    """Untold, and still before this person."""
    return holding(Notification.objects.filter(recipient=person, told_at=None)).order_by("-match__score", "pk")


def _digest_mail(person: User, news: list[Notification], start: dt.date) -> OutgoingMail | None:
    schools = [each for each in news if each.side == Side.SCHOOL]
    providers = [each for each in news if each.side == Side.PROVIDER]
    with translation.override(person.language):
        labels = Labels()
        offers = [
            {"request": each.match.request.title, "url": request_url(each.match.request), "offer": offer}
            for each in schools[:SHOWN]
            for offer in [offer_words(each.match, labels)]
        ]
        asks = [ask_words(each.match, labels) for each in providers[:SHOWN]]
    return queue_mail(
        key=f"digest:{person.pk}:{start.isoformat()}",
        to=person.email,
        recipient=person,
        template="match_digest",
        context={
            "count": len(news),
            "offers": offers,
            "asks": asks,
            "more": len(news) - len(offers) - len(asks),
            "waiting": _waiting(person) if asks else [],
            "weekly": preferences(person.email).matches == Frequency.WEEKLY,
            "button_url": absolute("/mijn/"),
        },
    )


def _waiting(person: User) -> list[dict[str, object]]:
    """What else fits own activities and waits for a free place."""
    return [
        {"name": each.name, "count": each.count, "cap": each.cap, "url": absolute(each.url)}
        for each in waiting_of(own_providers(person))
    ]
