"""Two who press the same button at the same moment."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.activities.models import Session
from techfinder.bookings import actions
from techfinder.bookings.actions import CannotAskError, Part
from techfinder.bookings.actors import person
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Partnership, Series
from techfinder.requests.models import Request
from tests.bookings.after_steps import at_provider, at_school, happened
from tests.factories.activities import SessionFactory
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timezone.localdate() + dt.timedelta(days=120)


def test_the_same_click_at_the_same_moment_is_one_question():
    old = happened()
    by = person(old.school_contact, Side.SCHOOL)
    came = at_once(*[lambda: actions.ask_again(booking_id=old.pk, by=by, date=DAY)] * 4, refusals=CannotAskError)
    assert [each.why for each in came if isinstance(each, CannotAskError)] == ["already"] * 3
    assert Booking.objects.exclude(pk=old.pk).count() == 1
    assert Request.objects.count() == 2


def test_two_schools_that_ask_for_all_their_classes_share_the_seats():
    """In opposite order of days: nobody waits for the other in a ring, and no seat is given twice."""
    first = happened()
    second = happened(activity=first.activity)
    sessions = [
        SessionFactory(activity=first.activity, date=DAY + dt.timedelta(days=each), seats=40) for each in range(3)
    ]

    def ask(old, days):
        parts = [Part(25, each.pk, each.date) for each in days]
        by = person(old.school_contact, Side.SCHOOL)
        return lambda: actions.ask_several(booking_id=old.pk, by=by, kind=Series.Kind.CLASSES, parts=parts)

    came = at_once(ask(first, sessions), ask(second, sessions[::-1]), refusals=())
    states = sorted(booking.state for asked in came for booking in asked)
    assert states == [State.ASKED] * 3 + [State.QUEUED] * 3
    assert list(Session.objects.order_by("pk").values_list("taken", flat=True)) == [25] * 3


def test_both_sides_that_propose_at_the_same_moment_have_one_partnership():
    old = happened()
    school, provider = old.request.school, old.activity.provider
    people = {Side.SCHOOL: at_school(school), Side.PROVIDER: at_provider(provider)}

    def propose(side):
        by = person(people[side], side)
        return lambda: actions.propose_partnership(school=school, provider=provider, by=by)

    came = at_once(propose(Side.SCHOOL), propose(Side.PROVIDER), refusals=())
    assert len({made.pk for made in came}) == 1
    assert Partnership.objects.count() == 1
