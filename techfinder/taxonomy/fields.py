from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


def code_list(label: Any, **kwargs: Any) -> ArrayField[list[str], list[str]]:
    """Codes of a vocabulary: one row holds all that the engine and the filters need."""
    return ArrayField(models.CharField(max_length=32, **kwargs), verbose_name=label, default=list, blank=True)
