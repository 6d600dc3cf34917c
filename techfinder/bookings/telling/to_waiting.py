"""What is mailed of the waiting list: to the school when a human looked or its place changed, to coordinators when a
request is handed to them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.waiting import place_of
from techfinder.bookings.telling.people import coordinators
from techfinder.bookings.waiting_tokens import waiting_url
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.matches.telling.words import request_line
from techfinder.taxonomy.templatetags.ui import weekday


def tell_looked(waiting: Waiting) -> None:
    """A human looked; with what she wrote, the place on the list and when somebody looks again."""
    _to_school(waiting, "waiting_looked", {"words": waiting.note, "by": str(waiting.looked_by or "")})


def tell_moved(waiting: Waiting) -> None:
    """The place on the list, or what fits, got better since."""
    _to_school(waiting, "waiting_moved", {})


def _to_school(waiting: Waiting, template: str, context: dict[str, Any]) -> None:
    request = waiting.request
    person = request.contact
    language = person.language if person else "nl"
    with translation.override(language):
        told = _facts(waiting) | context
    queue_mail(
        key=f"{template}:{waiting.pk}:{waiting.told_at:%Y%m%d%H%M%S}",
        kind=template,
        to=person.email if person else request.contact_email,
        recipient=person,
        language=language,
        template=template,
        context={**told, "button_url": waiting_url(request)},
        thread=f"request-{request.uuid}",
    )


def _facts(waiting: Waiting) -> dict[str, Any]:
    return {
        "title": waiting.request.title,
        "line": request_line(waiting.request),
        "place": place_of(waiting),
        "fits": waiting.told_fits or 0,
        "look_on": weekday(waiting.look_on),
    }


def tell_handed_over(waiting: Waiting, *, by: User, words: str) -> None:
    """The coordinators of the region that takes a request over, but for who gave it."""
    request = waiting.request
    for each in coordinators(waiting.handed_to):
        if each.user == by:
            continue
        with translation.override(each.language):
            line = request_line(request)
        queue_mail(
            key=f"waiting_handed:{waiting.pk}:{waiting.handed_to_id}:{timezone.now():%Y%m%d%H%M}:{each.email}"[:200],
            kind="waiting_handed",
            to=each.email,
            recipient=each.user,
            language=each.language,
            template="waiting_handed",
            context={
                "title": request.title,
                "line": line,
                "school": request.school.name,
                "by": str(by),
                "region": str(waiting.handed_to),
                "words": words,
                "button_url": absolute(reverse("moderation:waiting_one", args=[request.uuid])),
            },
        )
