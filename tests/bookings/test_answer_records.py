"""How providers answer: counted, shown, in the score, and what silence does."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.bookings.actions.clock import run_due
from techfinder.bookings.actions.records import count_records
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent, ProviderRecord, Task
from techfinder.bookings.queries.answering import LEAST
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions as matches
from techfinder.matches.explain import explain_pair
from techfinder.matches.models import Match, OfferedRow
from techfinder.organisations.actions import pause_provider
from techfinder.taxonomy.workdays import at
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import BookingFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
D = dt.date
MONDAY = D(2026, 11, 30)
NOW = at(D(2027, 2, 1), dt.time(10))


@pytest.fixture
def provider():
    provider = ProviderFactory(name="Zilt", slug="zilt")
    MembershipFactory(provider=provider)
    return provider


def question(provider, day=MONDAY, *, answered=None, escalated=None, **fields):
    activity = provider.activities.first() or ActivityFactory(provider=provider)
    booking = BookingFactory(
        activity=activity,
        created_at=at(day, dt.time(10)),
        answered_at=answered and at(answered, dt.time(11)),
        request__school__holiday_region="Noord",
        **fields,
    )
    if escalated:
        BookingEvent.objects.create(
            booking=booking, version=1, action=Step.ESCALATE, side=Side.CLOCK, after=booking.state, at=at(escalated)
        )
    return booking


def count(now=NOW):
    with time_machine.travel(now, tick=False):
        count_records()
    return ProviderRecord.objects.get()


# ------------------------------------------------------------------ counted


def test_counts_what_is_decided(provider):
    question(provider, answered=D(2026, 12, 1))  # 1 working day
    question(provider, answered=D(2026, 12, 4))  # 4
    question(provider, D(2026, 12, 17), answered=D(2027, 1, 4))  # 2, over the holiday
    question(provider, answered=D(2026, 12, 18), escalated=D(2026, 12, 14))  # 14, too late
    question(provider, escalated=D(2026, 12, 14))  # silent
    question(provider, D(2027, 1, 28))  # may still be answered
    question(provider, state=State.ASKED, asked_by=Side.PROVIDER, turn=Side.SCHOOL, answered=D(2026, 12, 1))
    question(provider, elsewhere_at=at(D(2026, 12, 1)))  # another way: 1
    record = count()
    assert (record.asked, record.answered, record.days) == (6, 4, 2.0)


def test_of_the_past_year_only(provider):
    question(provider, answered=D(2026, 12, 1))
    assert count().asked == 1
    record = count(at(D(2028, 1, 3)))
    assert (record.asked, record.answered, record.days) == (0, 0, None)


def test_who_waited_for_a_place_first_says_nothing_of_how_fast(provider):
    question(provider, answered=D(2027, 1, 28), queued_at=at(D(2026, 11, 30)))
    record = count()
    assert (record.asked, record.days) == (1, None)


def test_as_many_queries_for_three_providers_as_for_one(django_assert_num_queries):
    def more(number):
        for _ in range(number):
            question(ProviderFactory(), answered=D(2026, 12, 1))

    more(1)
    with django_assert_num_queries(8):
        count_records(now=NOW)
    more(2)
    with django_assert_num_queries(8):
        count_records(now=NOW)


# -------------------------------------------------------------------- shown


def pages(client, provider):
    activity = provider.activities.first()
    return [client.get(each.get_absolute_url()).content.decode() for each in (activity, provider)]


def test_is_shown_once_there_are_five(client, provider):
    for _ in range(LEAST - 1):
        question(provider, answered=D(2026, 12, 3))
    count()
    assert all("Antwoordt meestal" not in page for page in pages(client, provider))
    question(provider, escalated=D(2026, 12, 14))
    count()
    for page in pages(client, provider):
        assert "Antwoordt meestal binnen 3 werkdagen" in page
        assert "Beantwoordde in het afgelopen jaar 4 van de 5 vragen op tijd" in page


def test_who_mostly_does_not_answer_is_not_called_fast(client, provider):
    question(provider, answered=D(2026, 12, 1))
    for _ in range(3):
        question(provider, answered=D(2026, 12, 18), escalated=D(2026, 12, 14))
    question(provider, escalated=D(2026, 12, 14))
    count()
    for page in pages(client, provider):
        assert "Antwoordt meestal" not in page
        assert "1 van de 5 vragen" in page


def test_all_in_time_and_within_a_day(client, provider):
    for _ in range(5):
        question(provider, answered=D(2026, 11, 30))
    count()
    for page in pages(client, provider):
        assert "Antwoordt meestal binnen 1 werkdag<" in page
        assert "alle 5 vragen" in page


def test_who_is_away_now_says_until_when(client, provider):
    ActivityFactory(provider=provider)
    today = timezone.localdate()
    for days, is_away in ((0, True), (1, False), (-1, True), (-3, False)):
        provider.away_from = today + dt.timedelta(days=days)
        provider.away_until = provider.away_from + dt.timedelta(days=2)
        provider.save()
        for page in pages(client, provider):
            assert ("Weg tot en met" in page) == is_away


# ------------------------------------------------------------- in the score


def test_the_score_follows_the_record_and_keeps_it_when_the_activity_changes():
    good, bad = ProviderFactory(), ProviderFactory()
    request = RequestFactory()
    offers = [ActivityFactory(provider=each, months=[]) for each in (good, bad)]
    matches.rematch(everything=True)
    before = scores(request)
    assert before[offers[0].pk] == before[offers[1].pk]
    assert matches.set_answer_records(shares={good.pk: 1.0, bad.pk: 0.2}) == 2
    assert matches.set_answer_records(shares={good.pk: 1.0, bad.pk: 0.2}) == 0
    matches.match_stale()
    after = scores(request)
    assert after[offers[0].pk] > before[offers[0].pk] > after[offers[1].pk]
    Activity.objects.filter(pk=offers[1].pk).update(cost=1, version=5)
    matches.rematch()
    matches.rematch(everything=True)
    assert OfferedRow.objects.get(activity=offers[1]).answer_record == 0.2
    assert scores(request) == after
    # The same story when it is told of one pair.
    assert explain_pair(request=request, activity=offers[1]).explanation.score == after[offers[1].pk]
    assert matches.set_answer_records(shares={bad.pk: None}) == 1
    matches.match_stale()
    assert scores(request)[offers[1].pk] == before[offers[1].pk]


def scores(request):
    return dict(Match.objects.open().filter(request=request).values_list("activity", "score"))


def test_counting_brings_the_share_to_the_engine(provider):
    for answered in (D(2026, 12, 1), D(2026, 12, 2), D(2026, 12, 3), D(2026, 12, 4), None):
        question(provider, answered=answered, escalated=None if answered else D(2026, 12, 14))
    matches.rematch(everything=True)
    count()
    assert OfferedRow.objects.get().answer_record == 0.8


# ---------------------------------------------------------------- silence


def silent(provider, *days):
    for day in days:
        question(provider, escalated=day)


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_two_in_a_row_are_a_warning_once(provider):
    silent(provider, D(2027, 1, 11))
    assert count().warned_at is None
    silent(provider, D(2027, 1, 18))
    assert count().warned_at == NOW
    count(NOW + dt.timedelta(days=1))
    assert mails() == ["provider_warned"]
    assert not Task.objects.exists()


def test_nobody_is_warned_at_night(provider):
    silent(provider, D(2027, 1, 11), D(2027, 1, 12))
    assert count(at(D(2027, 2, 1), dt.time(3))).warned_at is None
    assert count().warned_at == NOW


def test_four_in_a_row_hide_the_offers_a_week_after_the_warning(client, provider):
    silent(provider, D(2027, 1, 11), D(2027, 1, 12), D(2027, 1, 13), D(2027, 1, 14))
    assert count().hidden_at is None
    assert count(NOW + dt.timedelta(days=6)).hidden_at is None
    record = count(NOW + dt.timedelta(days=7))
    assert record.hidden_at == NOW + dt.timedelta(days=7)
    provider.refresh_from_db()
    assert provider.paused
    assert not Activity.objects.public().exists()
    [task] = Task.objects.all()
    assert (task.kind, task.provider, task.region) == (Task.Kind.PROVIDER_SILENT, provider, provider.municipality)
    assert mails() == ["provider_warned", "provider_hidden"]
    body = OutgoingMail.objects.get(kind="provider_hidden").text
    assert provider.get_absolute_url() in body
    count(NOW + dt.timedelta(days=8))
    assert len(mails()) == 2


def test_it_comes_back_by_one_button_and_starts_anew(client, provider):
    silent(provider, *[D(2027, 1, 11)] * 4)
    count()
    count(NOW + dt.timedelta(days=7))
    pause_provider(provider=provider, paused=False)
    assert count(NOW + dt.timedelta(days=8)).silent_in_row == 0
    assert Activity.objects.public().exists()
    silent(provider, D(2027, 3, 1), D(2027, 3, 2))
    record = count(at(D(2027, 3, 3)))
    assert (record.silent_in_row, record.warned_at) == (2, at(D(2027, 3, 3)))
    assert mails() == ["provider_warned", "provider_hidden", "provider_warned"]
    assert Task.objects.filter(done_at=None).count() == 1
    question(provider, D(2027, 3, 1), answered=D(2027, 3, 4))
    count(at(D(2027, 3, 5)))
    assert not Task.objects.filter(done_at=None).exists()


def test_an_answer_ends_the_row(provider):
    silent(provider, D(2027, 1, 11), D(2027, 1, 12), D(2027, 1, 13))
    question(provider, answered=D(2027, 1, 14))
    silent(provider, D(2027, 1, 18))
    assert count().silent_in_row == 1
    assert mails() == []


def test_who_paused_is_left_alone(provider):
    silent(provider, *[D(2027, 1, 11)] * 4)
    pause_provider(provider=provider, paused=True)
    assert count().warned_at is None
    assert mails() == []


def test_the_clock_itself_counts_who_is_silent(provider):
    """From the question on, by the clock alone."""
    booking = question(provider)
    booking.turn_since = booking.created_at
    booking.save()
    with time_machine.travel(at(D(2026, 12, 14), dt.time(17)), tick=False):
        assert run_due()["escalate"] == 1
        count_records()
    record = ProviderRecord.objects.get()
    assert (record.asked, record.answered, record.silent_in_row) == (1, 0, 1)
    assert Booking.objects.get().is_live
    assert timezone.localdate(record.counted_at) == D(2026, 12, 14)
