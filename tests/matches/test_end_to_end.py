"""The whole way, with nothing replaced: web, Redis, a Celery worker of its own, PostgreSQL and a mail server."""

import time

import pytest
from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    from techfinder.taxonomy.models import Region

    return RegionFactory(parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def member(town):
    provider = ProviderFactory(name="Huis van de Techniek", municipality=town)
    user = UserFactory(email="mo@bedrijf.example")
    MembershipFactory(user=user, provider=provider)
    ActivityFactory(provider=provider, title="Mini-Zonnebootrace", regions=["NL-ZE"])
    return user


@pytest.fixture
def teacher(town):
    school = SchoolFactory(name="De Loefzijde", municipality=town)
    user = UserFactory(email="elke@school.example")
    MembershipFactory(user=user, school=school)
    return user


def open_request(teacher):
    school = teacher.memberships.get().school
    return RequestFactory(school=school, contact=teacher)


def test_a_request_reaches_both_sides_within_seconds(member, teacher, celery_worker_process, smtp_sink, wait_until):
    request = open_request(teacher)
    start = time.monotonic()
    wake("matches.match_request", request.pk)
    wait_until(lambda: smtp_sink.to(teacher.email) and smtp_sink.to(member.email), 10, celery_worker_process.log)
    assert time.monotonic() - start < 10
    for address in (teacher.email, member.email):
        (received,) = smtp_sink.to(address)
        for words in ("groep 7", "energie", "4 km"):
            assert words in received.text
            assert words in received.html
        assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert received.message["References"] == f"<request-{request.uuid}@techfinder.example>"
    assert "Mini-Zonnebootrace" in str(smtp_sink.to(teacher.email)[0].message["Subject"])


def test_a_new_activity_reaches_both_sides(member, teacher, celery_worker_process, smtp_sink, wait_until):
    Activity.objects.all().delete()
    open_request(teacher)
    activity = ActivityFactory(provider=member.memberships.get().provider, regions=["NL-ZE"])
    wake("matches.match_activity", activity.pk)
    wait_until(lambda: smtp_sink.to(teacher.email) and smtp_sink.to(member.email), 10)


def test_with_redis_dead_a_form_answers_and_the_mail_goes_out_later(
    member, teacher, site_environment, redis_server, celery_worker_with_beat, smtp_sink, client, wait_until
):
    request = open_request(teacher)
    Match.objects.create(request=request, activity=Activity.objects.get(), score=80)
    client.force_login(teacher)
    url = f"{reverse('bookings:ask', args=[Activity.objects.get().slug])}?vraag={request.uuid}"
    redis_server.kill()
    start = time.monotonic()
    assert client.post(url, {"pupils": "28"}).status_code == 302
    assert time.monotonic() - start < 2
    assert OutgoingMail.objects.get(to=member.email).state == OutgoingMail.State.QUEUED
    redis_server.start()
    wait_until(lambda: smtp_sink.to(member.email), 60)


def test_with_redis_frozen_a_form_answers(member, teacher, site_environment, redis_server, client):
    request = open_request(teacher)
    Match.objects.create(request=request, activity=Activity.objects.get(), score=80)
    url = f"{reverse('bookings:ask', args=[Activity.objects.get().slug])}?vraag={request.uuid}"
    client.force_login(teacher)
    redis_server.freeze()
    try:
        start = time.monotonic()
        assert client.post(url, {"pupils": "28"}).status_code == 302
        assert time.monotonic() - start < 2
    finally:
        redis_server.thaw()


def test_a_lost_wake_up_costs_a_minute_and_nothing_else(
    member, teacher, celery_worker_with_beat, smtp_sink, wait_until
):
    request = open_request(teacher)  # and nobody is woken
    wake("matches.sweep")  # what beat does every minute
    wait_until(lambda: Match.objects.filter(request=request).exists(), 20)
    wait_until(lambda: smtp_sink.to(teacher.email), 20)
    assert Request.objects.get().matched_version == 1
    assert User.objects.count() == 2
