"""So many suggestions a week: what is counted, and what not."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.mail.kinds import kind_of
from techfinder.mail.models import MailPreferences, OutgoingMail
from techfinder.mail.policy import budget
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
State = OutgoingMail.State


def written(kind="match_school", to="a@b.example", days=0, **fields):
    at = timezone.now() - dt.timedelta(days=days)
    return OutgoingMailFactory(kind=kind, to=to, priority=kind_of(kind).sort, created_at=at, **fields)


def left(*addresses):
    return budget.left(addresses or ["a@b.example"], timezone.now())


def test_suggestions_and_overviews_of_a_week_count():
    for kind in ("match_school", "match_provider", "match_digest", "search_alert"):
        written(kind)
    assert left("A@b.example", "c@d.example") == {"a@b.example": 1, "c@d.example": 5}


@pytest.mark.parametrize("kind", ["booking_asked", "booking_reminder", "account_code", "match_none", "tasks"])
def test_what_is_direct_does_not_count(kind):
    written(kind)
    assert left() == {"a@b.example": 5}


@pytest.mark.parametrize("state", [State.FAILED, State.SUPPRESSED, State.OVERTAKEN, State.ASIDE])
def test_what_never_came_does_not_count(state):
    written(state=state)
    assert left() == {"a@b.example": 5}


def test_after_a_week_there_is_room_again():
    written(days=8)
    written(days=6)
    assert left() == {"a@b.example": 4}


def test_the_ceiling_is_one_s_own_and_never_below_nothing():
    MailPreferences.objects.create(email="a@b.example", most_per_week=1)
    written()
    written()
    assert left() == {"a@b.example": 0}


@pytest.mark.parametrize("count", [1, 3])
def test_two_queries_for_any_number_of_people(django_assert_num_queries, count):
    people = [f"{each}@b.example" for each in range(count)]
    for each in people:
        written(to=each)
    with django_assert_num_queries(2):
        assert left(*people) == dict.fromkeys(people, 4)
