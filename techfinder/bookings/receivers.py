"""People come and go with the addresses of their calendars."""

from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.bookings.actions import feeds


@receiver(person_leaves)
def forget_feeds(user: User, **kwargs: Any) -> None:
    feeds.forget_feeds(user=user)
