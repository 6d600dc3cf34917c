"""By what somebody narrows the list of own bookings."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.machine import AFTER, OFF, SETTLED, Side
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.lists import Mine

STANDS = [
    ("antwoord", _("Waits for your answer")),
    ("wacht", _("Waits for the other side, or for a place")),
    ("afgesproken", _("Agreed")),
    ("geweest", _("Has been")),
    ("niet", _("Did not come about")),
]
SIDES = [(Side.SCHOOL, _("As a school")), (Side.PROVIDER, _("As a provider"))]


class BookingFilter(filters.FilterSet):
    """Parameters in Dutch, as everywhere on the site; a value that does not exist is ignored."""

    stand = filters.ChoiceFilter(
        label=_("Where it stands"), choices=STANDS, empty_label=_("Every state"), method="with_state"
    )
    kant = filters.ChoiceFilter(label=_("Side"), choices=SIDES, empty_label=_("Both sides"), method="of_side")

    class Meta:
        model = Booking
        fields: list[str] = []

    def __init__(self, data: Any, *, mine: Mine) -> None:
        super().__init__(data, queryset=mine.bookings().order_by("-created_at", "-id"))
        self.mine = mine
        if not (mine.schools and mine.providers):
            del self.filters["kant"]

    def with_state(self, bookings: QuerySet[Booking], name: str, value: str) -> QuerySet[Booking]:
        """Each with its own order: the most urgent, the first day, the last that ended."""
        if value == "antwoord":
            return self.mine.waiting()
        if value == "wacht":
            return self.mine.elsewhere()
        if value == "afgesproken":
            return bookings.filter(state__in=SETTLED).order_by("date", "start", "id")
        return bookings.filter(state__in=AFTER if value == "geweest" else OFF).order_by(F("ended_at").desc(), "-id")

    def of_side(self, bookings: QuerySet[Booking], name: str, value: str) -> QuerySet[Booking]:
        return bookings.filter(self.mine.of(Side(value)))
