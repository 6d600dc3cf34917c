"""Samples of the mails about signing in."""

from __future__ import annotations

from functools import partial

from techfinder.mail.actions.wanted import still_wanted_context
from techfinder.mail.adapter import account_context
from techfinder.mail.gallery import MAILBOX, Sample, register

SIGNUP = "https://techfinder.example/account/signup/"
EVENTS = (
    "email_changed",
    "email_confirm",
    "email_deleted",
    "totp_activated",
    "totp_deactivated",
    "recovery_codes_generated",
    "webauthn_added",
    "webauthn_removed",
    "something-else",
)


register("account_code", Sample("code", partial(account_context, "account_code", code="FMJL-KRSD")))
register("account_exists", Sample("known", partial(account_context, "account_exists")))
register("account_unknown", Sample("unknown", partial(account_context, "account_unknown", signup=SIGNUP), person=""))
register(
    "account_notice",
    *(Sample(event.replace("_", "-"), partial(account_context, "account_notice", event=event)) for event in EVENTS),
)
register("still_wanted", Sample("after-a-year", partial(still_wanted_context, MAILBOX)))
register(
    "mail_again",
    Sample("asked", lambda: {"button_url": "https://techfinder.example/uit/opnieuw/voorbeeld/"}, person=""),
)
