"""All of a question on one page of a mail, in the active language: (label, words), without what nobody said."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from techfinder.activities import words
from techfinder.activities.presenting import cost
from techfinder.bookings.models import Booking
from techfinder.bookings.telling.hiding import without_contacts
from techfinder.requests.show import summary_rows

Facts = list[tuple[str, str]]


def request_facts(booking: Booking) -> Facts:
    """What the school asks, as the provider reads it, beside what every mail says: no name of a person, no address, no
    telephone, and nothing of what it left open."""
    known = {_("School"), _("Number of pupils"), _("When")}
    left_open = {_("every theme"), _("every kind"), _("everywhere"), _("any distance"), _("not stated")}
    rows = [(label, value) for label, value, _empty in summary_rows(booking.request, contact=False)]
    return _said((label, value) for label, value in rows if label not in known and value not in left_open)


def activity_facts(booking: Booking) -> Facts:
    """What the provider offers, as the school reads it."""
    activity = booking.activity
    return _said(
        (
            (_("In one sentence"), activity.summary),
            (_("For whom"), words.capital(words.meant_for(activity.levels, in_full=True))),
            (_("Group"), words.group_size(activity)),
            (_("Where"), words.capital(words.place_names(activity.delivery))),
            (_("Length"), words.amount(activity.duration_amount, activity.duration_unit)),
            (_("Cost"), cost(activity)),
            (_("Preparation"), words.preparation(activity)),
            (_("What the school arranges"), activity.school_arranges),
        )
    )


def _said(rows: Iterable[tuple[str, str]]) -> Facts:
    return [(label, without_contacts(value)) for label, value in rows if value]
