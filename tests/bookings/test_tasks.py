"""Tasks of coordinators: one open one per thing, of the right region, done once."""

import threading

import pytest
from django.db import connection

from techfinder.bookings.actions.tasks import finish_task, finish_tasks, open_task
from techfinder.bookings.models import Task
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import BookingFactory
from tests.factories.organisations import ProviderFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
CONCERN, GONE, SILENT = Task.Kind.CONCERN, Task.Kind.CONTACT_GONE, Task.Kind.PROVIDER_SILENT


@pytest.mark.parametrize("make", [BookingFactory, RequestFactory, ProviderFactory])
def test_one_thing_is_one_open_task_of_a_kind(make):
    about = make()
    first = open_task(kind=CONCERN, about=about, note="Eerste")
    assert open_task(kind=CONCERN, about=about, note="Tweede") == first
    assert open_task(kind=GONE, about=about) != first
    assert finish_task(task_id=first.pk, by=UserFactory(), words="Gebeld")
    assert open_task(kind=CONCERN, about=about) != first


def test_what_is_said_again_is_kept_with_it():
    about = BookingFactory()
    open_task(kind=CONCERN, about=about, note="Eerste")
    open_task(kind=CONCERN, about=about, note="Tweede")
    assert open_task(kind=CONCERN, about=about, note="Tweede").note == "Eerste\n\nTweede"


def test_a_task_is_of_the_region_of_the_school_or_of_who_took_over():
    booking = BookingFactory()
    assert open_task(kind=CONCERN, about=booking).region == booking.request.school.municipality
    provider = ProviderFactory()
    assert open_task(kind=SILENT, about=provider).region == provider.municipality


def test_a_task_is_done_once():
    task = open_task(kind=CONCERN, about=BookingFactory())
    first, second = UserFactory(), UserFactory()
    assert finish_task(task_id=task.pk, by=first, words="Gebeld")
    assert not finish_task(task_id=task.pk, by=second, words="Ook gebeld")
    task.refresh_from_db()
    assert (task.done_by, task.done_words) == (first, "Gebeld")


def test_what_happens_next_may_make_a_task_superfluous():
    request = RequestFactory()
    open_task(kind=Task.Kind.WAITING, about=request)
    open_task(kind=GONE, about=request)
    assert finish_tasks(about=request, kinds=[Task.Kind.WAITING]) == 1
    assert [task.kind for task in Task.objects.filter(done_at=None)] == [GONE]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_make_one_task():
    booking = BookingFactory()
    together, faults = threading.Barrier(4), []

    def ask():
        try:
            together.wait()
            open_task(kind=CONCERN, about=booking)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Task.objects.count() == 1
    assert Region.objects.exists()
