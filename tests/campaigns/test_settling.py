"""A place that was published is a booking: seats once, both sides at its page, and everything that bookings do."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from techfinder.bookings import actions as bookings
from techfinder.bookings.actions import CannotAskError
from techfinder.bookings.actions.closing import close_idle
from techfinder.bookings.actions.records import count_records
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.machine import Next, Side, State, Step
from techfinder.bookings.models import Booking, ProviderRecord, Series
from techfinder.campaigns import actions
from techfinder.campaigns.models import Award
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.campaigns.conftest import DAY, a_round
from tests.factories.accounts import UserFactory
from tests.factories.activities import SessionFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.requests import RequestFactory
from tests.support.at_once import in_threads


def published(fair):
    """What was given, each with its booking."""
    fair.publish(fair.solve())
    actions.tell(campaign_id=fair.campaign.pk)
    given = Award.objects.standing().filter(round__campaign=fair.campaign)
    return list(given.select_related("booking__request", "booking__activity", "session").order_by("date"))


def cancel(booking, side=Side.SCHOOL, reason="timetable", **more):
    return bookings.cancel(
        booking_id=booking.pk, version=booking.version, by=Actor(side, name="Ank"), reason=reason, **more
    )


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def split(fair):
    """A group in two parts, and its places."""
    fair.day(seats=14), fair.day(seats=14, after=50)
    fair.ask(size=28, bounds={"parts_max": 2, "providers_max": 2})
    return published(fair)


# ------------------------------------------------------------- what it becomes


def test_each_place_is_agreed_with_the_seats_that_were_taken(fair, reload):
    day, asked = fair.day(), fair.ask()
    [award] = published(fair)
    booking = award.booking
    assert (booking.request, booking.activity, booking.session) == (asked, day.activity, day)
    assert (booking.state, booking.asked_by, booking.turn) == (State.AGREED, Side.COORDINATOR, "")
    assert (booking.date, booking.start, booking.end) == (day.date, day.start, day.end)
    assert (booking.pupils, booking.covers, booking.seats_held) == (28, 28, 28)
    assert reload(day).taken == 28
    assert booking.next_step == Next.WEEK_BEFORE
    assert booking.school_email == asked.contact_email
    assert booking.provider_email == day.activity.provider.email
    assert booking.sheet
    event = booking.events.get()
    assert (event.action, event.side, event.actor, event.words) == (
        Step.AWARD, Side.COORDINATOR, fair.user, fair.campaign.title,
    )  # fmt: skip


def test_who_acts_for_the_company_is_its_contact(fair):
    provider = fair.day().activity.provider
    member = MembershipFactory(provider=provider).user
    fair.ask()
    assert published(fair)[0].booking.provider_contact == member


def test_parts_of_a_group_are_a_series(split):
    first, second = (each.booking for each in split)
    assert (first.part, second.part) == (1, 2)
    assert first.series == second.series == Series.objects.get(kind=Series.Kind.SPLIT)
    assert {first.seats_held, second.seats_held} == {14}


def test_what_the_school_had_asked_itself_ends_by_itself(fair, reload):
    provider = fair.day().activity.provider
    asked = fair.ask()
    activity = provider.activities.get()
    own = bookings.ask(request_id=asked.pk, activity_id=activity.pk, by=person(asked.contact, Side.SCHOOL))
    [award] = published(fair)
    assert (own.part, award.booking.part) == (1, 2)
    assert close_idle() == 1
    assert reload(own).state == State.WITHDRAWN
    assert reload(award.booking).state == State.AGREED


def test_a_company_is_not_counted_as_asked(fair):
    provider = fair.day(seats=28 * 5).activity.provider
    for _ in range(5):
        fair.ask()
    assert len(published(fair)) == 5
    count_records(now=timezone.now() + 90 * DAY)
    assert not ProviderRecord.objects.filter(provider=provider, asked__gt=0).exists()


def test_a_day_that_is_deleted_before_it_is_told_is_agreed_without_seats(fair):
    day = fair.day()
    fair.ask()
    fair.publish(fair.solve())
    day.delete()
    actions.tell(campaign_id=fair.campaign.pk)
    booking = Booking.objects.get()
    assert (booking.session, booking.seats_held, booking.date) == (None, 0, day.date)


def test_telling_again_makes_no_second_booking(fair):
    world = a_round(fair)
    fair.publish(world.found)
    actions.tell(campaign_id=fair.campaign.pk)
    fair.campaign.asked.update(told_at=None)
    type(fair.campaign).objects.update(told_at=None)
    before = OutgoingMail.objects.count()
    actions.tell(campaign_id=fair.campaign.pk)
    assert Booking.objects.count() == 2
    assert OutgoingMail.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_four_who_tell_make_each_booking_once(fair, reload):
    world = a_round(fair)
    fair.publish(world.found)
    in_threads(4, partial(actions.tell, campaign_id=fair.campaign.pk))
    assert Booking.objects.count() == 2
    assert {reload(day).taken for day in world.days} == {28}


# ------------------------------------------------------------------ afterwards


def test_called_off_it_gives_its_seats_back_and_opens_the_request(fair, reload, as_coordinator):
    day, asked = fair.day(), fair.ask()
    [award] = published(fair)
    OutgoingMail.objects.all().delete()
    cancel(award.booking, words="De klas is dan op kamp.")
    assert reload(day).taken == 0
    assert reload(asked).status == Request.Status.OPEN
    assert not Award.objects.standing().exists()
    assert not reload(award).stands
    assert set(OutgoingMail.objects.values_list("kind", flat=True)) == {"booking_cancelled"}
    page = as_coordinator.get(fair.campaign.get_absolute_url()).content.decode()
    assert f"Afgezegd door {asked.school.name} op" in page
    assert "De klas is dan op kamp." in page
    by_day = as_coordinator.get(award.round.get_absolute_url() + "?zicht=aanbod").content.decode()
    assert asked.title not in by_day


def test_of_a_part_that_is_called_off_the_other_stays(split, reload):
    first, second = split
    cancel(first.booking)
    assert [reload(each.session).taken for each in split] == [0, 14]
    assert list(Award.objects.standing()) == [second]


def test_the_seats_that_came_free_are_asked_for_by_another(fair):
    day = fair.day(seats=28)
    fair.ask()
    [award] = published(fair)
    late = RequestFactory(group_size=28)
    ask = partial(bookings.ask, request_id=late.pk, activity_id=day.activity_id, session_id=day.pk)
    assert ask(by=person(late.contact, Side.SCHOOL)).state == State.QUEUED
    cancel(award.booking)
    bookings.promote_next(session_id=day.pk)
    assert Booking.objects.get(request=late).state == State.ASKED


def test_a_request_with_a_place_asks_no_more(fair):
    fair.day(), fair.ask()
    [award] = published(fair)
    with pytest.raises(CannotAskError):
        bookings.ask(
            request_id=award.request_id, activity_id=SessionFactory().activity_id, by=Actor(Side.SCHOOL, name="Ank")
        )


# ----------------------------------------------------------------------- mails


def mails_by_address(fair):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(kind__startswith="campaign_")}


def own_link(mail):
    """The first link to a booking in a mail."""
    return next(word for word in mail.text.split() if "/boeking/" in word)


def path_of(url):
    return "/" + url.split("/", 3)[3]


def test_the_mail_of_one_place_brings_it_into_the_calendar(fair):
    day, asked = fair.day(), fair.ask()
    [award] = published(fair)
    mails = mails_by_address(fair)
    for address in (asked.contact.email, day.activity.provider.email):
        assert mails[address].calendar_method == "REQUEST"
        [event] = Calendar.from_ical(mails[address].calendar).walk("VEVENT")
        assert str(award.booking.uuid) in event["UID"]
    cancel(award.booking)
    off = OutgoingMail.objects.filter(kind="booking_cancelled").first()
    [event] = Calendar.from_ical(off.calendar).walk("VEVENT")
    assert (off.calendar_method, event["SEQUENCE"]) == ("CANCEL", 1)


def test_of_more_places_each_has_its_own_page(fair, split):
    [asked] = {each.booking.request for each in split}
    mail = mails_by_address(fair)[asked.contact.email]
    assert not mail.calendar
    assert mail.text.count("/boeking/l/") == 2


def test_the_contact_goes_on_without_signing_in_and_a_colleague_signs_in(fair):
    provider = fair.day().activity.provider
    first = MembershipFactory(provider=provider).user
    second = MembershipFactory(provider=provider).user
    asked = fair.ask()
    [award] = published(fair)
    mails = mails_by_address(fair)
    for address in (asked.contact.email, first.email):
        page = Client().get(path_of(own_link(mails[address])), follow=True)
        assert page.status_code == 200
        assert award.activity.title in page.content.decode()
    theirs = path_of(own_link(mails[second.email]))
    assert theirs == award.booking.get_absolute_url()
    assert not mails[second.email].calendar
    assert signed_in(second).get(theirs).status_code == 200
    assert signed_in(UserFactory()).get(theirs).status_code == 404


# ----------------------------------------------------------------------- pages


def test_each_side_finds_it_on_its_own_page(fair, as_coordinator):
    provider = fair.day(title="Mini-Zonnebootrace").activity.provider
    member = MembershipFactory(provider=provider).user
    asked = fair.ask()
    [award] = published(fair)
    url = award.booking.get_absolute_url()
    own = signed_in(asked.contact).get(reverse("matches:request", args=[asked.uuid])).content.decode()
    assert url in own
    assert url in signed_in(member).get(reverse("matches:dashboard")).content.decode()
    assert url in as_coordinator.get(award.round.get_absolute_url()).content.decode()
    page = signed_in(asked.contact).get(url).content.decode()
    assert "Plek in een campagne" in page
    assert fair.campaign.title in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_round_asks_no_more_for_more_places(fair, as_coordinator, count, django_assert_num_queries):
    for _ in range(count):
        fair.day(), fair.ask()
    found = published(fair)[0].round
    as_coordinator.get(found.get_absolute_url())
    with django_assert_num_queries(18):
        as_coordinator.get(found.get_absolute_url())
