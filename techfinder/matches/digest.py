"""What is not told at once: one mail a day, or a week, with what is new and still holds.

What goes in is what nobody was told of yet, never what came in some window of time: a tick that is missed loses
nothing. The unique `DigestRun` makes two beats send one mail.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from techfinder.accounts.models import MailFrequency, User
from techfinder.activities.models import Activity
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.mail.models import OutgoingMail
from techfinder.matches.labels import Labels
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.words import ask_words, offer_words, request_url
from techfinder.organisations.models import Membership
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
    people = User.objects.filter(pk__in=waiting, is_active=True).exclude(match_mail=MailFrequency.NONE)
    had = DigestRun.objects.filter(
        Q(recipient__match_mail=MailFrequency.WEEKLY, period_start__gte=monday(today)) | Q(period_start=today)
    )
    return list(people.exclude(pk__in=had.values("recipient")).order_by("pk").values_list("pk", flat=True))


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@transaction.atomic
def send_digest(*, user_id: int, today: dt.date) -> bool:
    """One person's digest of this period: at most one, and only when something in it still holds."""
    person = User.objects.get(pk=user_id)
    start = monday(today) if person.match_mail == MailFrequency.WEEKLY else today
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


def _news(person: User) -> QuerySet[Notification]:
    """Untold, and still so: open match, open request, public activity, and still this person's business."""
    holds = Q(
        match__state=Match.State.OPEN,
        match__request__status=Request.Status.OPEN,
        match__activity__in=Activity.objects.public(),
    )
    own = Membership.objects.filter(user=person, status=Membership.Status.ACTIVE)
    mine = Q(side=Side.SCHOOL) & (Q(match__request__contact=person) | Q(match__request__contact=None))
    ours = Q(side=Side.PROVIDER, match__activity__provider__in=own.filter(provider__isnull=False).values("provider"))
    found = Notification.objects.filter(holds, mine | ours, recipient=person, told_at=None)
    return found.select_related("match__request__school__municipality", "match__activity__provider").order_by(
        "-match__score", "pk"
    )


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
        kind="digest",
        to=person.email,
        recipient=person,
        template="match_digest",
        context={
            "count": len(news),
            "offers": offers,
            "asks": asks,
            "more": len(news) - len(offers) - len(asks),
            "weekly": person.match_mail == MailFrequency.WEEKLY,
            "button_url": absolute("/mijn/"),
        },
        unsubscribe=True,
    )
