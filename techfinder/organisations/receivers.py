from typing import Any

from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.organisations.access import memberships_of
from techfinder.organisations.actions import leave


@receiver(person_leaves)
def leave_organisations(user: User, **kwargs: Any) -> None:
    """So that a moderator hears of an organisation that is left with nobody."""
    for membership in memberships_of(user):
        leave(membership=membership)
