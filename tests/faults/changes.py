"""What the processes of a fault test have that those of the product do not: a clock, short windows, hooks, mutations.

All of it is here and is put on by `tests.faults.launcher` and `tests.faults.web`: the product knows none of it. Asked
for by the environment variable FAULTS, which is JSON:

* `clock`: a date and time in ISO, and since when (on the machine's monotonic clock) it counts: the same moment in all
  processes, which goes on at the speed of the world. PostgreSQL keeps the real time: what matters is asked by ours.
* `bundle`: seconds for which notices to one person are put together, in place of half an hour.
* `every`: seconds between two looks at the digests, in place of five minutes.
* `die_before_publish`: which part of the wake-ups of the web server end its process, between COMMIT and publishing.
* `deliver`: false when the workers write mails and send none.
* `mutation`: `no_sweeper` or `mark_first`, to see that the suite can fail.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import time
from typing import Any

import time_machine

VARIABLE = "FAULTS"
# All matches of a mail are in its text: what a person was told is read from the bytes alone.
SHOW_ALL = 10_000


def asked() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(os.environ.get(VARIABLE, "{}"))
    return found


def set_clock(options: dict[str, Any]) -> None:
    """Before anything else looks at the time."""
    if options.get("clock"):
        travel(*options["clock"]).start()


def travel(moment: str, since: float) -> time_machine.travel:
    gone_by = dt.timedelta(seconds=time.monotonic() - since)
    return time_machine.travel(dt.datetime.fromisoformat(moment) + gone_by, tick=True)


def apply(options: dict[str, Any]) -> None:
    """After Django is set up."""
    from techfinder.matches.telling import digest_words, mails

    mails.SHOWN = digest_words.SHOWN = SHOW_ALL
    if "bundle" in options:
        _bundle(options["bundle"])
    if "every" in options:
        _look_at_digests_every(options["every"])
    if options.get("die_before_publish"):
        _die_before_publish(options["die_before_publish"])
    if options.get("deliver") is False:
        _deliver_nothing()
    if options.get("mutation"):
        MUTATIONS[options["mutation"]]()


def _bundle(seconds: float) -> None:
    from techfinder.activities import rest
    from techfinder.matches.telling import notifications

    notifications.BUNDLE = dt.timedelta(seconds=seconds)
    # New offers are not kept back for days either.
    rest.REST = dt.timedelta(0)


def _look_at_digests_every(seconds: float) -> None:
    from techfinder.celery import app

    app.conf.beat_schedule["matches.digest"]["schedule"] = dt.timedelta(seconds=seconds)


def _die_before_publish(part: float) -> None:
    from techfinder.celery import publisher

    publish = publisher.publish

    def publish_or_die(name: str, args: tuple[int | str, ...]) -> bool:
        if random.random() < part:
            os.kill(os.getpid(), signal.SIGKILL)
        return publish(name, args)

    publisher.publish = publish_or_die  # type: ignore[method-assign]


def _deliver_nothing() -> None:
    from techfinder.mail import actions

    actions.deliver_due = actions.sweep = lambda: 0  # type: ignore[assignment]


# ------------------------------------------------------------------ mutations


def _no_sweeper() -> None:
    """Nothing finds what nobody was woken for, and a lost lease is given back by nobody."""
    from techfinder.celery import app

    for name in list(app.conf.beat_schedule):
        if name.endswith(("sweep", "deliver_due")):
            del app.conf.beat_schedule[name]
    _never_give_back()


def _never_give_back() -> None:
    from techfinder.mail.actions import delivering

    delivering.give_back = lambda: 0  # type: ignore[assignment]


def _mark_first() -> None:
    """A mail is "sent" when it is claimed."""
    from techfinder.mail.actions import delivering
    from techfinder.mail.models import OutgoingMail

    claim = delivering.claim

    def claim_and_mark() -> OutgoingMail | None:
        mail = claim()
        if mail is not None:
            OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.SENT, lease_until=None)
        return mail

    delivering.claim = claim_and_mark  # type: ignore[assignment]


MUTATIONS = {"no_sweeper": _no_sweeper, "mark_first": _mark_first}
