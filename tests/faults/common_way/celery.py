"""The worker: `celery --app tests.faults.common_way.celery worker`."""

from __future__ import annotations

import os

from celery import Celery, shared_task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.common_way.settings")

app = Celery("common_way")
app.config_from_object("django.conf:settings", namespace="CELERY")


# Tried again for a quarter of a minute at most, which is less than the broker's patience with a task.
@shared_task(autoretry_for=(Exception,), retry_backoff=True, retry_backoff_max=15, max_retries=20)
def tell(posted_id: int) -> None:
    from django.core.mail import send_mail

    from tests.faults.common_way.models import Posted

    posted = Posted.objects.get(pk=posted_id)
    send_mail(f"{posted} is posted", f"Your question {posted} is open.", None, [posted.email])
