"""Several at the same moment, each with a connection of its own: no seat twice, no round twice, no mail twice."""

from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from techfinder.activities.actions import take_seats
from techfinder.activities.models import Session
from techfinder.campaigns import actions
from techfinder.campaigns.actions import CampaignError
from techfinder.campaigns.building import build
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Round
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.campaigns.conftest import DAY, a_round, awards_of
from tests.factories.campaigns import CampaignFactory, CampaignRequestFactory, CampaignSessionFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
Outcome = CampaignRequest.Outcome


def another(fair, days, asked):
    """A second campaign that shares out the same days."""
    campaign = CampaignFactory()
    for day in days:
        CampaignSessionFactory(campaign=campaign, session=day)
    for each in asked:
        CampaignRequestFactory(campaign=campaign, request=each)
    started = actions.start_round(campaign_id=campaign.pk, user=fair.user)
    actions.solve_round(round_id=started.pk)
    return started


def test_two_campaigns_that_publish_the_same_days_give_no_seat_twice(fair):
    days = [fair.day(after=40 + number) for number in range(6)]
    ours = [fair.ask() for _ in range(6)]
    first = fair.solve()
    theirs = [fair.ask() for _ in range(6)]
    CampaignRequest.objects.filter(request__in=theirs).delete()
    Campaign.objects.update(version=1)
    second = another(fair, days, theirs)
    rounds = [first, second]
    in_threads(2, lambda: actions.publish_round(round_id=rounds.pop().pk, user=fair.user))
    assert {day.taken for day in Session.objects.filter(pk__in=[day.pk for day in days])} == {28}
    assert Award.objects.filter(given=True).count() == 6
    assert CampaignRequest.objects.filter(outcome=Outcome.FULL).count() == 6
    assert Request.objects.filter(pk__in=[each.pk for each in ours + theirs], status="fulfilled").count() == 6


def test_a_request_in_two_campaigns_is_answered_once(fair):
    first_day, asked = fair.day(), fair.ask()
    first = fair.solve()
    second_day = fair.day()
    Campaign.objects.update(version=1)
    second = another(fair, [second_day], [asked])
    rounds = [first, second]
    in_threads(2, lambda: actions.publish_round(round_id=rounds.pop().pk, user=fair.user))
    taken = Session.objects.filter(pk__in=[first_day.pk, second_day.pk]).values_list("taken", flat=True)
    assert sorted(taken) == [0, 28]
    assert sorted(CampaignRequest.objects.values_list("outcome", flat=True)) == [Outcome.CLOSED, Outcome.PLACED]


def test_publishing_beside_others_that_take_seats_never_gives_too_many(fair):
    days = [fair.day(seats=60) for _ in range(4)]
    for _ in range(8):
        fair.ask()
    found = fair.solve()
    refused = []
    work = [partial(fair.publish, found), *(partial(take_seats, seats={day.pk: 10}) for day in days)]

    def one():
        try:
            work.pop()()
        except IntegrityError:
            refused.append(1)

    in_threads(5, one)
    placed = [pk for pk, outcome in fair.outcomes().items() if outcome == Outcome.PLACED]
    given = sum(award.pupils for award in Award.objects.filter(request__in=placed))
    taken = sum(Session.objects.values_list("taken", flat=True))
    assert taken - given == 10 * (len(days) - len(refused))
    assert not [day for day in Session.objects.all() if day.taken > day.seats]


def test_four_who_publish_the_same_proposal_publish_it_once(fair):
    found = a_round(fair).found
    told = []
    in_threads(4, lambda: told.append(fair.publish(found)))
    assert sorted(told) == [False, False, False, True]
    assert set(Session.objects.values_list("taken", flat=True)) == {28}


def test_four_who_start_a_round_start_one(fair):
    fair.day(), fair.ask()
    refused = []

    def start():
        try:
            fair.start()
        except CampaignError:
            refused.append(1)

    in_threads(4, start)
    assert (Round.objects.count(), len(refused)) == (1, 3)


def test_four_workers_solve_a_round_once(fair):
    world = [fair.day(), fair.ask(), fair.ask()]
    started = fair.start()
    solved = []
    in_threads(4, lambda: solved.append(actions.solve_round(round_id=started.pk)))
    assert sorted(solved) == [False, False, False, True]
    assert awards_of(started).keys() == {(started.awards.get().request_id, world[0].pk)}


def test_four_who_tell_mail_once(fair):
    fair.publish(a_round(fair).found)
    in_threads(4, partial(actions.tell, campaign_id=fair.campaign.pk))
    mails = OutgoingMail.objects.filter(kind__startswith="campaign_")
    assert mails.count() == 5
    assert len(set(mails.values_list("to", flat=True))) == 5


def test_a_worker_that_thinks_long_keeps_its_round(fair, monkeypatch, wait_until):
    fair.day(), fair.ask()
    started = fair.start()
    row = Round.objects.filter(pk=started.pk)

    def think(campaign, **kwargs):
        row.update(lease_until=timezone.now() - DAY)
        wait_until(lambda: row.get().lease_until > timezone.now())
        return build(campaign, **kwargs)

    monkeypatch.setattr("techfinder.campaigns.actions.rounds.build", think)
    monkeypatch.setattr("techfinder.campaigns.actions.rounds.RENEW_EVERY", 0.05)
    assert actions.solve_round(round_id=started.pk)
    assert row.get().state == Round.State.PROPOSED


def test_a_day_that_goes_while_it_is_solved_is_tried_again(fair, monkeypatch):
    keeps, goes = fair.day(), fair.day()
    fair.ask(), fair.ask()
    started = fair.start()

    def delete_after(campaign, **kwargs):
        built = build(campaign, **kwargs)
        goes.delete()
        return built

    with monkeypatch.context() as patch:
        patch.setattr("techfinder.campaigns.actions.rounds.build", delete_after)
        with pytest.raises(IntegrityError):
            actions.solve_round(round_id=started.pk)
    assert actions.sweep() == 1
    assert actions.solve_round(round_id=started.pk)
    assert [day for _request, day in awards_of(started)] == [keeps.pk]


def test_a_worker_solves_tells_and_a_killed_one_is_followed(fair, celery_worker_process, wait_until, smtp_sink):
    """Through Redis and a real worker: the second round was left by one that was killed."""
    days = [fair.day(), fair.day(after=50)]
    fair.ask(), fair.ask()
    started = fair.start()
    wait_until(lambda: Round.objects.get(pk=started.pk).state == Round.State.PROPOSED, timeout=60)
    second = Round.objects.create(
        campaign=fair.campaign, number=2, version=1, state=Round.State.SOLVING, attempts=1,
        lease_until=timezone.now() - DAY,
    )  # fmt: skip
    Campaign.objects.update(version=1)
    actions.sweep()
    wait_until(lambda: Round.objects.get(pk=second.pk).state == Round.State.PROPOSED, timeout=60)
    assert awards_of(started) == awards_of(second)
    assert fair.publish(second)
    wait_until(lambda: Campaign.objects.get().told_at, timeout=60)
    wait_until(lambda: len(smtp_sink.messages) >= 4, timeout=60)
    assert {day.taken for day in Session.objects.filter(pk__in=[day.pk for day in days])} == {28}
