"""People leave, and bookings go on without them."""

from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.bookings.actions import forgetting


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    """A deleted account leaves nothing of the person behind in bookings."""
    forgetting.forget_person(user=user)
