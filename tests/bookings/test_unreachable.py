"""Whom our mail does not reach: a coordinator is asked to call, once, and no more when mail comes again."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from techfinder.bookings.actions.contacts import sweep_contacts
from techfinder.bookings.actions.unreachable import sweep_unreachable
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Task
from techfinder.bookings.tasks import sweep_contacts as sweep_task
from techfinder.mail.actions import lift_suppression
from techfinder.mail.models import Suppression
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import booking_in
from tests.factories.mail import OutgoingMailFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory
from tests.mail.coming_back import come_back

pytestmark = pytest.mark.django_db


def dead(email):
    Suppression.objects.create(email=email.lower(), detail="550 5.1.1")


def full(email):
    until = timezone.now() + dt.timedelta(days=14)
    Suppression.objects.create(email=email.lower(), why=Suppression.Why.FULL, until=until)


@pytest.fixture
def provider():
    return ActivityFactory(provider=ProviderFactory(email="info@bedrijf.example")).provider


def test_a_report_of_a_mail_server_becomes_a_task_of_the_coordinator(provider):
    member = MembershipFactory(provider=provider).user
    come_back("postfix_unknown", OutgoingMailFactory(to=member.email, state="sent"))
    sweep_task()
    task = Task.objects.get()
    assert (task.kind, task.provider, task.region) == (Task.Kind.CONTACT_GONE, provider, provider.municipality)
    assert "komt terug" in task.note


def test_of_a_provider_that_somebody_reads_mail_for_nothing_is_asked(provider):
    first, _second = (MembershipFactory(provider=provider).user for _ in range(2))
    dead(first.email)
    dead(provider.email)
    assert sweep_unreachable() == 0
    assert not Task.objects.exists()


def test_without_people_the_general_address_counts(provider):
    assert sweep_unreachable() == 0
    dead(provider.email)
    assert sweep_unreachable() == 1


def test_a_provider_that_offers_nothing_is_left_alone():
    dead(ProviderFactory(email="stil@bedrijf.example").email)
    assert sweep_unreachable() == 0


def test_the_same_provider_is_one_task_a_month(provider):
    dead(provider.email)
    assert [sweep_unreachable(), sweep_unreachable()] == [1, 0]
    Task.objects.update(done_at=timezone.now())
    assert sweep_unreachable() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert sweep_unreachable() == 1


def test_who_is_reached_again_needs_no_call(provider):
    dead(provider.email)
    sweep_unreachable()
    lift_suppression(email=provider.email)
    sweep_unreachable()
    task = Task.objects.get()
    assert task.done_at
    assert task.done_words


@pytest.mark.parametrize("side", [Side.SCHOOL, Side.PROVIDER])
def test_a_contact_whose_mail_is_paused_stays_contact_and_is_called(side):
    booking = booking_in(State.AGREED)
    full(booking.contact(side)[1])
    assert sweep_contacts() == 0
    assert Task.objects.filter(booking=booking, kind=Task.Kind.CONTACT_GONE).count() == 0
    sweep_unreachable()
    task = Task.objects.get(booking=booking)
    assert "volle mailbox" in task.note
    assert sweep_unreachable() == 0


def test_a_request_without_a_booking_is_looked_at_as_well():
    dead_one, paused_one = RequestFactory(), RequestFactory()
    dead(dead_one.contact.email)
    full(paused_one.contact.email)
    sweep_task()
    sweep_task()
    tasks = Task.objects.filter(kind=Task.Kind.CONTACT_GONE)
    assert {task.request_id for task in tasks} == {dead_one.pk, paused_one.pk}
    assert tasks.count() == 2


def test_a_request_with_a_booking_is_one_task():
    booking = booking_in(State.ASKED)
    full(booking.contact(Side.SCHOOL)[1])
    sweep_unreachable()
    assert Task.objects.get(kind=Task.Kind.CONTACT_GONE).booking == booking


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_the_same_however_many_there_are(django_assert_num_queries, count):
    for number in range(count):
        ActivityFactory(provider=ProviderFactory(email=f"info{number}@bedrijf.example"))
        RequestFactory()
    with django_assert_num_queries(5):
        assert sweep_unreachable() == 0
