from celery import shared_task

from techfinder.mail import actions


@shared_task(name="mail.deliver_due")
def deliver_due() -> None:
    actions.deliver_due()


@shared_task(name="mail.sweep")
def sweep() -> None:
    actions.sweep()


@shared_task(name="mail.tidy")
def tidy() -> None:
    actions.tidy()


@shared_task(name="mail.ask_wanted")
def ask_wanted() -> None:
    actions.ask_whether_wanted()
    actions.stop_where_nobody_answered()
