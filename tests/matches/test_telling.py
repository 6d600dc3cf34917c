"""Who is mailed of which match, when, and never twice."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.mail.kinds import Group
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.telling import digest, notifications
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.mail import choose
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.matches.steps import match_activity, match_all, match_request, morning_after, rematch
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db
# A Wednesday, with a whole week between now and then: whatever is noted now is due.
MORNING = morning_after(timezone.localdate() + dt.timedelta(days=8), weekday=2)


def mails(user, kind="match"):
    """At once, or of the digest."""
    kinds = {"match": ["match_school", "match_provider", "match_none"], "digest": ["match_digest"]}[kind]
    return OutgoingMail.objects.filter(recipient=user, kind__in=kinds).order_by("pk")


def test_both_sides_hear_of_a_requests_first_matches_with_reasons(make_activity, make_request, member):
    activity, request = make_activity(), make_request()
    match_all()
    to_school, to_company = mails(request.contact).get(), mails(member).get()
    for mail in (to_school, to_company):
        for part in (mail.text, mail.html):
            for words in ("4 km", "groep 7", "energie"):
                assert words in part
        assert mail.thread == f"request-{request.uuid}"
        assert mail.group == Group.MATCHES
    assert activity.title in to_school.subject
    assert "Huis van de Techniek" in to_school.text
    assert f"/mijn/vraag/{request.uuid}/" in to_school.text
    assert "De Loefzijde" in to_company.subject
    assert f"/mijn/aanbod/{activity.slug}/" in to_company.text
    assert request.contact_email not in to_company.text


def test_nobody_is_told_twice(make_activity, make_request, member):
    activity, request = make_activity(), make_request()
    for _ in range(2):
        match_all()
        match_activity(activity)
        rematch(everything=True)
    Activity.objects.update(themes=["water"])
    match_all()
    Activity.objects.update(themes=["energie"])
    match_all()
    assert Match.objects.get().state == Match.State.OPEN
    assert (mails(request.contact).count(), mails(member).count()) == (1, 1)


def test_later_matches_wait_for_the_digest(make_activity, make_request, member):
    make_activity()
    request = make_request()
    match_all()
    later = make_activity(title="Later gekomen")
    match_activity(later)
    assert mails(request.contact).count() == 1
    assert digest.send_digests(now=MORNING) == 2
    mail = mails(request.contact, "digest").get()
    assert "Later gekomen" in mail.text
    assert "energie" in mail.text
    assert digest.send_digests(now=MORNING) == 0
    assert not Notification.objects.filter(told_at=None).exists()


def test_nothing_to_tell_no_mail(member):
    assert digest.send_digests(now=MORNING) == 0
    assert not DigestRun.objects.exists()


def test_what_no_longer_holds_is_not_in_the_digest(make_activity, make_request):
    make_activity()
    make_request()
    match_all()
    later = make_activity()
    match_activity(later)
    Activity.objects.filter(pk=later.pk).update(status=Activity.Status.PAUSED)
    assert digest.send_digests(now=MORNING) == 0


def test_who_left_the_company_is_not_told(make_activity, make_request, member):
    make_activity()
    make_request()
    match_all()
    later = make_activity()
    match_activity(later)
    member.memberships.update(status="left")
    digest.send_digests(now=MORNING)
    assert not mails(member, "digest").exists()


@pytest.mark.parametrize(
    ("frequency", "school_at_once", "company_at_once"),
    [
        (Frequency.INSTANT, 1, 1),
        (Frequency.DAILY, 1, 1),
        (Frequency.WEEKLY, 1, 0),
        (Frequency.NONE, 0, 0),
    ],
)
def test_each_person_chooses(make_activity, make_request, member, frequency, school_at_once, company_at_once):
    make_activity()
    request = make_request()
    choose(matches=frequency)
    match_all()
    assert (mails(request.contact).count(), mails(member).count()) == (school_at_once, company_at_once)


def test_at_once_means_each_time(make_activity, make_request, member):
    make_activity()
    request = make_request()
    choose(matches=Frequency.INSTANT)
    match_all()
    later = make_activity()
    match_activity(later)
    assert (mails(request.contact).count(), mails(member).count()) == (2, 2)


def test_once_a_week_is_once_a_week(make_activity, make_request):
    make_activity()
    request = make_request(contact=UserFactory(match_mail=Frequency.WEEKLY))
    match_all()
    for day in range(5):
        later = make_activity()
        match_activity(later)
        digest.send_digests(now=MORNING + dt.timedelta(days=day))
    # From Wednesday to Sunday is one week.
    assert mails(request.contact, "digest").count() == 1
    digest.send_digests(now=MORNING + dt.timedelta(days=5))
    assert mails(request.contact, "digest").count() == 2


def test_a_request_that_nothing_fits_hears_why_once(make_activity, make_request):
    make_activity(group_max=20)
    request = make_request()
    match_all()
    match_all()
    mail = mails(request.contact).get()
    assert mail.key == f"match-none:{request.uuid}"
    match_activity(make_activity())
    assert mails(request.contact).count() == 2


def test_what_came_in_quietly_tells_nobody(make_activity, make_request, member):
    activity = make_activity(quiet=True)
    make_request(quiet=True)
    make_request(quiet=True, themes=["water"])
    match_all()
    match_activity(activity)
    rematch(everything=True)
    assert Match.objects.count() == 1
    assert not OutgoingMail.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("match", [match_all, lambda: rematch(everything=True)])
def test_what_comes_to_an_imported_row_later_is_told(make_activity, make_request, member, match):
    make_activity(quiet=True)
    request = make_request(quiet=True)
    match()
    match_activity(make_activity())
    match_request(make_request())
    assert mails(request.contact).count() == 1
    assert mails(member).exists()


def test_a_request_by_hand_finds_what_came_in_quietly(make_activity, make_request, member):
    make_activity(quiet=True)
    request = make_request()
    match_all()
    assert (mails(request.contact).count(), mails(member).count()) == (1, 1)


def test_an_imported_request_is_told_to_its_address(make_activity, make_request):
    make_activity()
    make_request(contact=None, contact_email="juf@school.example")
    match_all()
    assert OutgoingMail.objects.get(to="juf@school.example").recipient.email == "juf@school.example"


@pytest.mark.parametrize("count", [1, 3])
def test_accounts_of_addresses_are_made_at_once(make_activity, make_request, django_assert_num_queries, count):
    activity = make_activity()
    for n in range(count):
        make_request(contact=None, contact_email=f"juf{n}@school.example", contact_name=f"Juf {n}")
    match_all()
    Notification.objects.all().delete()
    User.objects.filter(email__endswith="@school.example").delete()
    ids = list(Match.objects.filter(activity=activity).values_list("pk", flat=True))
    with django_assert_num_queries(5):
        notifications.note(ids)
    made = User.objects.filter(email__endswith="@school.example").order_by("email")
    assert [user.name for user in made] == [f"Juf {n}" for n in range(count)]
    assert not any(user.has_usable_password() for user in made)


def test_one_address_in_two_spellings_is_one_account(make_activity, make_request):
    make_activity()
    for address in ("Juf@School.example", "juf@school.example"):
        make_request(contact=None, contact_email=address)
    match_all()
    person = User.objects.get(email="juf@school.example")
    assert Notification.objects.filter(recipient=person, side="school").count() == 2


def test_the_language_is_that_of_each(make_activity, make_request, member):
    make_activity()
    request = make_request(contact=UserFactory(language="en", name="Elke"))
    match_all()
    assert "group 7" in mails(request.contact).get().text
    assert "groep 7" in mails(member).get().text


def test_other_companies_and_pending_members_hear_nothing(make_activity, make_request, provider):
    pending = MembershipFactory(provider=provider, status="pending").user
    other = MembershipFactory(provider=ProviderFactory()).user
    make_activity()
    make_request()
    match_all()
    assert not mails(pending).exists()
    assert not mails(other).exists()


def test_a_new_activity_with_many_requests_is_one_mail(make_activity, make_request, member):
    for _ in range(8):
        make_request(quiet=False)
    activity = make_activity()
    match_activity(activity)
    mail = mails(member).get()
    assert "8" in mail.subject


# ------------------------------------------------- between matching and telling


@pytest.mark.parametrize(
    "change",
    [
        lambda member: Match.objects.update(state=Match.State.CLOSED),
        lambda member: Match.objects.update(placed_at=None, held="full"),
        lambda member: Request.objects.update(status=Request.Status.WITHDRAWN),
        lambda member: Activity.objects.update(status=Activity.Status.PAUSED),
        lambda member: User.objects.update(is_active=False),
        lambda member: choose(matches=Frequency.NONE),
    ],
    ids=["closed", "held back", "withdrawn", "paused", "gone", "no mail wanted"],
)
def test_what_no_longer_holds_is_not_told(make_activity, make_request, member, change):
    make_activity()
    actions.match_request(request_id=make_request().pk)
    change(member)
    assert notifications.tell_waiting() == 0
    assert not OutgoingMail.objects.exists()
    assert not Notification.objects.filter(told_at__isnull=False).exists()


def test_who_left_or_handed_over_meanwhile_is_not_told(make_activity, make_request, member):
    make_activity()
    request = make_request()
    actions.match_request(request_id=request.pk)
    before, after = request.contact, UserFactory()
    Request.objects.update(contact=after)
    member.memberships.update(status="left")
    assert notifications.tell_waiting() == 0
    assert not mails(before).exists()


def test_what_holds_again_is_told_then(make_activity, make_request, member):
    make_activity()
    request = make_request()
    actions.match_request(request_id=request.pk)
    Activity.objects.update(themes=["water"])
    match_all()
    assert not mails(member).exists()
    Activity.objects.update(themes=["energie"])
    match_all()
    assert (mails(request.contact).filter(thread__startswith="request").count(), mails(member).count()) == (1, 1)


def test_two_runs_before_a_mail_are_one_mail(make_activity, make_request, member):
    make_activity()
    request = make_request()
    actions.match_request(request_id=request.pk)
    actions.match_activity(activity_id=make_activity().pk)
    assert notifications.tell_waiting() == 2
    assert "2 activiteiten" in mails(request.contact).get().text
    assert mails(member).count() == 1


def test_one_that_cannot_be_composed_holds_up_nobody(make_activity, make_request, member):
    make_activity()
    bad, good = make_request(), make_request()
    for request in (bad, good):
        actions.match_request(request_id=request.pk)
    broken = Match.objects.filter(request=bad)
    said = broken.get().reasons
    broken.update(reasons=[["levels", 7]])
    assert notifications.tell_waiting() == 1
    assert (mails(bad.contact).count(), mails(good.contact).count()) == (0, 1)
    broken.update(reasons=said)
    assert notifications.tell_waiting() == 2
    assert (mails(bad.contact).count(), mails(good.contact).count(), mails(member).count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_workers_that_tell_at_once_send_one_mail_each(make_activity, make_request, member):
    make_activity()
    requests = [make_request() for _ in range(6)]
    for request in requests:
        actions.match_request(request_id=request.pk)
    in_threads(4, notifications.tell_waiting)
    assert [mails(request.contact).count() for request in requests] == [1] * 6
    assert mails(member).count() == 1
    assert not Notification.objects.filter(told_at=None).exists()


def test_a_long_run_leaves_the_rest(make_activity, make_request):
    make_activity()
    request = make_request()
    actions.match_request(request_id=request.pk)
    assert notifications.tell_waiting(seconds=0) == 0
    assert notifications.tell_waiting() == 2
    assert mails(request.contact).exists()
