from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """Written by a task: the end-to-end proof that beat, broker, worker and database work."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
