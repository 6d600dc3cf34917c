"""A school and a provider that work together each year: proposed by one, accepted by the other, ended by either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.bookings.actions.again import new_request
from techfinder.bookings.actions.asking import ask
from techfinder.bookings.actions.errors import BookingError, CannotAskError, Why
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, Side, other
from techfinder.bookings.models import Booking, Partnership, Plan
from techfinder.bookings.telling import partnerships as telling
from techfinder.organisations.models import Provider, School
from techfinder.taxonomy.days import SCHOOL_YEAR_STARTS

MOST_PLANS = 100


class PartnershipError(BookingError):
    """What was wanted of a partnership cannot be done as it is now."""


@transaction.atomic
def propose_partnership(*, school: School, provider: Provider, by: Actor, words: str = "") -> Partnership:
    """Propose to work together every year; the other side is mailed. The one that stands or waits when there is one."""
    assert by.side in PARTIES
    standing = Partnership.objects.filter(school=school, provider=provider, ended_at=None)
    found = standing.first()
    if found:
        return found
    try:
        with transaction.atomic():
            made = Partnership.objects.create(school=school, provider=provider, proposed_by=by.side, words=words)
    except IntegrityError:  # the other side proposed it at the same moment
        return standing.get()
    telling.tell(made, template="booking_partnership_proposed", to=other(by.side))
    return made


@transaction.atomic
def accept_partnership(*, partnership_id: int, by: Actor) -> Partnership:
    """Say yes to what the other side proposed; again changes nothing. PartnershipError when ended, or one's own."""
    partnership = _hold(partnership_id)
    if partnership.ended_at is not None or partnership.proposed_by == by.side or by.side not in PARTIES:
        raise PartnershipError(str(partnership))
    if partnership.accepted_at is None:
        partnership.accepted_at = timezone.now()
        partnership.save(update_fields=["accepted_at"])
        telling.tell(partnership, template="booking_partnership_accepted", to=Side(partnership.proposed_by))
    return partnership


@transaction.atomic
def end_partnership(*, partnership_id: int, by: Actor) -> Partnership:
    """End it, or refuse what was proposed; what was agreed for a day stays. Again changes nothing."""
    partnership = _hold(partnership_id)
    if by.side not in PARTIES:
        raise PartnershipError(str(partnership))
    if partnership.ended_at is None:
        partnership.ended_at = timezone.now()
        partnership.save(update_fields=["ended_at"])
        telling.tell(partnership, template="booking_partnership_ended", to=other(by.side))
    return partnership


@transaction.atomic
def add_plan(
    *, partnership_id: int, by: Actor, activity: Activity, year: int, month: int | None = None, words: str = ""
) -> Plan:
    """Plan an activity of the provider in a school year (2026 is 2026-2027). PartnershipError when none stands."""
    partnership = _standing(partnership_id, by)
    if activity.provider_id != partnership.provider_id or partnership.plans.filter(year=year).count() >= MOST_PLANS:
        raise PartnershipError(str(partnership))
    return Plan.objects.create(
        partnership=partnership, year=year, activity=activity, month=month, words=words, added_by=by.user
    )


@transaction.atomic
def drop_plan(*, plan_id: int, partnership_id: int, by: Actor) -> bool:
    """Take a plan away that was not asked yet. False when it was, or is gone."""
    partnership = _standing(partnership_id, by)
    dropped, _rows = partnership.plans.filter(pk=plan_id, booking=None).delete()
    return bool(dropped)


@transaction.atomic
def ask_plan(
    *,
    plan_id: int,
    by: Actor,
    levels: Sequence[str],
    pupils: int,
    date: dt.date | None = None,
    session_id: int | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
    delivery: str = "",
    words: str = "",
) -> Booking:
    """The school asks for what was planned: a request is written for it, and the activity asked at once.

    CannotAskError(ALREADY) when it was asked, `ask`'s own reasons, and PartnershipError when it is not standing.
    """
    plan = Plan.objects.select_for_update(of=("self",)).select_related("activity").get(pk=plan_id)
    partnership = _standing(plan.partnership_id, by)
    if by.side != Side.SCHOOL or by.user is None:
        raise PartnershipError(str(plan))
    if plan.booking_id is not None and plan.booking.is_live:  # type: ignore[union-attr]
        raise CannotAskError(Why.ALREADY)
    day = date or _first_day(plan)
    request = new_request(
        school=partnership.school, contact=by.user, fields=_fields(plan, levels), days=[day], pupils=pupils
    )
    plan.booking = ask(
        request_id=request.pk,
        activity_id=plan.activity_id,
        by=by,
        session_id=session_id,
        date=date,
        start=start,
        end=end,
        delivery=delivery,
        pupils=pupils,
        words=words,
    )
    plan.save(update_fields=["booking"])
    return plan.booking


def _fields(plan: Plan, levels: Sequence[str]) -> dict[str, Any]:
    activity = plan.activity
    return {
        "title": activity.title,
        "levels": list(levels),
        "themes": activity.themes[:3],
        "kinds": [activity.kind],
        "delivery": activity.delivery,
        "audience": activity.audience,
    }


def _first_day(plan: Plan) -> dt.date:
    """From when: the month that was planned, else now."""
    today = timezone.localdate()
    if plan.month is None:
        return today
    year = plan.year if (plan.month, 1) >= SCHOOL_YEAR_STARTS else plan.year + 1
    return max(today, dt.date(year, plan.month, 1))


def _hold(partnership_id: int) -> Partnership:
    rows = Partnership.objects.select_for_update(of=("self",))
    return rows.select_related("school__municipality", "provider").get(pk=partnership_id)


def _standing(partnership_id: int, by: Actor) -> Partnership:
    partnership = _hold(partnership_id)
    if partnership.accepted_at is None or partnership.ended_at is not None or by.side not in PARTIES:
        raise PartnershipError(str(partnership))
    return partnership
