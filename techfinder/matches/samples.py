"""Invented matches for the samples of mails, and the samples of the mails of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import get_language

from techfinder.activities.samples import offered
from techfinder.mail.gallery import Made, Sample, register
from techfinder.matches.fairness.held import Waiting
from techfinder.matches.models import Match, Notification
from techfinder.matches.queries.whynot import SENTENCES
from techfinder.matches.telling.digest_words import News, digest_context
from techfinder.matches.telling.mails import Words, provider_context, request_context, school_context
from techfinder.organisations.samples import provider, school
from techfinder.requests.samples import asked
from techfinder.taxonomy.models import Delivery

Side = Notification.Side
WORDS = Words()


def matched(**fields: Any) -> Match:
    """A match that is not stored."""
    own: dict[str, Any] = {
        "pk": 1,
        "request": asked(),
        "activity": offered(),
        "score": 84.0,
        "reasons": [
            ["distance_km", 8.2],
            ["levels", ["po-7", "po-8"]],
            ["themes", ["energie"]],
            ["session", "2027-06-18"],
            ["kind", "wedstrijd"],
            ["delivery", [Delivery.AT_PROVIDER]],
        ],
    }
    return Match(**own | fields)


def _mill() -> Match:
    sloewind = provider()
    return matched(
        pk=2,
        score=71.0,
        activity=offered(
            pk=2,
            provider=sloewind,
            title="Wind vangen: bouw je eigen molen",
            slug="wind-vangen",
            kind="gastles",
            delivery=[Delivery.AT_SCHOOL],
            venue_city="",
        ),
        reasons=[
            ["distance_km", 6.1],
            ["levels", ["po-7", "po-8"]],
            ["themes", ["energie"]],
            ["months", [5, 6]],
            ["delivery", [Delivery.AT_SCHOOL]],
        ],
        shortfalls=[["group_split", [24, 2]]],
    )


def _second_school() -> Match:
    rede = school(pk=2, name="OBS De Rede", city="Middelburg")
    other = asked(pk=2, school=rede, title="Hoe werkt een windmolen?", levels=["po-7"], group_size=24)
    mill = _mill()
    return matched(pk=3, request=other, activity=mill.activity, score=66.0, reasons=[*mill.reasons, WAITED])


WAITED = ["waiting_days", 12]


def _told(side: str, *found: Match) -> list[Notification]:
    return [Notification(pk=match.pk, side=side, match=match) for match in found]


def _language() -> str:
    return (get_language() or "nl")[:2]


def _school(*found: Match) -> dict[str, object]:
    return school_context(_told(Side.SCHOOL, *found), _language(), WORDS)


def _provider(*found: Match) -> dict[str, object]:
    return provider_context(_told(Side.PROVIDER, *found), _language(), WORDS)


def _many() -> list[Match]:
    return [matched(pk=pk, activity=offered(pk=pk)) for pk in range(1, 10)]


register(
    "match_school",
    Sample("two", lambda: _school(matched(), _mill()), thread="request-sample"),
    Sample("one", lambda: _school(_mill()), thread="request-sample"),
    Sample("many", lambda: _school(*_many()), thread="request-sample"),
)
register(
    "match_provider",
    Sample("one", lambda: _provider(_mill()), person="Noor Verhage", thread="request-sample"),
    Sample("two", lambda: _provider(_mill(), _second_school()), person="Noor Verhage"),
)


# ---------------------------------------------------------------- nothing found


def _none(**found: Any) -> Made:
    return lambda: {"full": 0, "known": False, "reasons": [], **request_context(asked()), **found}


def _missed() -> dict[str, Any]:
    missed = {"place": 11, "period": 4, "group": 1}
    return {**_none()(), "reasons": [SENTENCES[rule](count) % {"n": count} for rule, count in missed.items()]}


register(
    "match_none",
    Sample("why", _missed, thread="request-sample"),
    Sample("full", _none(full=2), thread="request-sample"),
    Sample("known", _none(known=True), thread="request-sample"),
)


# --------------------------------------------------------------------- overview


def _overview(news: News, *waiting: Waiting, weekly: bool = False) -> dict[str, Any]:
    return {**digest_context(news, waiting=waiting, weekly=weekly, language=_language(), words=WORDS)}


def _of_school() -> dict[str, Any]:
    other = asked(pk=2, title="Programmeren met een robot", levels=["po-6"], date_from=dt.date(2027, 4, 5))
    robot = offered(pk=4, title="Robots in de kas", slug="robots-in-de-kas", kind="bedrijfsbezoek", themes=["robotica"])
    visit = matched(pk=4, request=other, activity=robot, reasons=[["distance_km", 14.0], ["themes", ["robotica"]]])
    return _overview(News([1, 2, 4], [matched(), _mill(), visit], []))


def _of_company() -> dict[str, Any]:
    return _overview(News(list(range(5)), [], [_mill(), _second_school()]), weekly=True)


def _of_full_company() -> dict[str, Any]:
    held = Waiting(provider_id=1, name="Sloewind Onderhoud", count=3, cap=2, url="/mijn/")
    return _overview(News([2], [], [_mill()]), held)


register(
    "match_digest",
    Sample("school", _of_school),
    Sample("company", _of_company, person="Noor Verhage"),
    Sample("waiting", _of_full_company, person="Noor Verhage"),
)
