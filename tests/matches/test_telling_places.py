"""What is held back is told when it has a place, and not before."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling import digest, notifications
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.mail import choose
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.matches.steps import match_activity, match_all, match_request, release, rematch
from tests.matches.test_telling import MORNING, mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(provider):
    provider.max_open = 1
    provider.save()


def test_what_is_held_back_is_told_when_it_has_a_place(busy, make_activity, make_request, make_school, member):
    make_activity()
    first, second = (make_request(school=make_school()) for _ in range(2))
    match_all()
    assert (mails(first.contact).count(), mails(member).count()) == (1, 1)
    waits = mails(second.contact).get()
    assert waits.subject.startswith("1 bedrijf past, maar heeft nu genoeg vragen")
    assert "Zodra een bedrijf plaats heeft" in waits.text
    assert "Waarom nog geen match" not in waits.text
    assert not Notification.objects.filter(match__request=second).exists()
    actions.offer(match_id=first.matches.get().pk)
    release()
    assert mails(second.contact).count() == 2
    assert mails(member).count() == 2
    assert second.title in mails(member).last().text


def test_what_the_school_knows_already_is_called_so(make_activity, make_request):
    make_activity()
    first = make_request()
    match_all()
    actions.decline(match_id=first.matches.get().pk)
    second = make_request()
    match_all()
    mail = mails(second.contact).get()
    assert mail.subject == f"Wat past, ken je al: {second.title}"
    assert "Wil je het ook voor deze vraag?" in mail.text
    assert "Waarom nog geen match" not in mail.text


def test_two_weeks_without_an_answer_free_a_place(busy, make_activity, make_request, make_school, member):
    make_activity()
    first, second = (make_request(school=make_school()) for _ in range(2))
    match_all()
    release(now=timezone.now() + dt.timedelta(days=13))
    assert mails(member).count() == 1
    release(now=timezone.now() + dt.timedelta(days=15))
    assert [mails(each.contact).count() for each in (first, second)] == [1, 2]
    assert mails(member).count() == 2


@pytest.mark.parametrize("how", ["withdrawn", "fulfilled", "expired"])
def test_a_request_that_closes_frees_its_place(busy, make_activity, make_request, make_school, member, how):
    make_activity()
    first, second = (make_request(school=make_school()) for _ in range(2))
    match_all()
    Request.objects.filter(pk=first.pk).update(status=how, version=2)
    match_request(first)
    assert second.title in mails(member).last().text


def test_the_next_best_company_gets_the_request(busy, make_activity, make_request, make_school):
    make_activity()
    match_request(make_request(school=make_school()))
    make_activity(provider=ProviderFactory(name="De Tweede"), themes=["energie", "water"])
    request = make_request(school=make_school())
    match_request(request)
    mail = mails(request.contact).get()
    assert "De Tweede" in mail.text
    assert "Huis van de Techniek" not in mail.text


def test_the_digest_says_how_many_more_fit(busy, make_activity, make_request, make_school, member, provider):
    choose([member], matches=Frequency.WEEKLY)
    make_activity()
    for _ in range(4):
        match_request(make_request(school=make_school()))
    digest.send_digests(now=MORNING)
    mail = mails(member, "digest").get()
    for part in (mail.text, mail.html):
        assert "Nog 3 vragen passen." in part
        assert "hoogstens 1 tegelijk" in part
        assert f"/organisatie/aanbieder/{provider.slug}/wijzigen/#id_max_open" in part


def test_what_was_found_before_the_mail_is_not_called_nothing(make_activity, make_request):
    request = make_request()
    actions.match_request(request_id=request.pk)
    actions.match_activity(activity_id=make_activity().pk)
    notifications.tell_waiting()
    assert mails(request.contact).get().key.startswith("match-school")


def test_untold_notes_of_closed_matches_are_not_kept(make_activity, make_request, member):
    make_activity()
    make_request()
    match_all()
    later = make_activity()
    match_activity(later)
    assert Notification.objects.filter(told_at=None).count() == 2
    Match.objects.filter(activity=later).update(state=Match.State.CLOSED)
    digest.send_digests(now=MORNING)
    assert not Notification.objects.filter(told_at=None).exists()
    assert Notification.objects.count() == 2


def test_a_run_over_everything_gives_places_to_the_best_of_the_country(busy, make_activity, make_request, member):
    provinces = Region.objects.filter(type=Region.Type.PROVINCE).order_by("code")
    make_activity(regions=["NL"], delivery=["online"])
    requests = []
    for number, province in enumerate(provinces):
        school = SchoolFactory(municipality=RegionFactory(parent=province))
        waits_since = timezone.now() - dt.timedelta(days=7 * number)
        requests.append(make_request(school=school, confirmed_at=waits_since))
    rematch(everything=True)
    placed = Match.objects.placed().get()
    assert placed.request == requests[-1]
    assert placed.score == max(Match.objects.values_list("score", flat=True))
    assert Match.objects.filter(held="full").count() == len(requests) - 1
    assert mails(requests[-1].contact).get().key.startswith("match-school")
    assert not mails(requests[0].contact).filter(key__startswith="match-school").exists()


def test_a_quiet_import_at_a_busy_company_tells_nobody(busy, make_activity, make_request, make_school, member):
    make_activity()
    for _ in range(3):
        make_request(quiet=True, school=make_school())
    rematch(everything=True)
    actions.sweep()
    assert sorted(Match.objects.values_list("held", flat=True)) == ["", "full", "full"]
    assert not Notification.objects.exists()
    assert not OutgoingMail.objects.exists()
