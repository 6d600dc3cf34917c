"""A round from its start to its proposal: started on a page, solved by a worker outside any transaction."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.activities.models import Session
from techfinder.campaigns.actions.refusing import CampaignError, locked, locked_draft
from techfinder.campaigns.building import Built, build
from techfinder.campaigns.models import Award, Campaign, Round, Unserved
from techfinder.campaigns.queries import chosen_places
from techfinder.campaigns.reporting import report_of
from techfinder.campaigns.solver import ProblemError, Solution, greedy, solve
from techfinder.celery import wake
from techfinder.requests.models import Request

logger = logging.getLogger(__name__)

# Renewed while the worker works: what lapses is of a worker that is gone.
LEASE = dt.timedelta(seconds=60)
RENEW_EVERY = 15.0
ATTEMPTS = 3
# What kept a request away is worked out for so many: on more nobody reads it one by one.
MOST_EXPLAINED = 300
State = Round.State


# -------------------------------------------------------------------- starting


@transaction.atomic
def start_round(*, campaign_id: int, user: User) -> Round:
    """Have the places shared out by a worker. CampaignError, and nothing written, when it cannot start."""
    campaign = locked_draft(campaign_id)
    last = campaign.rounds.order_by("-number").first()
    running = campaign.rounds.filter(state__in=Round.RUNNING).first()
    if running:
        raise CampaignError(
            _("Round %(n)d is being worked out already. Wait until it is there.") % {"n": running.number}
        )
    _check_input(campaign)
    started = Round.objects.create(
        campaign=campaign, number=last.number + 1 if last else 1, version=campaign.version, started_by=user
    )
    wake("campaigns.solve_round", started.pk)
    return started


def _check_input(campaign: Campaign) -> None:
    """What a person can mend at once is said at once; the rest the solver finds."""
    places = list(chosen_places(campaign))
    if not places:
        raise CampaignError(_("There are no days with seats in this campaign. Choose activities first."))
    if not any(place.session.free > 0 for place in places):
        raise CampaignError(_("No day of this campaign has a free seat any more. Choose other days first."))
    if not campaign.asked.exists():
        raise CampaignError(_("No request takes part in this campaign. Choose requests first."))
    if not campaign.asked.filter(request__status=Request.Status.OPEN).exists():
        raise CampaignError(_("None of the requests of this campaign is open any more. Choose other requests first."))


@transaction.atomic
def drop_round(*, round_id: int) -> bool:
    """Throw a round away; what the worker finds for it is not kept. False when it was settled already."""
    dropped = Round.objects.select_related("campaign").get(pk=round_id)
    locked(dropped.campaign_id)
    rows = Round.objects.filter(pk=round_id, state__in=[*Round.RUNNING, State.PROPOSED, State.FAILED])
    return bool(rows.update(state=State.DROPPED, lease_until=None, finished_at=timezone.now()))


# --------------------------------------------------------------------- solving


def solve_round(*, round_id: int, today: dt.date | None = None) -> bool:
    """Solve a round that waits, or that a dead worker left. False when there was nothing to do, or it was dropped."""
    claimed = _claim(round_id)
    if claimed is None:
        return False
    try:
        with _renewing(claimed):
            built = build(claimed.campaign, today=today)
            found, by_hand = solve(built.problem), greedy(built.problem)
        return _keep(claimed, built, found, by_hand)
    except ProblemError as error:
        return _fail(claimed, error.code, {"group": error.group, "place": error.place})
    except BaseException:
        # The sweeper may try again at once; `attempts` sees to it that it does not go on for ever.
        _own(claimed).update(lease_until=timezone.now())
        raise


def _claim(round_id: int) -> Round | None:
    """Take a round under a lease; one that was taken too often is given up."""
    now = timezone.now()
    free = Round.objects.filter(_is_free(now), pk=round_id)
    if free.filter(attempts__lt=ATTEMPTS).update(
        state=State.SOLVING, lease_until=now + LEASE, attempts=F("attempts") + 1
    ):
        return Round.objects.select_related("campaign__region").get(pk=round_id)
    free.filter(attempts__gte=ATTEMPTS).update(state=State.FAILED, problem="gave_up", finished_at=now, lease_until=None)
    return None


def _is_free(now: dt.datetime) -> Q:
    return Q(state=State.WAITING) | Q(state=State.SOLVING, lease_until__lte=now)


@contextmanager
def _renewing(claimed: Round) -> Iterator[None]:
    """Hold on to the lease from a second thread: the solvers say nothing while they think."""
    done = threading.Event()

    def renew() -> None:
        try:
            while not done.wait(RENEW_EVERY):
                _own(claimed).update(lease_until=timezone.now() + LEASE)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"lease of round {claimed.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _own(claimed: Round) -> Any:
    """The row, as long as nobody dropped the round or took it over."""
    return Round.objects.filter(pk=claimed.pk, state=State.SOLVING, attempts=claimed.attempts)


def _fail(claimed: Round, code: str, culprit: dict[str, int | None]) -> bool:
    fields = {"problem": code, "report": culprit, "lease_until": None, "finished_at": timezone.now()}
    return bool(_own(claimed).update(state=State.FAILED, **fields))


def _keep(claimed: Round, built: Built, found: Solution, by_hand: Solution) -> bool:
    """Write the proposal, which takes the place of the one that stood."""
    awards, unserved = _awards(claimed, built, found), _unserved(claimed, built, found)
    with transaction.atomic():
        locked(claimed.campaign_id)
        if not _own(claimed).select_for_update().exists():
            return False
        # Whoever changes the days of an activity waits for this, or this for them: no day goes while it is given.
        list(Session.objects.filter(pk__in=built.places).order_by("pk").select_for_update(no_key=True))
        standing = Round.objects.filter(campaign=claimed.campaign_id, state=State.PROPOSED)
        standing.update(state=State.DROPPED, finished_at=timezone.now())
        Award.objects.bulk_create(awards, batch_size=1000)
        Unserved.objects.bulk_create(unserved, batch_size=1000)
        _own(claimed).update(
            state=State.PROPOSED,
            # As it was before anything was read: what changed since is not in the proposal.
            version=claimed.campaign.version,
            snapshot=built.snapshot(),
            report=report_of(built, found, by_hand),
            lease_until=None,
            finished_at=timezone.now(),
        )
    logger.info("round %s of campaign %s: %s served", claimed.number, claimed.campaign_id, found.served)
    return True


def _awards(claimed: Round, built: Built, found: Solution) -> list[Award]:
    scores = {(option.group, option.place): option.score for option in built.problem.options}
    reasons = built.market.reasons((award.group, award.place) for award in found.awards)
    return [
        Award(
            round=claimed,
            request_id=award.group,
            activity_id=built.places[award.place].session.activity_id,
            session_id=award.place,
            date=built.places[award.place].session.date,
            pupils=award.pupils,
            score=scores[award.group, award.place],
            reasons=reasons[award.group, award.place],
        )
        for award in found.awards
    ]


def _unserved(claimed: Round, built: Built, found: Solution) -> list[Unserved]:
    without = [pk for pk, reason in sorted(found.unserved.items()) if reason == Unserved.Reason.NO_OPTION]
    details = {pk: built.market.misses(pk) for pk in without[:MOST_EXPLAINED]}
    closed = dict.fromkeys(built.closed, Unserved.Reason.CLOSED.value)
    return [
        Unserved(round=claimed, request_id=pk, reason=reason, detail=details.get(pk, []))
        for pk, reason in sorted((found.unserved | closed).items())
    ]


# -------------------------------------------------------------------- sweeping


def sweep() -> int:
    """Wake a worker for every round that waits or was left, and all that is published and not told; how many."""
    rounds = Round.objects.filter(_is_free(timezone.now())).values_list("pk", flat=True)
    untold = Campaign.objects.filter(state=Campaign.State.PUBLISHED, told_at=None).values_list("pk", flat=True)
    for round_id in rounds:
        wake("campaigns.solve_round", round_id)
    for campaign_id in untold:
        wake("campaigns.tell", campaign_id)
    return len(rounds) + len(untold)
