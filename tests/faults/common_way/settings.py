"""A Django site that mails as most do: `send_mail` in a Celery task, published on commit, set up as the manuals say."""

from __future__ import annotations

import os

SECRET_KEY = "nothing is signed here"
INSTALLED_APPS = ["tests.faults.common_way"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["COMMON_DATABASE"],
        "USER": "postgres",
        "HOST": os.environ["COMMON_DATABASE_HOST"],
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["COMMON_EMAIL_PORT"])
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = "Desk <desk@common.example>"

CELERY_BROKER_URL = os.environ["COMMON_BROKER"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Half a minute in place of an hour, and looked at every five seconds: what comes back at all comes back while we wait.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_VISIBILITY_TIMEOUT = 30
