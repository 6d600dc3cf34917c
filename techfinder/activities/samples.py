"""Invented offers for the samples of mails, and the samples of the mails of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.on_cards import Day, OnCard
from techfinder.activities.saved import mails
from techfinder.activities.saved.addresses import page
from techfinder.activities.saved.reading import EDITION
from techfinder.mail.gallery import Made, Sample, register
from techfinder.organisations.samples import provider
from techfinder.taxonomy.models import Audience, Delivery


def offered(**fields: Any) -> Activity:
    """An activity that is not stored: the reference record."""
    own: dict[str, Any] = {
        "pk": 1,
        "provider": provider(pk=2, name="Huis van de Techniek", slug="huis-van-de-techniek", city="Vlissingen"),
        "title": "Mini-Zonnebootrace",
        "slug": "mini-zonnebootrace",
        "kind": "wedstrijd",
        "levels": ["po-6", "po-7", "po-8"],
        "themes": ["energie"],
        "delivery": [Delivery.AT_PROVIDER],
        "audience": [Audience.PUPILS],
        "venue_city": "Vlissingen",
        "venue_street": "Ritthemsestraat",
        "venue_house_number": "500",
    }
    return Activity(**own | fields)


def _card(**fields: Any) -> OnCard:
    own: dict[str, Any] = {
        "pk": 1,
        "slug": "mini-zonnebootrace",
        "title": "Mini-Zonnebootrace",
        "summary": "Bouw een boot op zonne-energie en race ermee in de haven.",
        "kind": "wedstrijd",
        "levels": ["po-6", "po-7", "po-8"],
        "themes": ["energie"],
        "delivery": [Delivery.AT_PROVIDER],
        "months": [6],
        "venue_city": "Vlissingen",
        "duration_amount": None,
        "duration_unit": "",
        "cost": None,
        "picture": "",
        "provider_name": "Huis van de Techniek",
        "provider_city": "Vlissingen",
        "coming_sessions": [Day(dt.date(2027, 6, 18), 24)],
    }
    return OnCard(**own | fields)


_MILL: dict[str, Any] = {
    "pk": 2,
    "slug": "wind-vangen",
    "title": "Wind vangen: bouw je eigen molen",
    "summary": "",
    "kind": "gastles",
    "delivery": [Delivery.AT_SCHOOL],
    "venue_city": "",
    "provider_name": "Sloewind Onderhoud",
    "provider_city": "Nieuwdorp",
    "coming_sessions": [],
}


# -------------------------------------------------------------- saved searches


def _kept(**fields: Any) -> SavedSearch:
    own: dict[str, Any] = {
        "criteria": {"level": ["po-7"], "region": ["NL-ZE"], "theme": ["energie"]},
        "edition": EDITION,
        "email": "elke@school.example",
        "frequency": SavedSearch.Frequency.DAILY,
    }
    return SavedSearch(**own | fields)


def _about(**fields: Any) -> Made:
    """What every mail about a saved search is given."""
    return lambda: mails.about(_kept(**fields))


def _alert(*activities: dict[str, Any]) -> Made:
    return lambda: mails.news(_kept(), [mails.Hit(_card(**each), 8.2) for each in activities])


def _button(name: str = "manage") -> Made:
    return lambda: {"button_url": page(_kept(), name)}


def _wanted() -> dict[str, Any]:
    return {"days": mails.DAYS_TO_ANSWER, "since": dt.date(2026, 3, 2), "button_url": page(_kept(), "wanted")}


_STOP = "https://techfinder.example/bewaard/stop/"
_WEEKLY = _about(frequency=SavedSearch.Frequency.WEEKLY)
_OVER = _about(criteria={"region": ["NL-ZE"], "theme": ["stoom"], "tot": ["2027-01-31"]})

register("search_confirm", Sample("asked", _button("confirm"), common=_about(), person=""))
register("search_known", Sample("asked-again", _button(), common=_about(), person=""))
register("search_wanted", Sample("after-a-year", _wanted, common=_about(), unsubscribe_at=_STOP))
register("search_paused", Sample("over", _button(), common=_OVER, unsubscribe_at=_STOP))
register(
    "search_alert",
    Sample("two", _alert({}, _MILL), common=_about(), unsubscribe_at=_STOP),
    Sample("one", _alert(_MILL), common=_WEEKLY, person="", unsubscribe_at=_STOP),
    Sample("many", _alert(*[_MILL | {"pk": pk} for pk in range(1, 14)]), common=_about(), unsubscribe_at=_STOP),
)
