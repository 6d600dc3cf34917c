"""Solves the pickled round on standard input: in a process of its own, for `test_solver_again.py`."""

from __future__ import annotations

import json
import pickle
import sys

from techfinder.campaigns.solver import solve

if __name__ == "__main__":
    found = solve(pickle.load(sys.stdin.buffer))
    awards = [(award.group, award.place, award.pupils) for award in found.awards]
    json.dump({"awards": awards, "cut_short": found.cut_short, "proven": found.proven}, sys.stdout)
