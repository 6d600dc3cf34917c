"""Who is told of which match, and when.

Two steps. `note` writes, in the transaction of the match, what each person is to be told; `tell_waiting` composes the
mails afterwards, outside the lock of matching. A request's first matches are told at once, to both sides; what comes
later waits for each person's digest (`digest.py`). At once is: the first mail; what comes shortly after it goes
together, and what is beyond the weekly ceiling (`mail.policy.budget`) waits for the digest. A notification is unique
and has `told_at`, set in the transaction of its mail: nobody is told twice, whatever runs twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities import rest
from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.mail.actions import call_off
from techfinder.mail.kinds import kind_of
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.mail.policy import budget, quiet
from techfinder.mail.queries import preferences, preferences_of
from techfinder.matches.models import Match, NothingFound, Notification
from techfinder.matches.telling import mails
from techfinder.matches.telling.note_sql import NOTE
from techfinder.organisations.models import Membership
from techfinder.prepared import cursor_for
from techfinder.requests.models import Request

logger = logging.getLogger(__name__)

TASK = "matches.tell"
# So many people are mailed in one transaction.
BATCH = 50
# A run that takes longer leaves the rest to the next one.
SECONDS_PER_RUN = 40
# What comes to somebody within this after a mail goes together.
BUNDLE = dt.timedelta(minutes=30)
SUGGESTION = kind_of("match_provider")
Side = Notification.Side


# ----------------------------------------------------------------------- note


def note(match_ids: Collection[int]) -> int:
    """Write down for both sides that these matches are before them now, and wake the worker. Returns how many rows.

    In the caller's transaction. Matches that are not placed, and people who were told of a match, are passed over.
    """
    ids = sorted(set(match_ids))
    if not ids:
        return 0
    written, nameless = _note(ids, {})
    if nameless:
        written += _note(nameless, _accounts_of_addresses(nameless))[0]
    if written:
        wake(TASK)
    return written


def _note(match_ids: list[int], accounts: Mapping[int, int]) -> tuple[int, list[int]]:
    """How many rows were written, and the matches left out: of requests without a person, nor one in `accounts`."""
    values: dict[str, Any] = {
        "ids": match_ids,
        "requests": list(accounts),
        "people": list(accounts.values()),
        "now": timezone.now(),
        "rest": rest.REST,
        "just": mails.JUST_POSTED,
    }
    with cursor_for(len(match_ids)) as cursor:
        cursor.execute(NOTE, values)
        written, nameless = cursor.fetchone()
    return written, nameless


def _accounts_of_addresses(match_ids: Collection[int]) -> dict[int, int]:
    """By request: the account of the address of those that came without a person."""
    # Its person may have been forgotten since it was found to have an address.
    nameless = Request.objects.filter(matches__in=match_ids).exclude(contact_email="").order_by("pk")
    rows = list(nameless.values_list("pk", "contact_email", "contact_name").distinct())
    accounts = mails.accounts_of([(address, name) for _pk, address, name in rows])
    return {pk: accounts[address.lower()] for pk, address, _name in rows}


def note_nothing(request_ids: Collection[int]) -> int:
    """Write down which of these requests, just matched, have nothing to show; each once. Returns how many rows.

    Not for what an import brings in quietly: the caller leaves that out.
    """
    shown = Match.objects.filter(request=OuterRef("pk"), placed_at__isnull=False)
    empty = Request.objects.open().filter(~Exists(shown), pk__in=request_ids, nothing_found=None)
    rows = [NothingFound(request_id=pk) for pk in empty.order_by("pk").values_list("pk", flat=True)]
    if rows:
        NothingFound.objects.bulk_create(rows, ignore_conflicts=True)
        wake(TASK)
    return len(rows)


def forget_request(*, request_id: int, provider_id: int) -> None:
    """A provider said no: of this request it is told nothing more, nor is it mailed what waits."""
    about = Notification.objects.filter(
        side=Side.PROVIDER, match__request=request_id, match__activity__provider=provider_id
    )
    people = set(about.values_list("recipient__email", flat=True))
    about.filter(told_at=None).delete()
    call_off(to=people, thread=Request.objects.get(pk=request_id).thread)


# ----------------------------------------------------------------------- tell


def tell_waiting(*, seconds: float = SECONDS_PER_RUN) -> int:
    """Mail what is to be told at once. Returns how many mails were queued.

    Each person's row is held while their mails are composed, so that two workers never take the same person. What fails
    is passed over, stays, and is tried again by the next run.
    """
    until = time.monotonic() + seconds
    words = mails.Words()
    told = _by_batches(lambda after: _tell_people(after, words), until)
    told += _by_batches(_tell_of_nothing, until)
    if time.monotonic() > until:
        wake(TASK)
    return told


def _by_batches(run: Callable[[int], tuple[int, int | None]], until: float) -> int:
    """Run from the first to the last; each run says how much it did and up to which id."""
    done, after = 0, 0
    while time.monotonic() < until:
        count, last = run(after)
        done += count
        if last is None:
            break
        after = last
    return done


@transaction.atomic
def _tell_people(after: int, words: mails.Words) -> tuple[int, int | None]:
    people = _claim(after)
    if not people:
        return 0, None
    # Read first: what comes from here on is no less true for not being among what is due.
    void = set(_waiting_at_once(people).values_list("pk", flat=True))
    waiting = defaultdict(list)
    for each in due(people):
        waiting[each.recipient_id].append(each)
        void.discard(each.pk)
    if void:
        # What no longer holds is told when it holds again, and then with the rest.
        Notification.objects.filter(pk__in=void).update(at_once=False)
    room = _room_of(people)
    told = sum(
        _attempt(lambda: _tell_person(person, waiting[person.pk], room[person.pk], words))  # noqa: B023
        for person in people
    )
    return told, people[-1].pk


def _claim(after: int) -> list[User]:
    """The next people to mail, held until the transaction ends; whom another worker holds is left to it.

    Who had such a mail just now is left for a while, and at night everybody: but for an answer.
    """
    now = timezone.now()
    something = _due_at_once(now).filter(recipient=OuterRef("pk"))
    told = Notification.objects.filter(recipient=OuterRef("pk"), at_once=True, told_at__gt=now - BUNDLE)
    people = User.objects.filter(Exists(something), is_active=True, pk__gt=after).order_by("pk")
    may_be_told = Q(Exists(something.filter(is_answer=True)))
    if quiet.opens(SUGGESTION, quiet.ANYBODY, now) <= now:
        may_be_told |= ~Q(Exists(told))
    return list(people.filter(may_be_told).select_for_update(skip_locked=True, no_key=True)[:BATCH])


def _due_at_once(now: dt.datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(told_at=None, at_once=True, due_at__lte=now)


def _waiting_at_once(people: Iterable[User]) -> QuerySet[Notification]:
    return _due_at_once(timezone.now()).filter(recipient__in=people)


def _room_of(people: Collection[User]) -> dict[int, int | None]:
    """How many mails each of these people may be written beside answers; None for who must wait a while.

    That is who had one just now, and who rests.
    """
    now = timezone.now()
    addresses = [person.email for person in people]
    left, opens = budget.left(addresses, now), quiet.opens_for_each(SUGGESTION, addresses, now)
    bundled = Notification.objects.filter(recipient__in=people, at_once=True, told_at__gt=now - BUNDLE)
    waits = set(bundled.values_list("recipient_id", flat=True))
    return {
        person.pk: None if person.pk in waits or opens[person.email] > now else left[person.email] for person in people
    }


def due(people: Collection[User]) -> QuerySet[Notification]:
    """What these people are to be told at once, and still holds."""
    chosen = preferences_of([person.email for person in people])
    wanting = [person for person in people if chosen[person.email].matches != Frequency.NONE]
    return holding(_waiting_at_once(wanting)).order_by("pk")


def holding(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    """Those of which the match is still before both sides, and this person's business; with all that mails show."""
    still = Q(
        match__state=Match.State.OPEN,
        match__placed_at__isnull=False,
        match__request__status=Request.Status.OPEN,
        match__activity__in=Activity.objects.public(),
    )
    member = Membership.objects.filter(
        user=OuterRef("recipient"), provider=OuterRef("match__activity__provider"), status=Membership.Status.ACTIVE
    )
    mine = Q(match__request__contact=F("recipient")) | Q(match__request__contact=None)
    whose = (Q(side=Side.SCHOOL) & mine) | (Q(side=Side.PROVIDER) & Exists(member))
    return notifications.filter(still, whose).select_related(
        "match__request__school__municipality", "match__activity__provider"
    )


def _attempt(run: Callable[[], int]) -> int:
    """One person's mails, all or none; a mail that cannot be composed holds up nobody else."""
    try:
        with transaction.atomic():
            return run()
    except Exception:
        logger.exception("a mail about matches cannot be composed")
        return 0


def _tell_person(person: User, waiting: list[Notification], room: int | None, words: mails.Words) -> int:
    """One mail per request to the school, one to the provider for all requests; what is too much waits for the digest.

    An answer to what this person posted always goes.
    """
    answers, others = _groups(waiting)
    for group in answers:
        _settle(group, mails.to_school(group, person, words, urgent=True))
    if room is None:
        return len(answers)
    told = others[:room]
    for group in told:
        tell = mails.to_school if group[0].side == Side.SCHOOL else mails.to_provider
        _settle(group, tell(group, person, words))
    _leave_to_digest(others[room:])
    return len(answers) + len(told)


def _groups(waiting: Iterable[Notification]) -> tuple[list[list[Notification]], list[list[Notification]]]:
    """What goes together in a mail: first the answers, then the others."""
    found: dict[tuple[str, int], list[Notification]] = defaultdict(list)
    for each in waiting:
        found[each.side, each.match.request_id if each.side == Side.SCHOOL else 0].append(each)
    answers = [group for group in found.values() if any(each.is_answer for each in group)]
    return answers, [group for group in found.values() if group not in answers]


def _leave_to_digest(groups: Iterable[list[Notification]]) -> None:
    ids = [each.pk for group in groups for each in group]
    if ids:
        Notification.objects.filter(pk__in=ids).update(at_once=False)


def _settle(group: list[Notification], mail: OutgoingMail | None) -> None:
    ids = [each.pk for each in group]
    Notification.objects.filter(pk__in=ids).update(mail=mail, told_at=timezone.now())


# ------------------------------------------------------------- nothing found


@transaction.atomic
def _tell_of_nothing(after: int) -> tuple[int, int | None]:
    """Say so to the schools of the next requests; what was matched again since is looked at once it is matched."""
    rows = list(
        NothingFound.objects.filter(told_at=None, pk__gt=after, request__matched_version__gte=F("request__version"))
        .select_related("request__school", "request__contact")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:BATCH]
    )
    told = sum(_attempt(lambda: _tell_school_of_nothing(row)) for row in rows)  # noqa: B023
    return told, rows[-1].pk if rows else None


def _tell_school_of_nothing(row: NothingFound) -> int:
    request = row.request
    NothingFound.objects.filter(pk=row.pk).update(told_at=timezone.now())
    if request.status != Request.Status.OPEN or Match.objects.placed().filter(request=request).exists():
        return 0
    recipient = mails.contact_of(request)
    if recipient is None or not recipient.is_active or preferences(recipient.email).matches == Frequency.NONE:
        return 0
    return int(mails.of_nothing(request, recipient) is not None)
