"""The mails about signing in go through the outbox as well: same look, same guarantees."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from techfinder.accounts.models import User
from techfinder.mail.actions import queue_mail

PREFIX = ("account/email/", "mfa/email/")
# Templates of our own; what is not here is a notice about the account (`account_notice`).
OWN = {
    "login_code": "account_code",
    "email_confirmation": "account_code",
    "email_confirmation_signup": "account_code",
    "unknown_account": "account_unknown",
    "account_already_exists": "account_exists",
}


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rpartition("/")[2]
        user = context.get("user")
        known = user if isinstance(user, User) and user.pk else None
        queue_mail(
            key=f"account:{uuid.uuid4()}",
            to=email,
            recipient=known,
            template=OWN.get(name, "account_notice"),
            context=_context(name, context),
        )


def _context(name: str, context: dict[str, Any]) -> dict[str, Any]:
    """Plain values only: nothing of the web request ends up in the outbox."""
    wanted = ("code", "signup_url", "password_reset_url", "login_url", "ip", "timestamp", "email")
    return {"event": name, **{key: context[key] for key in wanted if context.get(key)}}
