from celery import shared_task

from techfinder.requests import actions


@shared_task(name="requests.drop_unconfirmed", ignore_result=True)
def drop_unconfirmed() -> None:
    """Every hour: delete what nobody confirmed."""
    actions.drop_unconfirmed()


@shared_task(name="requests.close_past", ignore_result=True)
def close_past() -> None:
    """Every hour: close requests whose last day is over."""
    actions.close_past()
