"""What a side tells of the day: where to report, what to bring, how many come."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.forms.fields import ClockField
from techfinder.bookings.day import ITEMS, LONGEST, ONLINE, Item, said_by, sheet_of, value
from techfinder.bookings.forms.answering import StepForm, check_hours
from techfinder.bookings.forms.clean import no_pupil
from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking

MOST_PUPILS, MOST_ADULTS = 2000, 200
PHONE = re.compile(r"^\+?[\d\s().-]{6,20}$")
LONG = ("route", "needs")

HELP: dict[str, str | Promise] = {
    "place": _("Only when it is somewhere else than this address"),
    "route": _("For example: the entrance is behind the building"),
    "report_to": _("A name, a desk or a place"),
    "parking": _("Where a car or a coach can stand"),
    "public_transport": _("The nearest stop, and how far it is to walk"),
    "clothing": _("For example: closed shoes, helmets are there"),
    "bring": _("For example: lunch, a pen"),
    "needs": _("For example: a screen, four tables, water"),
    "adults": _("Teachers and parents who come along"),
    "group_needs": _("In general words, such as a lift or a quiet place. Never about one pupil"),
}
PHONE_HELP = _("Only the other side sees it, for the day itself")


class PhoneField(forms.CharField):
    """A telephone number as people write it."""

    default_error_messages = {"phone": _("Write a telephone number such as 06 12345678")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}), **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and not PHONE.match(text):
            raise forms.ValidationError(self.error_messages["phone"], code="phone")
        return text


class SheetForm(StepForm):
    """The fields that a side fills in for a booking; nothing has to be filled in."""

    def __init__(self, *args: Any, booking: Booking, side: str, **kwargs: Any) -> None:
        items = [each for each in ITEMS if _may_say(each, booking, side)]
        known = {each.code: _known(each, booking) for each in items}
        super().__init__(*args, booking=booking, side=side, initial=known, **kwargs)
        self.fields |= {each.code: _field(each, booking, side) for each in items}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check_hours(self, cleaned)
        return cleaned

    def take_up(self, booking: Booking) -> None:
        """Stand on the booking as it is now: what was typed is saved over it the next time."""
        self.data = {**self.data, self.add_prefix("version"): str(booking.version)}

    def changes(self) -> dict[str, Any]:
        """What differs from what was known, as `actions.change` takes it."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}


def _may_say(item: Item, booking: Booking, side: str) -> bool:
    """A side says its own; the coordinator, who acts for both, all of it."""
    if booking.delivery in ONLINE and item.code in ("route", "report_to", "parking", "public_transport"):
        return False
    return side not in PARTIES or said_by(item, booking) == side


def _known(item: Item, booking: Booking) -> object:
    """What the form starts with: of the address only what was written by hand."""
    return sheet_of(booking).place if item.code == "place" else value(booking, item.code)


def _field(item: Item, booking: Booking, side: str) -> forms.Field:
    """The field of an item, by what it is."""
    label = str(item.label)
    if item.code in ("start", "end"):
        return ClockField(label=label, required=False, widget=forms.TimeInput({"class": "tf-w-5"}))
    if item.code in ("pupils", "adults"):
        return _number(item.code, label)
    if item.code.endswith("_phone"):
        own = gettext("Telephone on the day") if side in PARTIES else label
        return PhoneField(label=own, required=False, help_text=PHONE_HELP)
    if item.code.endswith("_name"):
        own = gettext("Name of who is there on the day") if side in PARTIES else label
        return forms.CharField(label=own, max_length=120, required=False)
    return _text(item.code, _place_label(booking) if item.code == "place" else label, booking)


def _number(code: str, label: str) -> forms.IntegerField:
    low, high = (1, MOST_PUPILS) if code == "pupils" else (0, MOST_ADULTS)
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        required=code == "pupils",
        help_text=str(HELP.get(code, "")),
        widget=forms.TextInput({"inputmode": "numeric", "class": "tf-w-5"}),
        error_messages={
            "required": _("Write how many pupils take part"),
            "invalid": _("Write the number in figures, such as 28"),
        },
    )


def _text(code: str, label: str, booking: Booking) -> forms.CharField:
    online = code == "place" and booking.delivery in ONLINE
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST.get(code),
        widget=forms.Textarea({"rows": 2}) if code in LONG else forms.TextInput(),
        help_text=_("The web address with which the class takes part") if online else str(HELP.get(code, "")),
        validators=[no_pupil],
    )


def _place_label(booking: Booking) -> str:
    return gettext("Address of the meeting") if booking.delivery in ONLINE else gettext("Another address")
