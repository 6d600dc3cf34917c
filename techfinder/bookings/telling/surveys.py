"""The mail with the longer questions of a term."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from techfinder.bookings.models import TermSurvey
from techfinder.bookings.telling.people import Recipient, mail_to
from techfinder.mail.compose import absolute
from techfinder.mail.models import OutgoingMail


def mail_survey(survey: TermSurvey, recipient: Recipient) -> OutgoingMail | None:
    """Once per survey; the caller owns the transaction."""
    return mail_to(
        recipient,
        "booking_term_survey",
        key=f"term-survey:{survey.pk}",
        context=of_survey(survey),
    )


def of_survey(survey: TermSurvey) -> dict[str, Any]:
    return {
        "count": survey.bookings,
        "button_url": absolute(reverse("bookings:survey", args=[survey.uuid])),
        "stop_url": absolute(reverse("bookings:stop_surveys", args=[survey.uuid])),
    }
