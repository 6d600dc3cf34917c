"""What is put down of a mail beside its row, so that an administrator can see what happened to it."""

from __future__ import annotations

from collections.abc import Iterable

from techfinder.accounts.models import User
from techfinder.mail.models import MailHistory


def note(*, mail_ids: Iterable[int], what: MailHistory.What, detail: str = "", by: User | None = None) -> None:
    """Put down one step of these mails, in the caller's transaction; `detail` is the answer of the mail server."""
    MailHistory.objects.bulk_create(MailHistory(mail_id=pk, what=what, detail=detail, by=by) for pk in mail_ids)
