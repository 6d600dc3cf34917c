"""When the next alert is due: days and hours as people chose them, also in the nights that the clock is changed."""

from __future__ import annotations

import datetime as dt

from techfinder.activities.models import SavedSearch
from techfinder.mail.models import MailPreferences
from techfinder.mail.policy.periods import period

Frequency = SavedSearch.Frequency


def next_due(frequency: str, *, after: dt.datetime, chosen: MailPreferences | None = None) -> dt.datetime:
    """When the period that this moment is in ends, by the hour and day chosen. What goes at once is always due."""
    if frequency == Frequency.AT_ONCE:
        return after
    chosen = chosen or MailPreferences()
    return period(frequency, after, chosen.digest_hour, chosen.digest_day).end
