"""Samples of the mails of a campaign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from techfinder.activities.models import Session
from techfinder.activities.samples import offered
from techfinder.bookings.machine import Side
from techfinder.bookings.samples.world import settled
from techfinder.campaigns.actions.telling import placed_context, provider_context, unplaced_context
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Unserved
from techfinder.campaigns.places import calendar_of
from techfinder.mail.gallery import Made, Sample, register
from techfinder.organisations.samples import provider, school
from techfinder.requests.samples import asked
from techfinder.taxonomy.models import Delivery

Outcome, Reason = CampaignRequest.Outcome, Unserved.Reason
CAMPAIGN = Campaign(title="Techniekweek Zeeland 2027", slug="techniekweek-zeeland-2027")
DAY = dt.date(2027, 5, 28)
# The contacts of the sample bookings.
ELKE, KARIM = "elke@school.example", "karim@bedrijf.example"


def _to_the_harbour() -> Award:
    session = Session(date=DAY, start=dt.time(9, 30), end=dt.time(12))
    reasons = [["distance_km", 8.2], ["delivery", [Delivery.AT_PROVIDER]]]
    award = Award(request=asked(), activity=offered(), session=session, date=DAY, pupils=16, reasons=reasons)
    return _agreed(award, delivery=Delivery.AT_PROVIDER, start=session.start, end=session.end)


def _at_school(**fields: Any) -> Award:
    mill = offered(pk=2, provider=provider(), title="Wind vangen: bouw je eigen molen", delivery=[Delivery.AT_SCHOOL])
    reasons = [["distance_km", 6.1], ["delivery", [Delivery.AT_SCHOOL]]]
    own: dict[str, Any] = {"request": asked(), "activity": mill, "date": DAY, "pupils": 12, "reasons": reasons}
    return _agreed(Award(**own | fields), delivery=Delivery.AT_SCHOOL, start=None, end=None)


def _agreed(award: Award, **day: Any) -> Award:
    """With the booking that it became."""
    award.booking = settled(date=award.date, pupils=award.pupils, **day)
    return award


def _placed(*awards: Award) -> dict[str, Any]:
    return placed_context(CAMPAIGN, asked(), awards)


def _unplaced(outcome: str, reason: str = "") -> Made:
    return lambda: unplaced_context(CAMPAIGN, CampaignRequest(request=asked(), outcome=outcome), reason)


def _groups() -> dict[str, Any]:
    rede = school(pk=2, name="OBS De Rede", city="Middelburg", street="Langeviele", postcode="4331 LS")
    told = {"date_note": "Op dinsdag en donderdag", "practicalities": "Er is een lokaal met een digibord."}
    other = asked(pk=2, school=rede, title="Hoe werkt een windmolen?", contact_name="", **told)
    return _coming(_at_school(), _at_school(request=other), reader="noor@bedrijf.example")


def _coming(*awards: Award, reader: str) -> dict[str, Any]:
    return provider_context(CAMPAIGN, provider(), list(awards), reader=reader)


register(
    "campaign_placed",
    Sample(
        "one",
        lambda: _placed(_to_the_harbour()),
        thread="request-sample",
        reply_to="haven@techniek.example",
        calendar=lambda: calendar_of([_to_the_harbour()], Side.SCHOOL, ELKE),
    ),
    Sample("split", lambda: _placed(_to_the_harbour(), _at_school()), thread="request-sample"),
)
register(
    "campaign_unplaced",
    Sample("others-first", _unplaced(Outcome.UNPLACED, Reason.FULL), thread="request-sample"),
    Sample("nothing-fits", _unplaced(Outcome.UNPLACED, Reason.NO_OPTION), thread="request-sample"),
    Sample("day-gone", _unplaced(Outcome.GONE), thread="request-sample"),
)
register(
    "campaign_provider",
    Sample("two", _groups, person="Noor Verhage"),
    Sample(
        "one",
        lambda: _coming(_at_school(), reader=KARIM),
        person="Karim Bakker",
        calendar=lambda: calendar_of([_at_school()], Side.PROVIDER, KARIM),
    ),
)
