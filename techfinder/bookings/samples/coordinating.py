"""Samples of the waiting list, and of the mails to a company that does not answer any more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from techfinder.accounts.models import User
from techfinder.bookings.models import ProviderRecord, Task, Waiting
from techfinder.bookings.queries.waiting import Place
from techfinder.bookings.samples.world import NOW, provider, request, settled
from techfinder.bookings.telling import to_waiting
from techfinder.bookings.telling.providers import of_hiding, of_warning
from techfinder.bookings.telling.to_coordinators import of_tasks
from techfinder.mail.gallery import Sample, register
from techfinder.taxonomy.models import Region

COORDINATOR = "Noor Verhage"
LOOKED = "Ik belde met Maakplaats De Rede. Ze kijken of ze in juni een klas extra kunnen doen."


def _waiting(fits: int) -> Waiting:
    return Waiting(request=request(), look_on=dt.date(2027, 3, 23), told_fits=fits, told_at=None)


def _to_school(name: str, *, fits: int, **more: Any) -> Sample:
    place = Place(3, 12)
    return Sample(name, lambda: to_waiting.of_waiting(_waiting(fits), place) | more, thread=request().thread)


register(
    "waiting_looked",
    _to_school("with-words", fits=0, words=LOOKED, by=COORDINATOR),
    _to_school("nameless", fits=2, words="", by=""),
)
register(
    "waiting_moved",
    _to_school("closer", fits=0, closer=True),
    _to_school("more-fits", fits=1, closer=False),
)


def _handed() -> dict[str, Any]:
    waiting = _waiting(0)
    waiting.handed_to = Region(code="NL-NB", name="Noord-Brabant")
    by = User(name=COORDINATOR, email="noor@regio.example")
    return to_waiting.of_handing_over(waiting, by=by, words="In Zeeland lukt het niet voor juni.")


register("waiting_handed", Sample("with-words", _handed, person="Tess Hoekstra", thread=request().thread))


def _record(silent: int) -> ProviderRecord:
    return ProviderRecord(provider=provider(), silent_in_row=silent)


register(
    "provider_warned",
    Sample("several", lambda: of_warning(_record(3)), person="Karim Bakker"),
    Sample("one", lambda: of_warning(_record(1)), person=""),
)
register("provider_hidden", Sample("several", lambda: of_hiding(_record(4)), person="Karim Bakker"))


def _task(kind: str, days: int, **about: Any) -> Task:
    return Task(kind=kind, created_at=NOW - dt.timedelta(days=days), **about)


def _tasks() -> dict[str, Any]:
    new = [
        _task(Task.Kind.CONCERN, 0, booking=settled(), request=request(), provider=provider()),
        _task(Task.Kind.WAITING, 1, request=request()),
    ]
    return of_tasks(new, open_tasks=5)


def _many_tasks() -> dict[str, Any]:
    return of_tasks([_task(Task.Kind.WAITING, 1, request=request()) for _ in range(12)], open_tasks=14)


register(
    "tasks",
    Sample("two", _tasks, person=COORDINATOR),
    Sample("many", _many_tasks, person=COORDINATOR),
)
