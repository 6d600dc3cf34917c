from celery import shared_task

from techfinder.activities import sought


@shared_task(name="activities.forget_sought", ignore_result=True)
def forget_sought() -> None:
    """Once a day: delete what was searched for longer than 24 months ago."""
    sought.forget_sought()
