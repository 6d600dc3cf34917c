from celery import shared_task

from techfinder.activities import sought
from techfinder.activities.saved import alerts, tending
from techfinder.activities.search import kept


@shared_task(name="activities.forget_sought", ignore_result=True)
def forget_sought() -> None:
    """Once a day: delete what was searched for longer than 24 months ago."""
    sought.forget_sought()


@shared_task(name="activities.alerts", ignore_result=True)
def send_alerts() -> None:
    """Every minute, and when something is published: mail who waits for it."""
    alerts.send_alerts()


@shared_task(name="activities.tend_alerts", ignore_result=True)
def tend_alerts() -> None:
    """Every hour: forget, ask and stop."""
    tending.tend()


@shared_task(name="activities.prune_changes", ignore_result=True)
def prune_changes() -> None:
    """Once an hour: keep the log short that tells each process what changed."""
    kept.prune_changes()
