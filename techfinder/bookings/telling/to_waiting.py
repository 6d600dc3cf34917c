"""What is mailed of the waiting list: to the school when a human looked or its place changed, to coordinators when a
request is handed to them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.links.waiting import waiting_url
from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.waiting import Place, place_of
from techfinder.bookings.telling.people import LANGUAGE, MOST, Recipient, coordinators, mail_to, of_person
from techfinder.mail.compose import absolute
from techfinder.matches.telling.words import request_line
from techfinder.organisations.models import Membership
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import weekday


def tell_looked(waiting: Waiting) -> None:
    """A human looked; with what she wrote, the place on the list and when somebody looks again."""
    _to_school(waiting, "waiting_looked", {"words": waiting.note, "by": str(waiting.looked_by or "")})


def tell_moved(waiting: Waiting, *, closer: bool) -> None:
    """The place on the list (`closer`), or what fits, got better since."""
    _to_school(waiting, "waiting_moved", {"closer": closer})


def _to_school(waiting: Waiting, template: str, context: dict[str, Any]) -> None:
    for each in _readers(waiting.request):
        with translation.override(each.language):
            told = of_waiting(waiting, place_of(waiting)) | context
        mail_to(
            each,
            template,
            key=f"{template}:{waiting.pk}:{waiting.told_at:%Y%m%d%H%M%S}:{each.email}",
            context=told,
            thread=waiting.request.thread,
        )


def _readers(request: Request) -> list[Recipient]:
    """The contact of the request; who left the school is followed by those who act for it, at most five."""
    person = request.contact
    if person is None:
        return [Recipient(None, request.contact_email, request.contact_name, LANGUAGE)] if request.contact_email else []
    theirs = Membership.objects.filter(school=request.school_id)
    if not theirs.filter(user=person, status=Membership.Status.LEFT).exists():
        return [of_person(person)]
    active = theirs.filter(status=Membership.Status.ACTIVE, user__is_active=True)
    return [of_person(each.user) for each in active.select_related("user").order_by("created_at", "pk")[:MOST]]


def of_waiting(waiting: Waiting, place: Place) -> dict[str, Any]:
    """What a school hears of its place: the question, where it stands, what fits and when somebody looks again."""
    return {
        "title": waiting.request.title,
        "line": request_line(waiting.request),
        "place": place,
        "fits": waiting.told_fits or 0,
        "look_on": weekday(waiting.look_on),
        "button_url": waiting_url(waiting.request),
    }


def tell_handed_over(waiting: Waiting, *, by: User, words: str) -> None:
    """The coordinators of the region that takes a request over, but for who gave it."""
    request = waiting.request
    for each in coordinators(waiting.handed_to):
        if each.user == by:
            continue
        with translation.override(each.language):
            context = of_handing_over(waiting, by=by, words=words)
        mail_to(
            each,
            "waiting_handed",
            key=f"waiting_handed:{waiting.pk}:{waiting.handed_to_id}:{timezone.now():%Y%m%d%H%M}:{each.email}",
            context=context,
            thread=request.thread,
        )


def of_handing_over(waiting: Waiting, *, by: User, words: str) -> dict[str, Any]:
    """What the coordinators of the other region read, in the active language."""
    request = waiting.request
    return {
        "title": request.title,
        "line": request_line(request),
        "school": request.school.name,
        "by": str(by),
        "region": str(waiting.handed_to),
        "words": words,
        "button_url": absolute(reverse("moderation:waiting_one", args=[request.uuid])),
    }
