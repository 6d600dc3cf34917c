"""Nobody is annoyed: bundles, ceilings, nights, the rest of a new offer, and who said no."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from techfinder.activities.rest import REST
from techfinder.mail.models import Frequency, MailPreferences, OutgoingMail
from techfinder.mail.policy import budget
from techfinder.matches import actions
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling import digest, notifications
from techfinder.matches.telling.mails import JUST_POSTED
from tests.factories.accounts import UserFactory
from tests.factories.mail import choose
from tests.factories.organisations import MembershipFactory
from tests.matches.steps import match_activity, match_all, match_request, morning_after
from tests.matches.test_telling import mails

pytestmark = pytest.mark.django_db
BUNDLE = dt.timedelta(minutes=30)
State = OutgoingMail.State
# Tuesdays in November: no holiday anywhere.
NOON, NIGHT = "2026-11-10 12:00+01:00", "2026-11-10 22:00+01:00"
HOLIDAY = "2027-02-16 12:00+01:00"


@pytest.fixture(autouse=True)
def _bundled(monkeypatch, _nothing_is_bundled):
    monkeypatch.setattr(notifications, "BUNDLE", BUNDLE)


def at(text):
    return time_machine.travel(dt.datetime.fromisoformat(text), tick=False)


def tell(clock, **later):
    clock.shift(dt.timedelta(**later))
    return notifications.tell_waiting()


# ------------------------------------------------------------- bundles


def test_the_first_goes_at_once_and_what_follows_goes_together(make_activity, make_request, member):
    with at(NOON) as clock:
        make_activity()
        for _ in range(4):
            match_request(make_request())
        assert mails(member).count() == 1
        assert tell(clock, minutes=29) == 0
        assert tell(clock, minutes=2) == 1
    second = mails(member).last()
    assert "3" in second.subject
    assert not Notification.objects.filter(recipient=member, told_at=None).exists()


def test_each_bundle_begins_with_its_own_mail(make_activity, make_request, member):
    with at(NOON) as clock:
        make_activity()
        for _ in range(3):
            match_request(make_request())
            clock.shift(BUNDLE + dt.timedelta(seconds=1))
    assert mails(member).count() == 3


def test_who_posts_hears_of_each_request_at_once(make_activity, make_request, member):
    teacher = UserFactory()
    with at(NOON):
        make_activity()
        requests = [make_request(contact=teacher) for _ in range(3)]
        for request in requests:
            match_request(request)
    assert mails(teacher).count() == 3
    assert [each.state for each in mails(teacher)] == [State.QUEUED] * 3


def test_what_comes_later_to_a_school_is_bundled_too(make_activity, make_request):
    teacher = UserFactory(match_mail=Frequency.INSTANT)
    with at(NOON) as clock:
        make_activity()
        match_request(make_request(contact=teacher))
        for _ in range(2):
            match_activity(make_activity())
        assert mails(teacher).count() == 1
        assert tell(clock, minutes=31) == 1
    assert "2 activiteiten" in mails(teacher).last().subject + mails(teacher).last().text


def test_who_has_a_bundle_does_not_hold_up_others(make_activity, make_request, member, provider):
    with at(NOON):
        make_activity()
        match_request(make_request())
        colleague = MembershipFactory(provider=provider).user
        match_request(make_request())
    assert (mails(member).count(), mails(colleague).count()) == (1, 1)


# ------------------------------------------------------------- the ceiling


def test_beyond_the_ceiling_it_waits_for_the_overview(make_activity, make_request, member):
    with at(NOON) as clock:
        choose([member], most_per_week=2)
        make_activity()
        for _ in range(4):
            match_request(make_request())
            clock.shift(dt.timedelta(hours=1))
        assert mails(member).count() == 2
        waiting = Notification.objects.filter(recipient=member, told_at=None)
        assert set(waiting.values_list("at_once", flat=True)) == {False}
        # The overview has to wait for room as well.
        digest.send_digests(now=timezone.now() + dt.timedelta(days=1))
        assert not mails(member, "digest").exists()
        morning = morning_after(timezone.localdate() + dt.timedelta(days=8), weekday=2)
    with time_machine.travel(morning, tick=False):
        digest.send_digests(now=morning)
        assert mails(member, "digest").count() == 1
    assert not Notification.objects.filter(recipient=member, told_at=None).exists()


def test_an_answer_comes_however_much_came_before(make_activity, make_request):
    teacher = UserFactory()
    choose([teacher], most_per_week=1)
    with at(NOON):
        make_activity()
        for _ in range(3):
            match_request(make_request(contact=teacher))
        assert mails(teacher).count() == 3
        assert budget.left([teacher.email], timezone.now()) == {teacher.email: 0}


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_people_is_told_with_as_many_questions(
    make_activity, make_request, member, provider, count, django_assert_max_num_queries
):
    make_activity()
    for _ in range(count):
        MembershipFactory(provider=provider)
    actions.match_request(request_id=make_request(contact=None, contact_email="", confirmed_at=None).pk)
    # Per person a savepoint, the key, the mail, its number and the notification; the rest for all at once.
    with django_assert_max_num_queries(20 + 7 * (count + 1)):
        notifications.tell_waiting()
    assert OutgoingMail.objects.filter(kind="match_provider").count() == count + 1


# ------------------------------------------------------------- nights and holidays


@pytest.fixture
def quiet_hours(settings):
    settings.QUIET_HOURS = (20, 7)


@pytest.mark.usefixtures("quiet_hours")
def test_at_night_only_who_posted_hears(make_activity, make_request, member):
    with at(NIGHT) as clock:
        make_activity()
        requests = [make_request() for _ in range(2)]
        for request in requests:
            match_request(request)
        for request in requests:
            assert mails(request.contact).get().next_attempt_at == timezone.now()
        assert not mails(member).exists()
        assert tell(clock, hours=9) == 1
    mail = mails(member).get()
    assert mail.next_attempt_at == mail.created_at == dt.datetime.fromisoformat("2026-11-11 07:00+01:00")
    assert "2" in mail.subject


@pytest.mark.usefixtures("quiet_hours")
def test_nothing_found_is_said_at_night_too_when_it_answers(make_activity, make_request):
    with at(NIGHT):
        request, older = make_request(), make_request(confirmed_at=timezone.now() - JUST_POSTED)
        MembershipFactory(user=older.contact, school=older.school)
        match_all()
        assert mails(request.contact).get().next_attempt_at == timezone.now()
        assert mails(older.contact).get().next_attempt_at > timezone.now()


@pytest.mark.usefixtures("quiet_hours")
@pytest.mark.parametrize(("region", "told"), [("Zuid", 0), ("Noord", 1)])
def test_a_school_in_its_holidays_is_suggested_nothing(make_activity, make_request, school, region, told):
    school.holiday_region = region
    school.save()
    teacher = UserFactory(match_mail=Frequency.INSTANT)
    with at(HOLIDAY) as clock:
        request = make_request(contact=teacher, confirmed_at=timezone.now() - dt.timedelta(days=20))
        activity = make_activity(published_at=timezone.now() - dt.timedelta(days=30))
        match_activity(activity)
        assert mails(teacher).count() == told
        assert Match.objects.placed().filter(request=request).exists()
        # The day after the holiday of the South.
        tell(clock, days=6)
    assert mails(teacher).count() == 1


# ------------------------------------------------------------- the rest of a new offer


def test_a_new_offer_rests_before_schools_that_asked_earlier_hear_of_it(make_activity, make_request, member):
    teacher = UserFactory(match_mail=Frequency.INSTANT)
    with at(NOON) as clock:
        older = make_request(contact=teacher, confirmed_at=timezone.now() - dt.timedelta(days=9))
        match_activity(make_activity(published_at=timezone.now()))
        # On the site at once, and the company hears at once.
        assert Match.objects.placed().filter(request=older).exists()
        assert mails(member).count() == 1
        assert not mails(teacher).exists()
        newer = make_request()
        match_request(newer)
        assert mails(newer.contact).count() == 1
        assert tell(clock, days=2, seconds=-1) == 1  # the company, of the newer request
        assert not mails(teacher).exists()
        assert tell(clock, seconds=1) == 1
    assert mails(teacher).count() == 1


def test_an_offer_that_came_while_somebody_asked_does_not_rest(make_activity, make_request):
    """It is all that is found: she would hear of nothing for two days."""
    teacher = UserFactory()
    with at(NOON):
        request = make_request(contact=teacher, confirmed_at=timezone.now() - dt.timedelta(seconds=5))
        make_activity(published_at=timezone.now())
        match_request(request)
        assert mails(teacher).count() == 1


def test_what_rests_is_in_no_overview_before(make_activity, make_request):
    teacher = UserFactory()
    with at(NOON):
        request = make_request(contact=teacher)
        match_activity(make_activity(published_at=timezone.now() - dt.timedelta(days=5)))
        assert mails(teacher).count() == 1
    with at("2026-11-16 12:00+01:00"):
        match_activity(make_activity(published_at=timezone.now()))
    mornings = [f"2026-11-{day} 09:00+01:00" for day in (17, 18, 19)]
    sent = []
    for morning in mornings:
        with at(morning):
            digest.send_digests(now=timezone.now())
            sent.append(mails(teacher, "digest").count())
    assert sent == [0, 0, 1]
    assert request.matches.count() == 2


def test_an_offer_of_three_days_rests_no_more(make_activity, make_request):
    teacher = UserFactory(match_mail=Frequency.INSTANT)
    with at(NOON):
        make_request(contact=teacher, confirmed_at=timezone.now() - dt.timedelta(days=9))
        match_activity(make_activity(published_at=timezone.now() - REST - dt.timedelta(hours=1)))
        assert mails(teacher).count() == 1


# ------------------------------------------------------------- who said no


def test_a_company_that_says_no_hears_no_more_of_the_request(make_activity, make_request, member):
    MailPreferences.objects.create(email=member.email, matches=Frequency.INSTANT)
    with at(NOON) as clock:
        make_activity()
        request, other = make_request(), make_request()
        match_all()
        actions.withdraw(match_id=request.matches.get().pk)
        clock.shift(dt.timedelta(hours=1))
        match_activity(make_activity(title="Nog een"))
        clock.shift(dt.timedelta(hours=1))
        notifications.tell_waiting()
    told = Notification.objects.filter(recipient=member, match__activity__title="Nog een")
    assert [each.match.request for each in told] == [other]


def test_what_waits_of_it_goes_no_more(make_activity, make_request, member):
    with at(NOON):
        activity = make_activity()
        request = make_request()
        match_all()
        mail = mails(member).get()
        direct = mails(request.contact).get()
        later = make_activity()
        actions.match_activity(activity_id=later.pk)
        actions.withdraw(match_id=request.matches.get(activity=activity).pk)
    mail.refresh_from_db()
    direct.refresh_from_db()
    assert (mail.state, direct.state) == (State.OVERTAKEN, State.QUEUED)
    assert not Notification.objects.filter(recipient=member, told_at=None).exists()
