"""What an address wants to be mailed, and how often."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from techfinder.mail.actions.stopping import overtake_groups
from techfinder.mail.kinds import Group
from techfinder.mail.models import Frequency, MailPreferences
from techfinder.mail.queries import STOPPED, has_stopped

FEW = 2
# What goes along to another address.
ALONG = (
    *("matches", "searches", "reminders", "surveys", "tasks", "most_per_week", "digest_hour", "digest_day"),
    *("wanted_at", "asked_at"),
)


class Quick(StrEnum):
    """What helps whoever gets too many, or is asked whether it is still wanted."""

    KEEP = "keep"
    WEEKLY = "weekly"
    FEW = "few"
    NONE = "none"


QUICK: dict[Quick, dict[str, object]] = {
    Quick.KEEP: {},
    Quick.WEEKLY: {"matches": Frequency.WEEKLY},
    Quick.FEW: {"most_per_week": FEW},
    Quick.NONE: {"matches": Frequency.NONE, "searches": False},
}


@transaction.atomic
def save_preferences(*, email: str, **chosen: object) -> MailPreferences:
    """Keep what an address chose: values of fields of `MailPreferences`. What it wants no more and waits, goes not.

    It counts as saying that the rest is still wanted.
    """
    wanted = {"wanted_at": timezone.now(), "asked_at": None}
    preferences, _made = MailPreferences.objects.update_or_create(email=email.lower(), defaults={**chosen, **wanted})
    stopped = [group for group, off in STOPPED.items() if all(getattr(preferences, key) == off[key] for key in off)]
    overtake_groups(email=preferences.email, groups=stopped)
    return preferences


def choose_quickly(*, email: str, choice: Quick) -> MailPreferences:
    """One button. To keep what was stopped starts it again."""
    chosen = QUICK[choice]
    if choice == Quick.KEEP and has_stopped(email, Group.MATCHES):
        chosen = {"matches": Frequency.DAILY}
    return save_preferences(email=email, **chosen)


@transaction.atomic
def move_preferences(*, old: str, new: str) -> None:
    """An account has another address now: what it chose goes along, and links in older mails act on the new address.

    What was stopped for either address stays stopped.
    """
    old, new = old.lower(), new.lower()
    if old == new:
        return
    rows = {each.email: each for each in MailPreferences.objects.select_for_update().filter(email__in=[old, new])}
    before = rows.get(old) or MailPreferences(email=old)
    there = rows.get(new) or MailPreferences(email=new)
    for name, value in _together(before, there).items():
        setattr(there, name, value)
    before.moved_to, there.moved_to = new, ""
    before.save()
    there.save()
    # What led to the old address leads on at once: that may be somebody else's one day.
    MailPreferences.objects.filter(moved_to=old).exclude(email=new).update(moved_to=new)


def _together(before: MailPreferences, there: MailPreferences) -> dict[str, object]:
    """What the account chose, save what was stopped at the other address before."""
    chosen: dict[str, object] = {name: getattr(before, name) for name in ALONG}
    for off in STOPPED.values():
        chosen |= {name: value for name, value in off.items() if getattr(there, name) == value}
    return chosen
