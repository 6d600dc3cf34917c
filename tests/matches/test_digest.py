"""The overview: whose turn it is, what is in it, and that it comes once."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.telling import digest
from techfinder.matches.telling.digest_words import SHOWN
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory, choose
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.matches.steps import match_activity, match_all, match_request

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = dt.timedelta(hours=1)
HALF_HOUR = dt.timedelta(minutes=30)
DAY = dt.timedelta(days=1)


def local(*parts, fold=0):
    return dt.datetime(*parts, tzinfo=AMSTERDAM, fold=fold)


@pytest.fixture
def clock():
    """A Tuesday at noon, far from any holiday."""
    with time_machine.travel(local(2026, 11, 24, 12), tick=False) as clock:
        yield clock


def digests(user):
    return OutgoingMail.objects.filter(recipient=user, kind="match_digest").order_by("pk")


@pytest.fixture
def told(make_activity, make_request):
    """A request of which the first match was told: what is found later waits. Gives its contact."""
    make_activity(title="De eerste")
    request = make_request(date_from=dt.date(2027, 12, 1))
    match_all()
    return request.contact


@pytest.fixture
def something_new(told, make_activity):
    """One more match for the request, noted now; of a company of its own, so that nobody else is told."""

    def make(title="Later gekomen"):
        activity = make_activity(title=title, provider=ProviderFactory())
        match_activity(activity)
        return activity

    return make


def run_until(clock, end, every=HALF_HOUR):
    """The beat, so often up to this moment. Returns when mail was queued, on the clocks of Amsterdam."""
    found = []
    while timezone.now() < end:
        if digest.send_digests():
            found.append(timezone.localtime())
        clock.shift(every)
    return found


# ------------------------------------------------------------- whose turn it is


def test_an_overview_comes_at_the_hour_that_was_chosen(clock, told, something_new):
    choose([told], digest_hour=16)
    something_new()
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 24, 16)]


def test_what_is_found_after_the_hour_waits_for_the_next_day(clock, told, something_new):
    something_new("Na de middag")
    assert run_until(clock, local(2026, 11, 27)) == [local(2026, 11, 25, 7)]
    clock.move_to(local(2026, 11, 27, 7, 30))
    something_new("Nog later")
    assert run_until(clock, local(2026, 11, 29)) == [local(2026, 11, 28, 7)]
    assert ["Na de middag" in mail.text for mail in digests(told)] == [True, False]


def test_a_weekly_one_comes_on_the_day_and_hour_that_were_chosen(clock, told, something_new):
    choose([told], matches=Frequency.WEEKLY, digest_day=3, digest_hour=9)
    something_new("Een")
    assert run_until(clock, local(2026, 11, 26, 10)) == [local(2026, 11, 26, 9)]
    for title in ("Twee", "Drie"):
        something_new(title)
        assert run_until(clock, timezone.now() + DAY) == []
    assert run_until(clock, local(2026, 12, 6), every=HOUR) == [local(2026, 12, 3, 9)]
    first, second = digests(told)
    assert "Twee" not in first.text
    assert all(title in second.text for title in ("Twee", "Drie"))


def test_days_without_a_beat_are_one_mail_with_everything(clock, told, something_new):
    for title in ("Een", "Twee", "Drie"):
        something_new(title)
        clock.shift(DAY)
    clock.move_to(local(2026, 12, 2, 15))
    assert digest.send_digests() == 1
    assert run_until(clock, local(2026, 12, 5)) == []
    mail = digests(told).get()
    assert all(title in mail.text for title in ("Een", "Twee", "Drie"))


def test_a_week_without_a_beat_is_one_weekly_mail(clock, told, something_new):
    choose([told], matches=Frequency.WEEKLY)
    something_new()
    clock.move_to(local(2026, 12, 9, 15))
    assert digest.send_digests() == 1
    something_new("Na de inhaalslag")
    assert run_until(clock, local(2026, 12, 16), every=HOUR) == [local(2026, 12, 14, 7)]


@pytest.mark.parametrize(
    ("night", "hours"), [((2027, 3, 28), 23), ((2027, 10, 31), 25), ((2027, 3, 27), 24), ((2027, 10, 30), 24)]
)
@pytest.mark.parametrize(("frequency", "hour"), [("daily", 7), ("daily", 20), ("weekly", 6)])
def test_one_overview_in_the_nights_that_the_clock_is_changed(told, something_new, night, hours, frequency, hour):
    day = dt.date(*night)
    with time_machine.travel(local(*night) - DAY, tick=False) as clock:
        choose([told], matches=frequency, digest_hour=hour, digest_day=day.weekday())
        clock.move_to(local(*night))
        Notification.objects.update(told_at=timezone.now())
        something_new()
        found = run_until(clock, local(*night) + DAY)
        assert found == [local(*night, hour)]
        after = run_until(clock, local(*night) + 2 * DAY)
    assert after == []
    assert DigestRun.objects.get(recipient=told).period_start == day


@pytest.mark.parametrize("half_past_two", [local(2027, 3, 28, 2, 30), local(2027, 10, 31, 2, 30)])
def test_a_beat_at_half_past_two_sends_what_was_due_once(told, something_new, half_past_two):
    """Also when that half past two comes twice, or does not exist."""
    start = half_past_two.astimezone(dt.UTC)
    with time_machine.travel(start - 2 * DAY, tick=False) as clock:
        something_new()
        clock.move_to(start)
        sent = [digest.send_digests()]
        for _ in range(8):
            clock.shift(HALF_HOUR)
            sent.append(digest.send_digests())
    assert sent == [1] + [0] * 8


# ------------------------------------------------------------- preferences that change


def test_who_changes_the_hour_in_between_gets_one_that_day(clock, told, something_new):
    something_new()
    clock.move_to(local(2026, 11, 25, 8))
    assert digest.send_digests() == 1
    choose([told], digest_hour=15)
    something_new()
    assert run_until(clock, local(2026, 11, 27)) == [local(2026, 11, 26, 15)]
    choose([told], digest_hour=7)
    something_new()
    assert run_until(clock, local(2026, 11, 28)) == [local(2026, 11, 27, 7)]


def test_from_a_day_to_a_week_and_back(clock, told, something_new):
    something_new()
    assert run_until(clock, local(2026, 11, 25, 8)) == [local(2026, 11, 25, 7)]
    choose([told], matches=Frequency.WEEKLY)
    something_new()
    assert run_until(clock, local(2026, 12, 1), every=HOUR) == [local(2026, 11, 30, 7)]
    something_new()
    choose([told], matches=Frequency.DAILY)
    assert run_until(clock, local(2026, 12, 2)) == [local(2026, 12, 1, 7)]


def test_who_wants_none_gets_none_and_later_what_still_holds(clock, told, something_new, make_activity):
    kept, gone = something_new("Blijft"), something_new("Verdwijnt")
    choose([told], matches=Frequency.NONE)
    assert run_until(clock, local(2026, 11, 27)) == []
    Match.objects.filter(activity=gone).update(state=Match.State.CLOSED)
    choose([told], matches=Frequency.DAILY)
    assert digest.send_digests() == 1
    assert kept.title in digests(told).get().text
    assert gone.title not in digests(told).get().text


# ------------------------------------------------------------- quiet hours, holidays, budget


def test_not_in_the_night(clock, settings, told, something_new):
    settings.QUIET_HOURS = (20, 7)
    choose([told], digest_hour=6)
    something_new()
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 25, 7)]


def test_a_school_not_in_its_holidays_and_a_company_then_too(
    clock, settings, told, something_new, school, member, make_activity, make_request
):
    settings.QUIET_HOURS = (20, 7)
    school.holiday_region = "Zuid"
    school.save()
    clock.move_to(local(2026, 12, 18, 17))
    something_new()
    match_activity(make_activity(title="Van de leverancier zelf"))
    assert run_until(clock, local(2026, 12, 20)) == [local(2026, 12, 19, 7)]
    assert (digests(told).count(), digests(member).count()) == (0, 1)
    clock.move_to(local(2027, 1, 3, 12))
    assert run_until(clock, local(2027, 1, 5)) == [local(2027, 1, 4, 7)]
    assert "Later gekomen" in digests(told).get().text


def test_who_had_enough_this_week_waits_until_there_is_room(clock, told, something_new):
    choose([told], most_per_week=2)
    OutgoingMail.objects.all().delete()
    clock.move_to(local(2026, 11, 24, 13))
    for hour in (0, 30):
        OutgoingMailFactory(
            to=told.email, kind="match_school", priority=40, created_at=timezone.now() + hour * DAY / 24
        )
    something_new()
    assert run_until(clock, local(2026, 12, 4), every=HOUR) == [local(2026, 12, 1, 13)]
    assert Notification.objects.filter(recipient=told, told_at=None).count() == 0


# ------------------------------------------------------------- what is in it


def test_everything_void_is_no_mail_and_costs_no_turn(clock, told, something_new):
    gone = something_new("Verdwijnt")
    Match.objects.filter(activity=gone).update(state=Match.State.CLOSED)
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests() == 0
    assert not DigestRun.objects.exists()
    assert not Notification.objects.filter(told_at=None).exists()


@pytest.mark.parametrize(
    "end",
    [
        lambda activity, request: Activity.objects.filter(pk=activity.pk).update(status=Activity.Status.PAUSED),
        lambda activity, request: activity.provider.__class__.objects.filter(pk=activity.provider_id).update(
            paused=True
        ),
        lambda activity, request: Request.objects.filter(pk=request.pk).update(status=Request.Status.WITHDRAWN),
        lambda activity, request: Match.objects.filter(activity=activity).update(state=Match.State.DECLINED),
        lambda activity, request: Match.objects.filter(activity=activity).update(placed_at=None),
        lambda activity, request: Request.objects.filter(pk=request.pk).update(contact=UserFactory()),
    ],
    ids=["paused", "provider paused", "withdrawn", "declined", "not placed", "another contact"],
)
def test_what_no_longer_holds_is_not_in_it(clock, told, something_new, end):
    end(something_new(), Request.objects.get(contact=told))
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests() == 0


def test_both_sides_of_one_person_in_one_mail(clock, provider, make_activity, make_request, make_school):
    both = UserFactory(name="Mo")
    MembershipFactory(user=both, provider=provider)
    own = make_request(contact=both, title="Vraag van Mo", themes=["water"])
    make_activity(title="Aanbod van Mo")
    make_activity(title="Water de eerste", themes=["water"], provider=ProviderFactory())
    first = make_request(title="Een ander vraagt")
    match_all()
    match_activity(make_activity(title="Water de tweede", themes=["water"], provider=ProviderFactory()))
    match_activity(make_activity(title="Ander aanbod van Mo"))
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests() == 3
    mail = digests(both).get()
    for part in (mail.text, mail.html):
        for words in (
            "Vraag van Mo",
            "Water de tweede",
            first.title,
            "Ander aanbod van Mo",
            f"/mijn/vraag/{own.uuid}/",
        ):
            assert words in part
        assert "Water de eerste" not in part
    assert mail.subject == "2 nieuwe matches"


def test_offers_are_together_under_their_request(clock, told, something_new, make_activity, make_request):
    other = make_request(title="De andere vraag", contact=told, date_from=dt.date(2027, 12, 1))
    match_request(other)
    for title in ("Een", "Twee"):
        match_activity(make_activity(title=title, provider=ProviderFactory()))
    clock.move_to(local(2026, 11, 25, 7))
    digest.send_digests()
    text = digests(told).get().text
    assert text.count("De andere vraag") == 1
    assert (text.count("* Een"), text.count("* Twee")) == (2, 2)


def test_a_long_one_is_capped_and_links_to_the_rest(clock, told, something_new):
    for number in range(SHOWN + 3):
        something_new(f"Aanbod nummer {number}")
    clock.move_to(local(2026, 11, 25, 7))
    digest.send_digests()
    mail = digests(told).get()
    assert mail.text.count("* Aanbod nummer") == SHOWN
    assert "En nog 3 op je eigen pagina." in mail.text
    assert re.search(r"https?://[^ ]+/mijn/\n", mail.text)
    assert not Notification.objects.filter(told_at=None).exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("1 nieuwe match voor je", "Waarom dit past", "hoogstens")),
        ("en", ("1 new match for you", "Why this fits")),
    ],
)
def test_in_the_readers_language(clock, told, something_new, language, words):
    told.language = language
    told.save()
    something_new()
    clock.move_to(local(2026, 11, 25, 7))
    digest.send_digests()
    mail = digests(told).get()
    assert mail.language == language
    assert all(word in mail.text for word in words)


# ------------------------------------------------------------- many people


def test_one_that_cannot_be_composed_holds_up_nobody_else(clock, make_activity, make_request, monkeypatch):
    make_activity()
    requests = [make_request() for _ in range(3)]
    match_all()
    match_activity(make_activity(title="Nieuw", provider=ProviderFactory()))
    bad, compose = requests[1].contact, digest.draft_mail

    def fail(**fields):
        if fields["recipient"] == bad:
            raise ValueError("a title of another planet")
        return compose(**fields)

    clock.move_to(local(2026, 11, 25, 7))
    monkeypatch.setattr(digest, "draft_mail", fail)
    assert digest.send_digests() == 2
    monkeypatch.undo()
    assert digest.send_digests() == 1
    assert {mail.to for mail in OutgoingMail.objects.filter(kind="match_digest")} == {
        each.contact.email for each in requests
    }


def queries_for(clock, people, make_activity, make_request):
    make_activity()
    for _ in range(people):
        make_request()
    match_all()
    match_activity(make_activity(title="Nieuw", provider=ProviderFactory()))
    clock.move_to(local(2026, 11, 25, 7))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert digest.send_digests() == people
    return len(queries)


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_asks_the_same_however_many_it_holds(clock, people, make_activity, make_request):
    assert queries_for(clock, people, make_activity, make_request) == 18


def test_more_people_than_one_batch(clock, make_activity, make_request, monkeypatch):
    monkeypatch.setattr(digest, "BATCH", 2)
    make_activity()
    requests = [make_request() for _ in range(5)]
    match_all()
    match_activity(make_activity(title="Nieuw", provider=ProviderFactory()))
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests() == 5
    assert all(digests(each.contact).count() == 1 for each in requests)


def test_a_run_that_takes_too_long_leaves_the_rest_to_the_next(clock, make_activity, make_request, monkeypatch):
    make_activity()
    make_request()
    match_all()
    match_activity(make_activity(title="Nieuw", provider=ProviderFactory()))
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests(seconds=0) == 0
    assert digest.send_digests() == 1
