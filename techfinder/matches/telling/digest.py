"""What is not told at once: one mail a day, or a week, with what is new and still holds.

Somebody's turn has come when the own period (`mail.policy.periods`) began after something was noted, and had no
overview yet. What goes in is then all that nobody told her of, never what came in some window of time: a tick that is
missed loses nothing, and after days of absence comes one mail. People are taken batch by batch, each row held until the
mail is there; the unique `DigestRun` makes two beats send one mail. A batch asks the same questions however many it
holds.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.actions import draft_mail
from techfinder.mail.actions.many import queue_many
from techfinder.mail.kinds import kind_of
from techfinder.mail.models import MailPreferences, OutgoingMail
from techfinder.mail.policy import budget, quiet
from techfinder.mail.policy.periods import clocks
from techfinder.matches.fairness.held import Waiting
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.telling.digest_words import News, digest_context, news_of, waiting_for
from techfinder.matches.telling.mails import Words
from techfinder.requests.models import Request

logger = logging.getLogger(__name__)

TASK = "matches.digest"
TEMPLATE = "match_digest"
BATCH = 100
# A run that takes longer leaves the rest to the next one.
SECONDS_PER_RUN = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody whose turn it is: the day on which the own period began, and whether that is a week."""

    person: User
    day: dt.date
    weekly: bool


def send_digests(*, now: dt.datetime | None = None, seconds: float = SECONDS_PER_RUN) -> int:
    """Send what is due to whom it is due; nothing to tell, no mail. Returns how many were queued."""
    until, run, after = time.monotonic() + seconds, Run(now or timezone.now()), 0
    if quiet.opens(kind_of(TEMPLATE), quiet.ANYBODY, run.now) > run.now:
        return 0
    while time.monotonic() < until:
        reached = run.take(after)
        if reached is None:
            return run.told
        after = reached
    wake(TASK)
    return run.told


@dataclass
class Run:
    """One run, at one moment."""

    now: dt.datetime
    told: int = 0
    _words: Words = field(default_factory=Words)

    @transaction.atomic
    def take(self, after: int) -> int | None:
        """Tell the next people whose turn it is; returns the last one's id, None when there is nobody."""
        turns = self._claim(after)
        if not turns:
            return None
        people = [turn.person for turn in turns]
        drop_void(people)
        open_now = self._may_be_mailed(people) - _had_theirs(turns)
        news = news_of(Notification.objects.filter(recipient__in=open_now, told_at=None, due_at__lte=self.now))
        self._tell([turn for turn in turns if turn.person.pk in news], news)
        return people[-1].pk

    def _claim(self, after: int) -> list[Turn]:
        """The next, held until the transaction ends; whom another worker holds is left to it."""
        choices = list(clocks(self.now))
        values = {
            "weekly": [each.weekly for each in choices],
            "hour": [each.hour for each in choices],
            "weekday": [each.weekday for each in choices],
            "start": [each.now.start for each in choices],
            "day": [each.now.day for each in choices],
            "usual": MailPreferences().digest_hour,
            "after": after,
            "most": BATCH,
        }
        rows: list[User] = list(User.objects.raw(CLAIM, values))
        return [Turn(each, each.period_day, each.is_weekly) for each in rows]  # type: ignore[attr-defined]

    def _may_be_mailed(self, people: Collection[User]) -> set[int]:
        """Those who are no school in its holidays, and had less than they want of this in a week."""
        addresses = [person.email for person in people]
        zones, room = quiet.zones_of(addresses), budget.left(addresses, self.now)
        kind = kind_of(TEMPLATE)
        return {
            person.pk
            for person in people
            if room[person.email] and quiet.opens(kind, zones[person.email], self.now) <= self.now
        }

    def _tell(self, turns: Collection[Turn], news: Mapping[int, News]) -> None:
        waiting = waiting_for([turn.person.pk for turn in turns if news[turn.person.pk].asks])
        drafts: dict[int, OutgoingMail] = {}
        for turn in turns:
            try:
                drafts[turn.person.pk] = self._draft(turn, news[turn.person.pk], waiting.get(turn.person.pk, []))
            except Exception:
                # It stays, and holds up nobody else.
                logger.exception("an overview cannot be composed")
        written = queue_many(list(drafts.values()))
        mails = {person: written[draft.key] for person, draft in drafts.items()}
        runs = [DigestRun(recipient=turn.person, period_start=turn.day) for turn in turns if turn.person.pk in mails]
        for each in runs:
            each.mail_id = mails[each.recipient_id]  # type: ignore[attr-defined]
        DigestRun.objects.bulk_create(runs)
        _settle({pk: mail for person, mail in mails.items() for pk in news[person].ids})
        self.told += len(mails)

    def _draft(self, turn: Turn, news: News, waiting: list[Waiting]) -> OutgoingMail:
        person = turn.person
        return draft_mail(
            key=f"digest:{person.pk}:{turn.day.isoformat()}",
            to=person.email,
            recipient=person,
            template=TEMPLATE,
            context=digest_context(
                news, waiting=waiting, weekly=turn.weekly, language=person.language, words=self._words
            ),
        )


def _had_theirs(turns: Collection[Turn]) -> set[int]:
    """Whom another run told while this one waited: what is read now is newer than the claim."""
    days = {turn.person.pk: turn.day for turn in turns}
    rows = DigestRun.objects.filter(recipient__in=days, period_start__gte=min(days.values()))
    return {person for person, day in rows.values_list("recipient_id", "period_start") if day >= days[person]}


def drop_void(people: Collection[User]) -> None:
    """What can no longer be told is not kept for ever; a match that opens again is noted anew."""
    gone = ~Q(match__state=Match.State.OPEN) | ~Q(match__request__status=Request.Status.OPEN)
    Notification.objects.filter(gone, recipient__in=people, told_at=None).delete()


def _settle(mails: Mapping[int, int]) -> None:
    """Write with each notification in which mail it is."""
    if not mails:
        return
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"ids": list(mails), "mails": list(mails.values()), "now": timezone.now()})


# What was noted since the period began waits for the next. What is to go in a mail of its own is given an hour for it.
CLAIM = """
    WITH choice AS (
        SELECT * FROM unnest(
            %(weekly)s::boolean[], %(hour)s::int[], %(weekday)s::int[], %(start)s::timestamptz[], %(day)s::date[]
        ) AS choice(weekly, hour, weekday, start, day)
    )
    SELECT person.*, choice.day AS period_day, choice.weekly AS is_weekly
    FROM accounts_user AS person
    LEFT JOIN mail_mailpreferences AS chosen ON chosen.email = person.email
    JOIN choice ON choice.weekly = (coalesce(chosen.matches, 'daily') = 'weekly')
        AND choice.hour = coalesce(chosen.digest_hour, %(usual)s)
        AND (choice.weekday = chosen.digest_day OR NOT choice.weekly)
    WHERE person.id > %(after)s AND person.is_active AND coalesce(chosen.matches, 'daily') <> 'none'
        AND EXISTS (
            SELECT 1 FROM matches_notification AS noted
            WHERE noted.recipient_id = person.id AND noted.told_at IS NULL
                AND noted.due_at < choice.start - CASE WHEN noted.at_once THEN interval '1 hour' ELSE '0' END
        )
        AND NOT EXISTS (
            SELECT 1 FROM matches_digestrun AS had
            WHERE had.recipient_id = person.id AND had.period_start >= choice.day
        )
    ORDER BY person.id LIMIT %(most)s
    FOR NO KEY UPDATE OF person SKIP LOCKED
"""
SETTLE = """
    UPDATE matches_notification AS noted SET mail_id = put.mail, told_at = %(now)s
    FROM unnest(%(ids)s::bigint[], %(mails)s::bigint[]) AS put(id, mail) WHERE noted.id = put.id
"""
