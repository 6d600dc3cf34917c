"""What sign-in does beyond allauth's own: accounts without a password, in the visitor's language.

Sending is added where the outbox is known: `techfinder.mail` builds on this class.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import get_language

from techfinder.accounts.models import User


class AccountFlow(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Remember the language of the visit: mails come in it."""
        user.language = (get_language() or "nl")[:2]
        super().save_user(request, user, form, commit=commit)
        return user
