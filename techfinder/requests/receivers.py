from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.organisations.register.signals import schools_moved
from techfinder.requests import actions


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    """A deleted account leaves no address behind in requests."""
    actions.forget_person(user=user)


@receiver(schools_moved)
def rematch_schools(school_ids: Collection[int], **kwargs: Any) -> None:
    """A school that lies elsewhere is near to other activities."""
    actions.rematch_schools(school_ids=school_ids)
