"""The tasks of a coordinator: of the own regions, the oldest first, with what can be done, done with a word."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.machine import State
from techfinder.bookings.models import Task
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
Kind = Task.Kind


@pytest.fixture
def here():
    return RegionFactory(parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def desk():
    user = UserFactory(name="Noor", moderates=[Region.objects.get(code="NL-ZE")])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def booking(here):
    parties = Parties()
    school = parties.request.school
    school.municipality, school.phone = here, "0118 123 456"
    school.save()
    return booking_in(State.AGREED, parties=parties)


def listed(client, **query):
    return [line.task for line in client.get(reverse("moderation:tasks"), query).context["lines"]]


def test_the_oldest_is_first_and_others_regions_are_not_there(desk, booking, here):
    new = open_task(kind=Kind.CONCERN, about=booking)
    old = open_task(kind=Kind.WAITING, about=RequestFactory(school=SchoolFactory(municipality=here)))
    Task.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=3))
    elsewhere = open_task(kind=Kind.PROVIDER_SILENT, about=ProviderFactory())
    assert listed(desk) == [old, new]
    assert listed(desk, soort="concern") == [new]
    assert listed(desk, soort="onbekend") == [old, new]
    assert desk.get(reverse("moderation:task", args=[elsewhere.pk])).status_code == 404
    assert desk.post(reverse("moderation:task", args=[elsewhere.pk]), {"words": "x"}).status_code == 404


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_says_what_it_is_about_and_what_can_be_done(desk, booking, here, kind):
    about = {
        Kind.WAITING: booking.request,
        Kind.PROVIDER_SILENT: ProviderFactory(municipality=here),
    }.get(kind, booking)
    if kind == Kind.WAITING:
        about = RequestFactory(school=booking.request.school)
    task = open_task(kind=kind, about=about, note="Let op")
    page = desk.get(reverse("moderation:task", args=[task.pk]))
    text = page.content.decode()
    assert page.context["line"].links
    assert page.context["people"]
    assert "Let op" in text
    assert page.context["line"].advice in text


def test_a_coordinator_sees_whom_to_call(desk, booking):
    task = open_task(kind=Kind.CONFLICT, about=booking)
    text = desk.get(reverse("moderation:task", args=[task.pk])).content.decode()
    assert 'href="tel:0118123456"' in text
    assert f'href="mailto:{booking.provider_email}"' in text
    assert booking.get_absolute_url() in text


def test_a_task_is_done_with_a_word(desk, booking):
    task = open_task(kind=Kind.CONCERN, about=booking)
    address = reverse("moderation:task", args=[task.pk])
    assert desk.post(address, {"words": " "}).status_code == 422
    assert desk.post(address, {"words": "x" * 501}).status_code == 422
    assert desk.post(address, {"words": "Gebeld"}).status_code == 302
    assert "Een collega deed dit al" in desk.post(address, {"words": "Ook"}, follow=True).content.decode()
    task.refresh_from_db()
    assert task.done_words == "Gebeld"
    assert "Gedaan door Noor" in desk.get(address).content.decode()
    assert listed(desk) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(desk, here, count):
    for _ in range(count):
        open_task(kind=Kind.WAITING, about=RequestFactory(school=SchoolFactory(municipality=here)))
        open_task(kind=Kind.PROVIDER_SILENT, about=ProviderFactory(municipality=here))
    desk.get(reverse("moderation:tasks"))
    with CaptureQueriesContext(connection) as captured:
        desk.get(reverse("moderation:tasks"))
    assert len(captured) == 10
