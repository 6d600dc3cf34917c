from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.requests import actions


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    """A deleted account leaves no address behind in requests."""
    actions.forget_person(user=user)
