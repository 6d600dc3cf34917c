"""All of a question on one page of a mail, in the active language: (label, words), without what nobody said."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import capfirst
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
    told = _as_told()
    rows = [(label, value) for label, value, _empty in summary_rows(booking.request, contact=False)]
    wanted = [(label, value) for label, value in rows if label not in known and value not in left_open]
    return _said((told.get(label, label), capfirst(value)) for label, value in wanted)


def _as_told() -> dict[str, str]:
    """The school is asked in questions; who reads the answers was not asked."""
    return {
        _("For which classes?"): _("Classes"),
        _("Who is it for?"): _("For whom"),
        _("How much time do you have?"): _("Time"),
        _("Where may it be?"): _("Where"),
        _("How far can you travel?"): _("The school travels at most"),
        _("What should the pupils learn?"): _("What the pupils should learn"),
        _("What do they know already?"): _("What they know already"),
    }


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
