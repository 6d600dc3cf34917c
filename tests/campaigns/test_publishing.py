"""Publishing: each seat once, whatever happened meanwhile, and both sides told once."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from techfinder.activities.actions import archive, take_seats
from techfinder.activities.models import Session
from techfinder.campaigns import actions
from techfinder.campaigns.actions import CampaignError
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Round
from techfinder.mail.models import OutgoingMail
from techfinder.requests.actions import fulfil, withdraw_request
from techfinder.requests.models import Request
from tests.campaigns.conftest import DAY, a_round
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

Outcome = CampaignRequest.Outcome


def test_what_is_given_is_taken_and_answered(fair, reload):
    world = a_round(fair)
    before = {day.activity_id: day.activity.version for day in world.days}
    assert fair.publish(world.found)
    assert reload(fair.campaign).state == Campaign.State.PUBLISHED
    assert fair.campaign.published_by == fair.user
    assert reload(world.found).state == Round.State.PUBLISHED
    assert {reload(day).taken for day in world.days} == {28}
    assert sorted(fair.outcomes().values()) == [Outcome.PLACED, Outcome.PLACED, Outcome.UNPLACED]
    placed = {pk for pk, outcome in fair.outcomes().items() if outcome == Outcome.PLACED}
    assert set(Request.objects.filter(status=Request.Status.FULFILLED).values_list("pk", flat=True)) == placed
    assert world.found.awards.filter(given=True).count() == 2
    for day in world.days:
        assert reload(day.activity).version > before[day.activity_id]


def test_publishing_twice_does_nothing_the_second_time(fair, reload):
    world = a_round(fair)
    assert fair.publish(world.found)
    actions.tell(campaign_id=fair.campaign.pk)
    mails = OutgoingMail.objects.count()
    assert not fair.publish(world.found)
    actions.tell(campaign_id=fair.campaign.pk)
    assert {reload(day).taken for day in world.days} == {28}
    assert OutgoingMail.objects.count() == mails


def test_a_withdrawn_request_is_skipped_and_its_seats_stay_free(fair, reload):
    world = a_round(fair)
    leaver = world.found.awards.first()
    withdraw_request(request_id=leaver.request_id, reason=Request.Withdrawn.NO_TIME)
    fair.publish(world.found)
    assert fair.outcomes()[leaver.request_id] == Outcome.CLOSED
    assert reload(leaver.session).taken == 0
    assert reload(leaver.request).status == Request.Status.WITHDRAWN


def test_an_activity_that_is_no_longer_public_is_skipped(fair, reload):
    world = a_round(fair)
    gone = world.found.awards.first()
    archive(activity=gone.activity)
    fair.publish(world.found)
    assert fair.outcomes()[gone.request_id] == Outcome.GONE
    assert reload(gone.request).status == Request.Status.OPEN
    assert reload(gone.session).taken == 0


def test_a_day_that_was_taken_away_is_skipped(fair, reload):
    world = a_round(fair)
    gone = world.found.awards.first()
    Session.objects.get(pk=gone.session_id).delete()
    Campaign.objects.update(version=1)
    fair.publish(world.found)
    assert fair.outcomes()[gone.request_id] == Outcome.GONE
    assert (reload(gone).session, gone.given) == (None, False)


def test_seats_that_were_lowered_are_not_given(fair, reload):
    world = a_round(fair)
    short = world.found.awards.first()
    Session.objects.filter(pk=short.session_id).update(seats=20)
    fair.publish(world.found)
    assert fair.outcomes()[short.request_id] == Outcome.FULL
    assert reload(short.session).taken == 0


def test_a_day_that_is_past_is_not_given(fair, reload):
    world = a_round(fair)
    past = world.found.awards.first()
    Session.objects.filter(pk=past.session_id).update(date=timezone.localdate() - DAY)
    fair.publish(world.found)
    assert fair.outcomes()[past.request_id] == Outcome.GONE


@pytest.mark.parametrize(
    "change",
    [{"group_size": 35}, {"levels": ["po-1"]}, {"date_until": timezone.localdate() + 31 * DAY}],
    ids=["group", "levels", "days"],
)
def test_a_request_that_was_changed_and_no_longer_fits_is_skipped(fair, reload, change):
    world = a_round(fair)
    changed = world.found.awards.first()
    Request.objects.filter(pk=changed.request_id).update(**change)
    fair.publish(world.found)
    assert fair.outcomes()[changed.request_id] == Outcome.CHANGED
    assert reload(changed.request).status == Request.Status.OPEN
    assert reload(changed.session).taken == 0


def test_a_group_in_parts_is_placed_whole_or_not_at_all(fair, reload):
    first, second = fair.day(), fair.day()
    large = fair.ask(size=50, bounds={"parts_max": 2, "providers_max": 2})
    found = fair.solve()
    take_seats(seats={second.pk: 30})
    fair.publish(found)
    assert fair.outcomes()[large.pk] == Outcome.FULL
    assert reload(first).taken == 0
    assert reload(large).status == Request.Status.OPEN


def test_when_seats_are_short_the_most_urgent_keep_theirs(fair):
    day = fair.day(seats=60)
    later, urgent = fair.ask(), fair.ask(priority=3)
    found = fair.solve()
    take_seats(seats={day.pk: 20})
    fair.publish(found)
    assert fair.outcomes() == {later.pk: Outcome.FULL, urgent.pk: Outcome.PLACED}


def test_the_database_itself_refuses_a_seat_twice(fair):
    day = fair.day(seats=30)
    take_seats(seats={day.pk: 28})
    with pytest.raises(IntegrityError):
        take_seats(seats={day.pk: 3})


def test_only_requests_that_are_open_are_fulfilled(db):
    asked = RequestFactory()
    withdrawn = RequestFactory(status=Request.Status.WITHDRAWN)
    assert fulfil(request_ids=[asked.pk, withdrawn.pk]) == {asked.pk}
    again = Request.objects.get(pk=asked.pk)
    assert (again.status, again.version) == (Request.Status.FULFILLED, asked.version + 1)
    assert Request.objects.get(pk=withdrawn.pk).status == Request.Status.WITHDRAWN


# ------------------------------------------------------------------ what stands


def test_a_proposal_of_before_a_change_is_not_published(fair, reload):
    world = a_round(fair)
    actions.set_priorities(campaign_id=fair.campaign.pk, priorities={fair.campaign.asked.first().pk: 3})
    with pytest.raises(CampaignError):
        fair.publish(world.found)
    assert {reload(day).taken for day in world.days} == {0}


def test_locking_a_pair_leaves_the_proposal_standing(fair):
    world = a_round(fair)
    actions.lock_award(award_id=world.found.awards.first().pk)
    assert fair.publish(world.found)


def test_a_dropped_or_unfinished_round_is_not_published(fair):
    world = a_round(fair)
    second = fair.start()
    for each in (world.found, second):
        with pytest.raises(CampaignError):
            fair.publish(each)
    actions.drop_round(round_id=second.pk)
    actions.drop_round(round_id=world.found.pk)
    with pytest.raises(CampaignError):
        fair.publish(world.found)


def test_a_published_campaign_is_not_changed_any_more(fair):
    world = a_round(fair)
    fair.publish(world.found)
    with pytest.raises(CampaignError):
        fair.start()
    with pytest.raises(CampaignError):
        actions.give_seats(campaign_id=fair.campaign.pk, seats={world.days[0].pk: 10})
    assert not actions.close_campaign(campaign_id=fair.campaign.pk)


# ------------------------------------------------------------------------ mails


def told(fair):
    actions.tell(campaign_id=fair.campaign.pk)
    return {mail.to: mail for mail in OutgoingMail.objects.filter(kind__startswith="campaign_")}


def test_both_sides_are_told_who_meets_whom(fair):
    provider = ProviderFactory(municipality=fair.town, name="Huis van de Techniek", email="info@huis.example")
    day = fair.day(seats=60, provider=provider, title="Mini-Zonnebootrace", delivery=["at_provider"])
    first, second = fair.ask(contact=UserFactory(email="juf@school.example", name="Juf Ank")), fair.ask()
    fair.publish(fair.solve())
    mails = told(fair)
    assert mails.keys() == {"juf@school.example", second.contact.email, "info@huis.example"}
    school = mails["juf@school.example"]
    assert "Mini-Zonnebootrace" in school.subject
    assert school.reply_to == "info@huis.example"
    for part in (school.text, school.html):
        assert "Huis van de Techniek" in part
        assert "info@huis.example" in part
        assert "Ritthemsestraat 500" in part
        assert "28 leerlingen" in part
    company = mails["info@huis.example"]
    assert company.text.count("28 leerlingen") == 2
    for asked in (first, second):
        assert asked.contact.email in company.text
        assert asked.school.name in company.html
    assert str(day.date.day) in company.text


def test_a_company_gets_one_mail_per_person_and_in_its_language(fair):
    provider = ProviderFactory(municipality=fair.town, email="info@huis.example")
    for email, language in (("mo@huis.example", "nl"), ("kim@huis.example", "en")):
        MembershipFactory(provider=provider, user=UserFactory(email=email, language=language))
    fair.day(provider=provider), fair.day(provider=provider)
    fair.ask(), fair.ask()
    fair.publish(fair.solve())
    mails = told(fair)
    assert "info@huis.example" not in mails
    assert "2 groups come to you" in mails["kim@huis.example"].subject
    assert "2 groepen" in mails["mo@huis.example"].subject


def test_who_gets_nothing_is_told_honestly(fair):
    world = a_round(fair)
    fair.publish(world.found)
    without = world.found.unserved.get().request
    mail = told(fair)[without.contact.email]
    assert fair.campaign.title in mail.subject
    assert "meer scholen" in mail.text.lower()
    for award in world.found.awards.all():
        assert award.activity.provider.email not in mail.text


def test_who_left_is_not_mailed(fair):
    world = a_round(fair)
    leaver = world.found.awards.first().request
    withdraw_request(request_id=leaver.pk, reason=Request.Withdrawn.NO_TIME)
    fair.publish(world.found)
    assert leaver.contact.email not in told(fair)


def test_telling_that_was_cut_off_goes_on(fair, reload):
    world = a_round(fair)
    fair.publish(world.found)
    actions.tell(campaign_id=fair.campaign.pk, seconds=0)
    assert not OutgoingMail.objects.exists()
    assert actions.sweep() == 1
    told(fair)
    CampaignRequest.objects.filter(outcome=Outcome.PLACED).update(told_at=None)
    Campaign.objects.update(told_at=None)
    before = OutgoingMail.objects.count()
    told(fair)
    assert OutgoingMail.objects.count() == before
    assert reload(fair.campaign).told_at
    assert actions.sweep() == 0
    assert Award.objects.filter(given=True).count() == 2
