"""How long a round of the whole country takes, and what it gains on doing it by hand. `make bench`."""

from __future__ import annotations

import resource
import time

import pytest

from techfinder.bookings.models import Booking
from techfinder.campaigns import actions
from techfinder.campaigns.solver import Problem, Solution, greedy, solve
from tests.benchmarks import campaign
from tests.benchmarks.clock import clock
from tests.campaigns.conftest import Fair
from tests.factories.accounts import UserFactory

# 500 providers, 2,000 groups. What sessions are like decides how hard a round is.
ROUNDS = {
    "one class a session": {"groups_max": 1},
    "sessions of 15-40 seats": {"seats": (15, 20, 25, 30, 30, 40), "supply": 0.9},
    "halls of 30-120 seats": {"seats": (30, 60, 60, 90, 120)},
    "sessions of 20-90 seats, groups in two parts": {"seats": (20, 30, 60, 90), "parts_max": 2},
    "a region: 40 providers, 150 groups": {
        "providers": 40,
        "groups": 150,
        "seats": (15, 20, 25, 30, 30, 40),
        "supply": 0.9,
    },
}
PROVEN = {"one class a session", "a region: 40 providers, 150 groups"}


@pytest.mark.parametrize("kind", ROUNDS)
def test_a_round(kind):
    problem = campaign.make(**ROUNDS[kind])
    print(f"\n  {kind}: {len(problem.groups)} groups, {len(problem.places)} sessions, {len(problem.options)} options")
    by_hand, best = greedy(problem), solve(problem)
    show("by hand", by_hand)
    show("optimum" if best.proven else "best found", best)
    for stage in best.stages:
        proven = " (proven)" if stage.proven else ""
        print(f"    {stage.name:<10} {stage.value:>14,} of at most {stage.bound:>14,}{proven}")
    print(f"    peak memory of the process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    assert best.goals >= by_hand.goals
    assert best.seconds < 60
    assert best.proven or kind not in PROVEN


def show(name: str, found: Solution) -> None:
    served, fairness, score = found.goals
    print(
        f"    {name:<10} {served} served, fairness {fairness:,}, score {score / 1e4:,.0f} points: {found.seconds:.2f} s"
    )


def test_the_same_again():
    """Another order of the same input, on a machine as busy as it is."""
    problem = campaign.make(**ROUNDS["one class a session"])
    turned = Problem(groups=problem.groups[::-1], places=problem.places[::-1], options=problem.options[::-1])
    began = time.perf_counter()
    assert solve(problem).awards == solve(turned).awards
    print(f"\n  twice the same round: {time.perf_counter() - began:.2f} s")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_server")
def test_a_round_that_is_published():
    """A coordinator waits for the publishing; the bookings and mails come in the background, some at a time."""
    fair = Fair(UserFactory())
    days = [fair.day(seats=280) for _ in range(20)]
    for _ in range(10 * len(days)):
        fair.ask()
    found = fair.solve()
    print()
    with clock("200 places of 20 companies published"):
        fair.publish(found)
    with clock("their bookings, and the mails to both sides") as taken:
        actions.tell(campaign_id=fair.campaign.pk)
    assert Booking.objects.count() == 200
    assert taken.wall < 200 * 0.1
