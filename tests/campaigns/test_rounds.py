"""From a campaign to a proposal: what the worker makes of it, and what it makes of trouble."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.campaigns import actions
from techfinder.campaigns.actions import CampaignError
from techfinder.campaigns.building import build
from techfinder.campaigns.models import Round, Unserved
from techfinder.campaigns.proposals import reservations
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.campaigns.conftest import DAY, a_round, awards_of

State = Round.State


def test_a_round_serves_as_many_as_there_are_places(fair):
    world = a_round(fair)
    assert world.found.state == State.PROPOSED
    assert len(awards_of(world.found)) == 2
    assert set(awards_of(world.found).values()) == {28}
    assert world.found.report["round"]["served"] == 2
    assert world.found.report["round"]["pupils"] == 56
    assert world.found.report["proven"] is True
    assert world.found.unserved.get().reason == Unserved.Reason.FULL


def test_the_optimum_beats_giving_out_by_hand(fair):
    """The only day of the demanding group is the one that by hand goes to the group that fits everywhere."""
    first = fair.day(levels=["po-7", "po-8"], themes=["energie", "water"])
    second = fair.day(levels=["po-8"], themes=["energie"], after=50)
    easy = fair.ask(levels=["po-7", "po-8"], themes=["energie", "water"], priority=2)
    demanding = fair.ask(levels=["po-7"], themes=["energie"])
    found = fair.solve()
    assert awards_of(found) == {(easy.pk, second.pk): 28, (demanding.pk, first.pk): 28}
    assert found.report["round"]["served"] == 2
    assert found.report["by_hand"]["served"] == 1


def test_who_has_priority_goes_first(fair):
    fair.day()
    for _ in range(3):
        fair.ask(confirmed_at=timezone.now() - 50 * DAY)
    urgent = fair.ask(priority=3)
    assert [request for request, _day in awards_of(fair.solve())] == [urgent.pk]


def test_a_school_that_had_nothing_this_year_goes_before_one_that_had(fair):
    fair.day()
    served, new = fair.ask(), fair.ask()
    Request.objects.create(
        **{
            field: getattr(served, field)
            for field in ("school", "contact_email", "title", "levels", "themes", "audience", "group_size")
        },
        date_from=timezone.localdate(),
        date_until=timezone.localdate() + DAY,
        status=Request.Status.FULFILLED,
    )
    Request.objects.filter(pk=new.pk).update(confirmed_at=timezone.now())
    assert [request for request, _day in awards_of(fair.solve())] == [new.pk]


def test_a_group_is_split_over_providers_within_its_bounds(fair):
    first, second = fair.day(seats=30), fair.day(seats=30)
    large = fair.ask(size=50, bounds={"parts_max": 2, "providers_max": 2, "part_min": 20})
    found = awards_of(fair.solve())
    assert found.keys() == {(large.pk, first.pk), (large.pk, second.pk)}
    assert sum(found.values()) == 50
    assert min(found.values()) >= 20


@pytest.mark.parametrize(
    "bounds",
    [{}, {"parts_max": 2}, {"parts_max": 2, "providers_max": 2, "part_min": 30}],
    ids=["whole", "one company", "large parts"],
)
def test_a_group_that_may_not_be_split_so_gets_nothing(fair, bounds):
    fair.day(seats=30), fair.day(seats=30)
    fair.ask(size=50, bounds=bounds)
    found = fair.solve()
    assert awards_of(found) == {}
    assert found.unserved.get().reason == Unserved.Reason.TOO_LARGE


def test_no_part_is_larger_than_a_company_takes(fair):
    fair.day(seats=60, group_max=30, splittable=False)
    fair.ask(size=50)
    assert awards_of(fair.solve()) == {}


def test_a_group_that_the_company_splits_itself_comes_whole(fair):
    day = fair.day(seats=60, group_max=30, splittable=True)
    asked = fair.ask(size=50)
    assert awards_of(fair.solve()) == {(asked.pk, day.pk): 50}


def test_each_day_is_weighed_by_its_own_date(fair):
    """Of an activity with two days only the one that suits the school is an option."""
    early = fair.day(after=35)
    late = fair.day(after=80, provider=early.activity.provider)
    asked = fair.ask(
        date_from=timezone.localdate() + 70 * DAY,
        date_until=timezone.localdate() + 90 * DAY,
    )
    assert awards_of(fair.solve()) == {(asked.pk, late.pk): 28}


def test_a_day_within_the_lead_time_is_no_option(fair):
    fair.day(after=45, lead_days=50)
    fair.ask()
    found = fair.solve()
    assert found.unserved.get().reason == Unserved.Reason.NO_OPTION
    assert found.unserved.get().detail == [["period", 1]]


def test_a_pair_that_was_declined_before_is_no_option(fair):
    day, asked = fair.day(), fair.ask()
    Match.objects.create(request=asked, activity=day.activity, score=50, state=Match.State.DECLINED)
    assert awards_of(fair.solve()) == {}


def test_only_the_seats_that_were_given_are_shared_out(fair):
    fair.day(seats=60, given=30)
    fair.ask(), fair.ask()
    assert sum(awards_of(fair.solve()).values()) == 28


def test_seats_that_were_taken_since_are_not_shared_out(fair):
    day = fair.day(seats=60)
    day.taken = 31
    day.save()
    fair.ask(), fair.ask()
    assert sum(awards_of(fair.solve()).values()) == 28


def test_the_same_campaign_gives_the_same_proposal(fair):
    for after in range(40, 48):
        fair.day(after=after, seats=45)
    for size in range(20, 36):
        fair.ask(size=size, bounds={"parts_max": 2, "providers_max": 2})
    first, second = fair.solve(), fair.solve()
    assert first.snapshot == second.snapshot != ""
    assert awards_of(first) == awards_of(second) != {}
    assert first.report | {"seconds": 0} == second.report | {"seconds": 0}


def test_a_new_proposal_takes_the_place_of_the_old(fair, reload):
    world = a_round(fair)
    second = fair.solve()
    assert reload(world.found).state == State.DROPPED
    assert (second.number, second.state) == (2, State.PROPOSED)


# ------------------------------------------------------------------ by hand


def test_a_locked_pair_stays_and_a_refused_one_does_not_come_back(fair):
    world = a_round(fair)
    kept, refused = world.found.awards.order_by("pk")
    actions.lock_award(award_id=kept.pk)
    actions.refuse_award(award_id=refused.pk)
    again = awards_of(fair.solve())
    assert again[kept.request_id, kept.session_id] == kept.pupils
    assert (refused.request_id, refused.session_id) not in again
    assert len(again) == 2


def test_a_pair_that_is_let_go_is_free_again(fair):
    day, asked = fair.day(), fair.ask()
    pin = actions.refuse_award(award_id=fair.solve().awards.get().pk)
    assert fair.solve().unserved.get().reason == Unserved.Reason.LOCKED_OUT
    actions.release_pin(campaign_id=fair.campaign.pk, pin_id=pin.pk)
    assert awards_of(fair.solve()) == {(asked.pk, day.pk): 28}


def test_locks_that_contradict_fail_with_the_reason(fair, reload):
    """Both were locked when there was room for both."""
    day = fair.day(seats=60)
    fair.ask(), fair.ask()
    for award in fair.solve().awards.all():
        actions.lock_award(award_id=award.pk)
    day.taken = 30
    day.save()
    failed = fair.solve()
    assert (failed.state, failed.problem) == (State.FAILED, "lock_seats")
    assert failed.report["place"] == day.pk
    assert not failed.awards.exists()


def test_an_older_proposal_can_no_longer_be_changed(fair):
    world = a_round(fair)
    fair.solve()
    with pytest.raises(CampaignError):
        actions.lock_award(award_id=world.found.awards.first().pk)


def test_a_day_cannot_give_fewer_seats_than_were_locked(fair):
    day = fair.day()
    fair.ask()
    actions.lock_award(award_id=fair.solve().awards.get().pk)
    with pytest.raises(CampaignError):
        actions.give_seats(campaign_id=fair.campaign.pk, seats={day.pk: 20})
    assert fair.campaign.places.get().seats == 30


# ------------------------------------------------------------------- refusing


def test_without_days_or_requests_no_round_starts(fair):
    with pytest.raises(CampaignError):
        fair.start()
    fair.day()
    with pytest.raises(CampaignError):
        fair.start()
    fair.ask()
    assert fair.start().state == State.WAITING


def test_without_a_free_seat_or_an_open_request_no_round_starts(fair):
    day, asked = fair.day(), fair.ask()
    Request.objects.filter(pk=asked.pk).update(status=Request.Status.WITHDRAWN)
    with pytest.raises(CampaignError):
        fair.start()
    Request.objects.filter(pk=asked.pk).update(status=Request.Status.OPEN)
    day.taken = day.seats
    day.save()
    with pytest.raises(CampaignError):
        fair.start()
    assert not Round.objects.exists()


def test_a_round_does_not_start_twice(fair):
    fair.day(), fair.ask()
    fair.start()
    with pytest.raises(CampaignError, match="1"):
        fair.start()
    with pytest.raises(IntegrityError):
        Round.objects.create(campaign=fair.campaign, number=9, version=1)


def test_an_activity_that_is_archived_meanwhile_is_left_out(fair):
    gone, there = fair.day(), fair.day()
    asked = fair.ask()
    started = fair.start()
    Activity.objects.filter(pk=gone.activity_id).update(status=Activity.Status.ARCHIVED)
    actions.solve_round(round_id=started.pk)
    assert awards_of(started) == {(asked.pk, there.pk): 28}


def test_an_activity_whose_region_was_deleted_places_nobody(fair):
    network = Region.objects.create(code="NW-X", slug="nw-x", name="Netwerk X", type=Region.Type.NETWORK)
    network.municipalities.add(fair.town)
    day = fair.day()
    Activity.objects.filter(pk=day.activity_id).update(regions=["NW-X"])
    fair.ask()
    assert awards_of(fair.solve()) != {}
    network.municipalities.clear()
    Region.objects.filter(pk=network.pk)._raw_delete("default")  # past what keeps it
    found = fair.solve()
    assert awards_of(found) == {}
    assert found.unserved.get().detail == [["place", 1]]


def test_a_request_withdrawn_before_the_worker_comes_is_left_out(fair):
    fair.day()
    stays, leaves = fair.ask(), fair.ask(priority=3)
    started = fair.start()
    Request.objects.filter(pk=leaves.pk).update(status=Request.Status.WITHDRAWN)
    actions.solve_round(round_id=started.pk)
    assert [request for request, _day in awards_of(started)] == [stays.pk]
    assert started.unserved.get().reason == Unserved.Reason.CLOSED


def test_a_locked_pair_that_is_none_any_more_is_left_out_and_said(fair):
    """One request was withdrawn after it was locked, and one day is for others now."""
    days = [fair.day(), fair.day()]
    leaves, stays = fair.ask(), fair.ask()
    awards = {award.request_id: award for award in fair.solve().awards.all()}
    for award in awards.values():
        actions.lock_award(award_id=award.pk)
    Request.objects.filter(pk=leaves.pk).update(status=Request.Status.WITHDRAWN)
    kept = next(day for day in days if day.pk != awards[stays.pk].session_id)
    Activity.objects.filter(pk=awards[stays.pk].activity_id).update(regions=["NL-GR"])
    found = fair.solve()
    assert awards_of(found) == {(stays.pk, kept.pk): 28}
    assert found.report["lapsed"] == 2
    assert len(list(reservations(found.report))) == 1


def test_when_all_leave_before_the_worker_comes_the_round_says_so(fair, reload):
    fair.day()
    asked = fair.ask()
    started = fair.start()
    Request.objects.filter(pk=asked.pk).update(status=Request.Status.WITHDRAWN)
    actions.solve_round(round_id=started.pk)
    assert (reload(started).state, started.problem) == (State.FAILED, "no_groups")


# -------------------------------------------------------------------- workers


def test_a_round_is_solved_once(fair):
    world = a_round(fair)
    assert not actions.solve_round(round_id=world.found.pk)
    assert world.found.awards.count() == 2


def test_what_a_dead_worker_left_is_found_and_done(fair, reload):
    fair.day(), fair.ask()
    started = fair.start()
    Round.objects.filter(pk=started.pk).update(
        state=State.SOLVING, attempts=1, lease_until=timezone.now() + dt.timedelta(seconds=60)
    )
    assert actions.sweep() == 0
    assert not actions.solve_round(round_id=started.pk)
    Round.objects.filter(pk=started.pk).update(lease_until=timezone.now())
    assert actions.sweep() == 1
    assert actions.solve_round(round_id=started.pk)
    assert reload(started).state == State.PROPOSED


def test_what_no_worker_survives_is_given_up(fair, reload):
    fair.day(), fair.ask()
    started = fair.start()
    Round.objects.filter(pk=started.pk).update(state=State.SOLVING, attempts=3, lease_until=timezone.now())
    assert not actions.solve_round(round_id=started.pk)
    assert (reload(started).state, started.problem) == (State.FAILED, "gave_up")


def test_a_round_that_is_dropped_while_it_is_solved_stays_dropped(fair, reload, monkeypatch):
    fair.day(), fair.ask()
    started = fair.start()

    def drop_first(campaign, **kwargs):
        actions.drop_round(round_id=started.pk)
        return build(campaign, **kwargs)

    monkeypatch.setattr("techfinder.campaigns.actions.rounds.build", drop_first)
    assert not actions.solve_round(round_id=started.pk)
    assert reload(started).state == State.DROPPED
    assert not started.awards.exists()
