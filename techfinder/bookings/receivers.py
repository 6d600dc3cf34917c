"""People come and go with the addresses of their calendars."""

from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.bookings.actions import feeds, forgetting


@receiver(person_leaves)
def forget_feeds(user: User, **kwargs: Any) -> None:
    feeds.forget_feeds(user=user)


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    """A deleted account leaves no name and no address behind in bookings."""
    forgetting.forget_person(user=user)
