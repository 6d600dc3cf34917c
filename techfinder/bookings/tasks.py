from celery import shared_task

from techfinder.bookings.actions import (
    asking,
    clock,
    closing,
    contacts,
    queueing,
    records,
    surveys,
    unreachable,
    waiting,
)
from techfinder.bookings.telling import to_coordinators
from techfinder.celery import wake

# Of the clock in one go: some seconds.
STEPS = 300


@shared_task(name="bookings.renew_waiting")
def renew_waiting(request_id: int) -> None:
    waiting.renew_waiting(request_id=request_id)


@shared_task(name="bookings.sweep_waiting")
def sweep_waiting() -> None:
    waiting.sweep_waiting()


@shared_task(name="bookings.sweep_contacts")
def sweep_contacts() -> None:
    contacts.sweep_contacts()
    # What that left.
    unreachable.sweep_unreachable()


@shared_task(name="bookings.run_due")
def run_due() -> None:
    """Some at a time, so that mail goes out between them, and a second worker may help."""
    done = clock.run_due(most=STEPS)
    if done.total() - done["failed"] >= STEPS:
        wake("bookings.run_due")


@shared_task(name="bookings.reschedule")
def reschedule(provider_id: int | None = None) -> None:
    """Of one provider; a few times a day of all, for a rule that was changed or a worker that was not woken."""
    clock.reschedule(provider_id=provider_id)


@shared_task(name="bookings.ask_wanted")
def ask_wanted(request_id: int) -> None:
    asking.ask_wanted(request_id=request_id)


@shared_task(name="bookings.promote_next")
def promote_next(session_id: int) -> None:
    queueing.promote_next(session_id=session_id)


@shared_task(name="bookings.sweep")
def sweep() -> None:
    """What nobody was woken for: wishes, queues of days on which seats fell free, questions that need no answer."""
    asking.wake_wanted()
    closing.close_idle()
    queueing.wake_queues()


@shared_task(name="bookings.tell_coordinators")
def tell_coordinators() -> None:
    to_coordinators.tell_tasks()


@shared_task(name="bookings.ask_surveys")
def ask_surveys() -> None:
    """A few times a day; outside the weeks in which a term is asked it does nothing."""
    surveys.ask_surveys()


@shared_task(name="bookings.count_records")
def count_records() -> None:
    """A few times a day: what is counted twice is the same."""
    records.count_records()
