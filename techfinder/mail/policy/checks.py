"""Does a mail that had to wait still hold? Each room that writes mails registers an answer for its templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from techfinder.mail.models import OutgoingMail

# A mail that goes at once says what is so: only what waited longer is asked about.
AFTER = timedelta(seconds=60)

Check = Callable[[OutgoingMail], bool]
_checks: dict[str, Check] = {}


def register(template: str, check: Check) -> None:
    """`check` says, just before a mail of this template goes, whether it still holds.

    Called by the dispatcher outside any transaction. It may read, and may replace `subject`, `text` and `html` of the
    mail, which are then stored with it. What it writes itself must hold when it is asked again: whoever asks may die.
    """
    _checks[template] = check


def check(mail: OutgoingMail) -> bool:
    """Whether what the mail says still holds; what nobody asks about does."""
    known = _checks.get(mail.kind)
    return known is None or known(mail)


def is_due(mail: OutgoingMail) -> bool:
    """Whether the mail waited so long that it must be asked about."""
    return mail.kind in _checks and timezone.now() - mail.created_at > AFTER
