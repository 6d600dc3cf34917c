from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, user_signed_up
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import get_language

from techfinder.accounts.actions import end_other_sessions
from techfinder.accounts.models import User


@receiver(user_signed_up)
def remember_language(user: User, **kwargs: Any) -> None:
    """The mails that follow come in the language of the visit."""
    user.language = (get_language() or "nl")[:2]
    user.save(update_fields=["language"])


@receiver(authentication_step_completed)
def remember_proven_address(user: User, method: str, email: str = "", **kwargs: Any) -> None:
    """A person whom an import or a request brought in proves the address with the first code."""
    if method == "code" and email and email == user.email and not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


@receiver(authenticator_added)
def end_sessions_without_second_factor(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever signed in elsewhere did so without this factor."""
    end_other_sessions(user=user, current_key=request.session.session_key)
