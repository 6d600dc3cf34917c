"""Tasks in words, for coordinators: what happened, about what, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.bookings.models import Booking, Task
from techfinder.requests.models import Request

Kind = Task.Kind
# What each asks of a coordinator.
ADVICE = {
    Kind.SILENT: _(
        "Call who must answer. You may answer for them on the page of the booking, or find the school something else."
    ),
    Kind.PROVIDER_SILENT: _("Ask the provider whether it still wants to be asked. Its offers are hidden or will be."),
    Kind.WAITING: _("Look what keeps this request from a place, tell the school, or ask for an activity yourself."),
    Kind.CONFLICT: _("Ask both what happened. What you say on the page of the booking counts."),
    Kind.CONCERN: _("Read what was said, and call who is concerned."),
    Kind.CONTACT_GONE: _("Ask the organisation who takes over, and have that person sign in or be invited."),
    Kind.CANCELLED_LATE: _("Ask whether all is well, and help the other side to something else."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One task: its title is what it is about, `links` what can be done, the most needed first."""

    task: Task
    title: str
    meta: str
    advice: str
    links: list[Link]


def line(task: Task) -> Line:
    return Line(task, _title(task), _meta(task), str(ADVICE[Kind(task.kind)]), list(_links(task)))


def _title(task: Task) -> str:
    if task.booking:
        return task.booking.activity.title
    if task.request:
        return task.request.title
    return str(task.provider or task.region or "")


def _meta(task: Task) -> str:
    if task.booking:
        return gettext("%(school)s and %(provider)s") % {
            "school": _school(task.booking.request),
            "provider": task.booking.activity.provider.name,
        }
    if task.request:
        return _school(task.request)
    return task.provider.city if task.provider else ""


def _school(request: Request) -> str:
    return f"{request.school.name}, {request.school.city or request.school.municipality.name}"


def _links(task: Task) -> Iterator[Link]:
    """What this kind needs first."""
    if task.booking:
        yield Link(gettext("Open the booking"), task.booking.get_absolute_url())
    request = task.booking.request if task.booking else task.request
    if request and task.kind == Kind.WAITING:
        yield Link(gettext("Look at the request"), reverse("moderation:waiting_one", args=[request.uuid]))
    if request and request.status == Request.Status.OPEN:
        yield Link(gettext("Find another activity"), reverse("moderation:broker", args=[request.uuid]))
    provider = task.provider or (task.booking.activity.provider if task.booking else None)
    if provider:
        yield Link(gettext("Page of %(provider)s") % {"provider": provider.name}, provider.get_absolute_url())


def people(task: Task) -> list[tuple[str, str, str]]:
    """Whom to call: organisation, name, and telephone or address; what is known."""
    found = _of_booking(task.booking) if task.booking else []
    request = task.request
    if not task.booking and request:
        found = [(request.school.name, request.contact_name, request.contact_email or request.school.phone)]
        found.append((request.school.name, gettext("telephone in the register"), request.school.phone))
    if not found and task.provider:
        found = [(task.provider.name, "", task.provider.email)]
    return [row for row in found if row[2]]


def _of_booking(booking: Booking) -> list[tuple[str, str, str]]:
    school, provider = booking.request.school, booking.activity.provider
    return [
        (school.name, booking.school_name, booking.school_phone or booking.school_email),
        (school.name, gettext("telephone in the register"), school.phone),
        (provider.name, booking.provider_name, booking.provider_phone or booking.provider_email or provider.email),
    ]
