"""The same round gives the same awards: on an idle machine, on a busy one, and in whatever order it comes."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from techfinder.campaigns.solver import Problem, solve
from tests.benchmarks import campaign
from tests.campaigns.rounds import shuffled

# None of these ends with a proof: what they give is where the solvers were when they had done their share.
ROUNDS = {
    "several groups a session": {"groups": 60, "providers": 15, "seats": (30, 60, 60, 90, 120)},
    "groups in two parts": {"groups": 60, "providers": 15, "seats": (20, 30, 60), "parts_max": 2},
}
LOW_PRIORITY = ("nice", "-n", "19")


def started(problem: Problem, *before: str) -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.campaigns.solve_one"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin
    worker.stdin.write(pickle.dumps(problem))
    worker.stdin.close()
    return worker


def result_of(worker: subprocess.Popen[bytes]) -> dict:
    assert worker.stdout
    result = json.loads(worker.stdout.read())
    assert worker.wait() == 0
    return result


@pytest.mark.parametrize("kind", ROUNDS)
def test_the_same_round_gives_the_same_however_busy_the_machine_is(kind):
    problem = campaign.make(**ROUNDS[kind])
    # At once on the same processors, one of them with less right to these: it may take many times as long.
    workers = [started(problem), started(shuffled(problem, 1), *LOW_PRIORITY)]
    first, other = [result_of(worker) for worker in workers]
    assert not first["cut_short"]
    assert not first["proven"]
    assert first["awards"]
    assert other == first


def test_a_round_that_the_clock_ends_says_so():
    problem = replace(campaign.make(**ROUNDS["several groups a session"]), seconds=0)
    found = solve(problem)
    assert found.cut_short
    assert not found.proven
