"""The longer questions of a term: who is asked, and what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from techfinder.bookings.models import Booking, TermSurvey
from techfinder.bookings.queries.terms import STOP, Asked, Term, not_asked, term_to_ask
from techfinder.bookings.telling.people import Recipient, recipients
from techfinder.bookings.telling.surveys import mail_survey


def ask_surveys(*, today: dt.date | None = None) -> int:
    """Ask everybody who had a booking in the term whose questions go out now, once. Returns how many were asked.

    Each address is a transaction. Of a day on which no term is asked: nobody.
    """
    term = term_to_ask(today or timezone.localdate())
    return sum(_ask(term, each) for each in not_asked(term)) if term else 0


@transaction.atomic
def _ask(term: Term, asked: Asked) -> bool:
    """Mail one address, unless it left or does not want to be mailed: then it counts as asked."""
    survey, is_new = TermSurvey.objects.get_or_create(
        side=asked.side, email=asked.email, term=term.name, defaults={"bookings": asked.bookings}
    )
    recipient = _recipient(asked) if is_new else None
    if recipient is None:
        return False
    return mail_survey(survey, recipient) is not None


def _recipient(asked: Asked) -> Recipient | None:
    booking = Booking.objects.select_related("request__school", "activity__provider", f"{asked.side}_contact").get(
        pk=asked.latest
    )
    mailed = recipients(booking, asked.side)
    contact = getattr(booking, f"{asked.side}_contact")
    known = {asked.email.lower(), contact.email.lower() if contact else ""}
    return next((each for each in mailed if each.email.lower() in known), None)


@transaction.atomic
def stop_surveys(*, survey_id: int) -> None:
    """Ask this address no questions of a term any more; again changes nothing."""
    survey = TermSurvey.objects.select_for_update().get(pk=survey_id)
    survey.answers = {**survey.answers, STOP: 1}
    survey.answered_at = survey.answered_at or timezone.now()
    survey.save(update_fields=["answers", "answered_at"])


@transaction.atomic
def answer_survey(*, survey_id: int, answers: Mapping[str, int], words: str = "") -> bool:
    """Keep the answers, 1 to 5 by question. False when they were given already: the first ones stand."""
    survey = TermSurvey.objects.select_for_update().get(pk=survey_id)
    if survey.answered_at is not None:
        return False
    survey.answers, survey.words, survey.answered_at = dict(answers), words, timezone.now()
    survey.save(update_fields=["answers", "words", "answered_at"])
    return True
