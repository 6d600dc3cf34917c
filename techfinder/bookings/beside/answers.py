"""How a provider answers, on its page and on those of its activities."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.activities import beside as activities
from techfinder.activities.models import Activity
from techfinder.bookings.models import ProviderRecord
from techfinder.bookings.queries.answering import record_of
from techfinder.organisations import beside as organisations
from techfinder.organisations.models import Provider
from techfinder.taxonomy.templatetags.ui import long_day


@organisations.register
def on_provider(_request: HttpRequest, provider: Provider) -> dict[str, Any]:
    record = record_of(provider)
    return {"answers": [*_away(provider), *(words(record) if record else [])]}


@activities.register
def on_activity(request: HttpRequest, activity: Activity) -> dict[str, Any]:
    return on_provider(request, activity.provider)


def _away(provider: Provider) -> list[str]:
    """That an answer takes longer now."""
    today, until = timezone.localdate(), provider.away_until
    if provider.away_from and until and provider.away_from <= today <= until:
        return [_("Away until %(day)s: an answer comes after that") % {"day": long_day(until)}]
    return []


def words(record: ProviderRecord) -> list[str]:
    """How fast it answers mostly, and how many of the questions of the past year in time."""
    return [each for each in (_how_fast(record), _how_many(record)) if each]


def _how_fast(record: ProviderRecord) -> str:
    """Nothing of who mostly leaves questions without an answer: that is not fast, however fast the others were."""
    if record.days is None or record.answered * 2 < record.asked:
        return ""
    days = max(1, math.ceil(record.days))
    return ngettext(
        "Usually answers within %(days)d working day", "Usually answers within %(days)d working days", days
    ) % {"days": days}


def _how_many(record: ProviderRecord) -> str:
    if record.answered == record.asked:
        return _("Answered all %(asked)d questions of the past year in time") % {"asked": record.asked}
    return _("Answered %(answered)d of %(asked)d questions of the past year in time") % {
        "answered": record.answered,
        "asked": record.asked,
    }
