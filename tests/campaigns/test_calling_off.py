"""A place that was published and is called off: seats free once, everybody told once, and a way for each side."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Session
from techfinder.bookings.machine import Side
from techfinder.campaigns import actions
from techfinder.campaigns.actions import CampaignError
from techfinder.campaigns.models import Award, CampaignRequest
from techfinder.campaigns.queries import coming_places
from techfinder.campaigns.words import place_of
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.campaigns.conftest import DAY, a_round
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory
from tests.support.at_once import in_threads

Outcome = CampaignRequest.Outcome
REASON = {"reason": "timetable", "words": ""}


@pytest.fixture
def given(fair):
    """A place of a published round, with somebody at the company."""
    world = a_round(fair)
    fair.publish(world.found)
    actions.tell(campaign_id=fair.campaign.pk)
    award = Award.objects.standing().select_related("request__contact", "activity__provider", "session").first()
    award.member = MembershipFactory(provider=award.activity.provider).user
    OutgoingMail.objects.all().delete()
    return award


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def url(award):
    return reverse("campaigns:call_off", args=[award.pk])


def call_off(award, side=Side.SCHOOL, reason="timetable", **kwargs):
    user = award.request.contact
    return actions.call_off(award_id=award.pk, side=side, user=user, reason=reason, **kwargs)


# ---------------------------------------------------------------- what it does


def test_the_seats_are_free_and_the_request_is_open_again(fair, given, reload):
    assert call_off(given, words="De klas is dan op kamp.")
    assert reload(given.session).taken == 0
    assert reload(given.request).status == Request.Status.OPEN
    assert fair.outcomes()[given.request_id] == Outcome.RETURNED
    reload(given)
    assert (given.off_side, given.off_user, given.off_reason) == (Side.SCHOOL, given.request.contact, "timetable")
    assert given.off_words == "De klas is dan op kamp."
    assert Session.objects.exclude(pk=given.session_id).get().taken == 28


def test_both_sides_and_the_coordinator_get_one_mail(fair, given):
    call_off(given)
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert mails.keys() == {given.request.contact.email, given.member.email, fair.user.email}
    assert OutgoingMail.objects.count() == len(mails)
    assert all(mail.kind == "campaign_off" for mail in mails.values())
    assert given.request.school.name in mails[given.member.email].text
    assert "het rooster" in mails[fair.user.email].text


def test_a_second_time_changes_nothing_and_mails_nobody(given, reload):
    call_off(given)
    assert not call_off(given, side=Side.PROVIDER, reason="ill")
    assert reload(given.session).taken == 0
    assert reload(given).off_side == Side.SCHOOL
    assert OutgoingMail.objects.count() == 3


def test_a_part_of_a_group_goes_and_the_other_stays(fair, reload):
    days = [fair.day(seats=14), fair.day(seats=14, after=50)]
    asked = fair.ask(size=28, bounds={"parts_max": 2, "providers_max": 2})
    fair.publish(fair.solve())
    first, second = Award.objects.standing().order_by("date")
    assert call_off(first)
    assert [reload(day).taken for day in days] == [0, 14]
    assert reload(asked).status == Request.Status.FULFILLED
    assert fair.outcomes()[asked.pk] == Outcome.PLACED
    assert call_off(second)
    assert [reload(day).taken for day in days] == [0, 0]
    assert reload(asked).status == Request.Status.OPEN
    assert fair.outcomes()[asked.pk] == Outcome.RETURNED


def test_on_the_day_itself_it_still_goes_and_after_it_not(given, reload):
    Award.objects.filter(pk=given.pk).update(date=timezone.localdate() - DAY)
    with pytest.raises(CampaignError, match="al geweest"):
        call_off(given)
    assert reload(given).off_at is None
    assert reload(given.session).taken == 28
    Award.objects.filter(pk=given.pk).update(date=timezone.localdate())
    assert call_off(given)


def test_what_was_only_proposed_cannot_be_called_off(fair, reload):
    world = a_round(fair)
    proposed = world.found.awards.first()
    with pytest.raises(CampaignError):
        call_off(proposed)
    assert signed_in(proposed.request.contact).get(url(proposed)).status_code == 404


def test_a_reason_of_the_other_side_is_refused(given, reload):
    with pytest.raises(ValueError, match="safety"):
        call_off(given, reason="safety")
    assert reload(given).off_at is None


def test_a_day_that_was_deleted_is_called_off_all_the_same(given, reload):
    Session.objects.filter(pk=given.session_id).delete()
    assert call_off(given)
    assert reload(given.request).status == Request.Status.OPEN


def test_who_was_not_told_of_the_place_yet_is_not_told_of_it_afterwards(fair):
    world = a_round(fair)
    fair.publish(world.found)
    award = Award.objects.standing().select_related("request").first()
    call_off(award)
    actions.tell(campaign_id=fair.campaign.pk)
    theirs = OutgoingMail.objects.filter(to=award.request.contact.email)
    assert list(theirs.values_list("kind", flat=True)) == ["campaign_off"]
    assert not OutgoingMail.objects.filter(kind="campaign_provider", text__contains=award.request.school.name)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_free_the_seats_once(fair, given, reload):
    assert sorted(in_threads(2, lambda: call_off(given))) == [False, True]
    assert reload(given.session).taken == 0
    assert OutgoingMail.objects.count() == 3


# ------------------------------------------------------------------- the pages


def readers(given, coordinator):
    return {
        "school": (given.request.contact, reverse("matches:request", args=[given.request.uuid])),
        "provider": (given.member, reverse("matches:dashboard")),
        "coordinator": (coordinator, given.round.campaign.get_absolute_url()),
    }


REASONS = {"school": "timetable", "provider": "ill", "coordinator": "asked_to"}


@pytest.mark.parametrize("side", REASONS)
def test_each_side_finds_the_way_and_calls_off_once(given, coordinator, side, reload):
    user, own_page = readers(given, coordinator)[side]
    client = signed_in(user)
    round_page = reverse("campaigns:round", args=[given.round.campaign.slug, given.round.number])
    assert url(given) in client.get(round_page if side == "coordinator" else own_page).content.decode()
    asked = client.get(url(given))
    assert asked.status_code == 200
    assert reload(given).off_at is None
    done = client.post(url(given), {"reason": REASONS[side], "words": "Het spijt ons."}, follow=True)
    assert done.redirect_chain == [(own_page, 302)]
    assert "Afgezegd." in done.content.decode()
    assert reload(given).off_side == side
    again = client.get(url(given)).content.decode()
    assert "Deze plek is afgezegd" in again
    assert "<form" not in again.partition("<main")[2].partition("</main")[0]
    assert client.post(url(given), {"reason": REASONS[side]}).status_code == 200
    assert OutgoingMail.objects.count() == 3


def test_without_a_reason_nothing_happens_and_what_was_written_stays(given, reload):
    answer = signed_in(given.request.contact).post(url(given), {"words": "Wij zijn op kamp."})
    assert answer.status_code == 422
    assert "Kies een reden" in answer.content.decode()
    assert "Wij zijn op kamp." in answer.content.decode()
    assert reload(given).off_at is None


def test_strangers_get_404_and_change_nothing(given, reload):
    stranger = signed_in(UserFactory())
    assert stranger.get(url(given)).status_code == 404
    assert stranger.post(url(given), REASON).status_code == 404
    assert reload(given).off_at is None


def test_a_day_that_has_been_says_so(given):
    Award.objects.filter(pk=given.pk).update(date=timezone.localdate() - dt.timedelta(days=1))
    client = signed_in(given.member)
    assert "Deze dag is al geweest" in client.get(url(given)).content.decode()
    assert client.post(url(given), {"reason": "ill"}).status_code == 200
    assert given.request.school.name not in client.get(reverse("matches:dashboard")).content.decode()


def test_everybody_sees_what_was_called_off(fair, given, as_coordinator):
    call_off(given, words="De klas is dan op kamp.")
    campaign = as_coordinator.get(fair.campaign.get_absolute_url()).content.decode()
    assert f"Afgezegd door {given.request.school.name} op" in campaign
    assert "De klas is dan op kamp." in campaign
    page = as_coordinator.get(given.round.get_absolute_url() + "?zicht=aanbod").content.decode()
    assert given.request.title not in page
    own = signed_in(given.request.contact).get(reverse("matches:request", args=[given.request.uuid])).content.decode()
    assert f"Afgezegd door {given.request.school.name} op" in own
    assert url(given) not in own


def test_what_stands_comes_before_what_was_called_off(fair):
    for after in (45, 50):
        fair.day(seats=14, after=after, title=f"Over {after} dagen")
    asked = fair.ask(size=28, bounds={"parts_max": 2, "providers_max": 2})
    fair.publish(fair.solve())
    call_off(Award.objects.standing().select_related("request__contact").order_by("date").first())
    page = signed_in(asked.contact).get(reverse("matches:request", args=[asked.uuid])).content.decode()
    assert page.index("Over 50 dagen") < page.index("Over 45 dagen")
    assert "Je plek<" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_company_asks_no_more_for_more_groups(fair, count, django_assert_num_queries):
    provider = fair.day(seats=28 * count).activity.provider
    for _ in range(count):
        fair.ask()
    fair.publish(fair.solve())
    user = MembershipFactory(provider=provider).user

    with django_assert_num_queries(1):
        found = [(place_of(each), each.request.contact, each.round.campaign) for each in coming_places(user)]
    assert len(found) == count
