from celery import shared_task

from techfinder.requests import actions


@shared_task(name="requests.drop_unconfirmed", ignore_result=True)
def drop_unconfirmed() -> None:
    """Every hour: delete what nobody confirmed. What is past its last day is closed by the sweep of the matches."""
    actions.drop_unconfirmed()
