"""The day of a booking as the two sides must know it: what there is to know, who says it, and what is missing.

All of it is for the two sides of what was agreed, and for nobody else: telephone numbers are shown from then on only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.day.places import bicycle, host, map_url, place, sheet_of
from techfinder.bookings.machine import PARTIES, SETTLED, Side
from techfinder.bookings.models import Booking, DaySheet
from techfinder.bookings.telling.words import day_and_time
from techfinder.matches.telling.labels import levels
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.templatetags.ui import pupils

ON_SITE = (Delivery.AT_SCHOOL, Delivery.AT_PROVIDER)
VISIT = (Delivery.AT_PROVIDER,)
ONLINE = (Delivery.ONLINE,)
ALWAYS = (*ON_SITE, *ONLINE)
HOST = "host"
# The fields of the day sheet, and how long each may be.
LONGEST = {field.name: field.max_length for field in DaySheet._meta.fields if field.name not in ("id", "booking")}


@dataclass(frozen=True, slots=True)
class Item:
    """Something to know of the day: who says it, and where it takes place for it to be asked for."""

    code: str
    label: str | Promise
    by: str
    asked: tuple[Delivery, ...] = ()


ITEMS = (
    Item("start", _("Start time"), HOST, ALWAYS),
    Item("end", _("End time"), HOST, ALWAYS),
    Item("place", _("Where"), HOST, ALWAYS),
    Item("route", _("Route"), HOST),
    Item("report_to", _("Whom to report to"), HOST, ON_SITE),
    Item("school_name", _("Contact at the school"), Side.SCHOOL),
    Item("school_phone", _("Telephone of the school on the day"), Side.SCHOOL, ALWAYS),
    Item("provider_name", _("Contact at the company"), Side.PROVIDER),
    Item("provider_phone", _("Telephone of the company on the day"), Side.PROVIDER, ALWAYS),
    Item("parking", _("Parking"), HOST, ON_SITE),
    Item("public_transport", _("Bus or train"), HOST, ON_SITE),
    Item("clothing", _("Clothing and safety"), Side.PROVIDER, VISIT),
    Item("bring", _("What to bring"), Side.PROVIDER),
    Item("needs", _("What must be ready"), Side.PROVIDER, ALWAYS),
    Item("pupils", _("Number of pupils"), Side.SCHOOL),
    Item("adults", _("Adults from the school"), Side.SCHOOL, ON_SITE),
    Item("group_needs", _("What the group needs"), Side.SCHOOL),
)
LABELS = {each.code: each.label for each in ITEMS} | {"date": _("Date")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day; empty words are not known yet, and `by` is the party that says them."""

    label: str
    text: str
    by: str = ""
    url: str = ""
    phone: str = ""


def value(booking: Booking, code: str) -> object:
    """What is known of an item of the day; empty or None when nothing is."""
    if code == "place":
        return place(booking)
    return getattr(sheet_of(booking) if code in LONGEST else booking, code)


def said_by(item: Item, booking: Booking) -> Side:
    """The party that says an item."""
    return host(booking) if item.by == HOST else Side(item.by)


def missing(booking: Booking, side: str) -> list[str]:
    """What a party has not said yet and the other must know: the labels, in order."""
    if booking.state not in SETTLED:
        return []
    return [str(item.label) for item in ITEMS if _lacks(item, booking) and said_by(item, booking) == side]


def _lacks(item: Item, booking: Booking) -> bool:
    return booking.delivery in item.asked and value(booking, item.code) in (None, "")


def lines(booking: Booking, side: str) -> list[Line]:
    """All there is to know of the day for one party, in the order in which it is needed."""
    made = (make(booking, side) for make in _LINES)
    return [line for some in made for line in some if line.text or line.by]


def _when(booking: Booking, side: str) -> Iterable[Line]:
    if booking.date is None:
        return
    yield Line(gettext("When"), capfirst(day_and_time(booking.date, booking.start, booking.end)))
    yield from (_line(booking, code) for code in ("start", "end") if value(booking, code) is None)


def _where(booking: Booking, side: str) -> Iterable[Line]:
    if booking.delivery == Delivery.ONLINE:
        yield Line(gettext("Where"), gettext("Online"))
        yield _line(booking, "place", label=gettext("Address of the meeting"))
        return
    yield replace(_line(booking, "place"), url=map_url(booking))
    yield _line(booking, "route")
    yield _line(booking, "report_to")


def _who(booking: Booking, side: str) -> Iterable[Line]:
    """The contact across the table, with the number to call on the day, and the own number as long as it is missing.

    A coordinator sees both.
    """
    for party in PARTIES:
        name, _email, phone = booking.contact(party)
        if party != side:
            yield Line(str(LABELS[f"{party}_name"]), name)
        if party != side or not phone:
            yield Line(str(LABELS[f"{party}_phone"]), phone, by="" if phone else party, phone=phone)


def _travel(booking: Booking, side: str) -> Iterable[Line]:
    yield _line(booking, "parking")
    yield _line(booking, "public_transport")
    yield Line(gettext("By bicycle"), bicycle(booking))


def _ready(booking: Booking, side: str) -> Iterable[Line]:
    yield from (_line(booking, code) for code in ("clothing", "bring", "needs"))


def _group(booking: Booking, side: str) -> Iterable[Line]:
    classes = levels(booking.request.levels)
    yield Line(gettext("Class"), capfirst(classes))
    yield Line(str(LABELS["pupils"]), capfirst(pupils(booking.pupils)))
    yield _line(booking, "adults")
    yield _line(booking, "group_needs")


_LINES: tuple[Callable[[Booking, str], Iterable[Line]], ...] = (_when, _where, _who, _travel, _ready, _group)
_BY_CODE = {each.code: each for each in ITEMS}


def _line(booking: Booking, code: str, *, label: str = "") -> Line:
    """An item as it is known; when it is asked for and not known, with who says it."""
    item, known = _BY_CODE[code], value(booking, code)
    words = "" if known in (None, "") else str(known)
    by = said_by(item, booking) if not words and _lacks(item, booking) else ""
    return Line(label or str(item.label), words, by=by)
