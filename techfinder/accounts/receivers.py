from typing import Any

from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from techfinder.accounts.actions import end_other_sessions
from techfinder.accounts.models import User


@receiver(authenticator_added)
def end_sessions_without_second_factor(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever signed in elsewhere did so without this factor."""
    end_other_sessions(user=user, current_key=request.session.session_key)
