"""The mails about signing in go through the outbox as well: same look, same guarantees."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute

Context = dict[str, Any]
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
        template = OWN.get(name, "account_notice")
        user = context.get("user")
        known = user if isinstance(user, User) and user.pk else None
        queue_mail(
            key=f"account:{uuid.uuid4()}",
            to=email,
            recipient=known,
            template=template,
            context=account_context(template, event=name, code=context.get("code"), signup=context.get("signup_url")),
        )


def account_context(template: str, *, event: str = "", code: str | None = None, signup: str | None = None) -> Context:
    """Plain values only: nothing of the web request ends up in the outbox."""
    if template == "account_code":
        return {"code": code}
    if template == "account_notice":
        return {"event": event, "button_url": absolute(reverse("accounts:profile"))}
    return {"button_url": signup or absolute(reverse("account_login"))}
