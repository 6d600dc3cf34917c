"""Who asked for patience: a domain of receivers, or our own mail server; others go on meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from techfinder.mail.models import MailLane, OutgoingMail

FIRST_OF_DOMAIN, LONGEST_OF_DOMAIN = timedelta(seconds=15), timedelta(minutes=15)
# Our own server is asked often: everything waits for it.
FIRST_OF_SERVER, LONGEST_OF_SERVER = timedelta(seconds=5), timedelta(seconds=30)


@transaction.atomic
def shut(*, domain: str, reply: str) -> datetime:
    """Nothing goes to this domain (`MailLane.SERVER`: at all) for a while, longer each time. Returns until when.

    Mails that were under way together count once.
    """
    now = timezone.now()
    lane, _made = MailLane.objects.select_for_update().get_or_create(domain=domain, defaults={"not_before": now})
    if lane.not_before <= now:
        is_server = domain == MailLane.SERVER
        first, longest = (FIRST_OF_SERVER, LONGEST_OF_SERVER) if is_server else (FIRST_OF_DOMAIN, LONGEST_OF_DOMAIN)
        lane.not_before = now + min(first * 2 ** min(lane.failures, 10), longest)
        lane.failures = min(lane.failures + 1, 1000)
        lane.reply = reply
        lane.save()
    return lane.not_before


def reopen(mail: OutgoingMail, *, domain: bool) -> None:
    """The mail server answered this mail, and the domain when it says so: whoever waited for them may go."""
    MailLane.objects.filter(domain__in=[MailLane.SERVER, mail.domain] if domain else [MailLane.SERVER]).delete()
