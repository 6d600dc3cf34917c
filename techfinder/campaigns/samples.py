"""Samples of the mails of a campaign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from techfinder.activities.models import Session
from techfinder.activities.samples import offered
from techfinder.bookings.machine import Side
from techfinder.campaigns.actions.telling import placed_context, provider_context, unplaced_context
from techfinder.campaigns.actions.telling_off import off_context
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Round, Unserved
from techfinder.mail.gallery import Made, Sample, register
from techfinder.organisations.samples import provider, school
from techfinder.requests.models import Request
from techfinder.requests.samples import asked
from techfinder.taxonomy.models import Delivery

Outcome, Reason = CampaignRequest.Outcome, Unserved.Reason
CAMPAIGN = Campaign(title="Techniekweek Zeeland 2027", slug="techniekweek-zeeland-2027")
PLACED = Request.Status.FULFILLED
DAY = dt.date(2027, 5, 28)


def _to_the_harbour() -> Award:
    session = Session(date=DAY, start=dt.time(9, 30), end=dt.time(12))
    reasons = [["distance_km", 8.2], ["delivery", [Delivery.AT_PROVIDER]]]
    return Award(request=asked(), activity=offered(), session=session, date=DAY, pupils=16, reasons=reasons)


def _at_school(**fields: Any) -> Award:
    mill = offered(pk=2, provider=provider(), title="Wind vangen: bouw je eigen molen", delivery=[Delivery.AT_SCHOOL])
    reasons = [["distance_km", 6.1], ["delivery", [Delivery.AT_SCHOOL]]]
    own: dict[str, Any] = {"request": asked(), "activity": mill, "date": DAY, "pupils": 12, "reasons": reasons}
    return Award(**own | fields)


def _placed(*awards: Award) -> dict[str, Any]:
    return placed_context(CAMPAIGN, asked(), awards)


def _unplaced(outcome: str, reason: str = "") -> Made:
    return lambda: unplaced_context(CAMPAIGN, CampaignRequest(request=asked(), outcome=outcome), reason)


def _groups() -> dict[str, Any]:
    rede = school(pk=2, name="OBS De Rede", city="Middelburg", street="Langeviele", postcode="4331 LS")
    told = {"date_note": "Op dinsdag en donderdag", "practicalities": "Er is een lokaal met een digibord."}
    other = asked(pk=2, school=rede, title="Hoe werkt een windmolen?", contact_name="", **told)
    return provider_context(CAMPAIGN, provider(), [_at_school(), _at_school(request=other)])


def _off(side: Side, by: Side, reason: str, status: str = Request.Status.OPEN) -> dict[str, Any]:
    words = "De bus rijdt die dag niet." if by == Side.SCHOOL else ""
    off = {"off_at": timezone.now(), "off_side": by, "off_reason": reason, "off_words": words}
    return off_context(_at_school(request=asked(status=status), round=Round(campaign=CAMPAIGN), **off), side)


register(
    "campaign_placed",
    Sample("one", lambda: _placed(_to_the_harbour()), thread="request-sample", reply_to="haven@techniek.example"),
    Sample("split", lambda: _placed(_to_the_harbour(), _at_school()), thread="request-sample"),
)
register(
    "campaign_off",
    Sample("school-by-company", lambda: _off(Side.SCHOOL, Side.PROVIDER, "busy"), thread="request-sample"),
    Sample("school-by-itself", lambda: _off(Side.SCHOOL, Side.SCHOOL, "timetable"), thread="request-sample"),
    Sample("school-part", lambda: _off(Side.SCHOOL, Side.COORDINATOR, "asked_to", PLACED), thread="request-sample"),
    Sample("company-by-school", lambda: _off(Side.PROVIDER, Side.SCHOOL, "transport"), person="Noor Verhage"),
    Sample("company-by-itself", lambda: _off(Side.PROVIDER, Side.PROVIDER, "ill"), person="Noor Verhage"),
    Sample("company-by-coordinator", lambda: _off(Side.PROVIDER, Side.COORDINATOR, "concern"), person="Noor Verhage"),
    Sample("coordinator", lambda: _off(Side.COORDINATOR, Side.SCHOOL, "transport"), person="Carla Wisse"),
    Sample("coordinator-by-itself", lambda: _off(Side.COORDINATOR, Side.COORDINATOR, "asked_to"), person="Carla Wisse"),
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
    Sample("one", lambda: provider_context(CAMPAIGN, provider(), [_at_school()]), person="Noor Verhage"),
)
