"""Samples of what is asked afterwards, and of the mails of a partnership."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, Partnership, TermSurvey
from techfinder.bookings.samples.world import PEOPLE, PROVIDER, SCHOOL, provider, sample, school, settled
from techfinder.bookings.telling.partnerships import of_partnership
from techfinder.bookings.telling.surveys import of_survey
from techfinder.mail.gallery import Sample, register

TOGETHER = UUID("7d20c5be-4a6f-4d0c-8a0e-2f6b9c1d5e83")


def _report(booking: Booking, side: Side) -> dict[str, Any]:
    return {"button_url": link(booking, side, Purpose.REPORT)}


register("booking_after", sample("school", SCHOOL, _report, settled), sample("company", PROVIDER, _report, settled))
register("booking_again_after", sample("school", SCHOOL, _report, settled))


def _survey(name: str, count: int) -> Sample:
    survey = TermSurvey(uuid=TOGETHER, side=SCHOOL, email="elke@school.example", term="2026-2", bookings=count)
    return Sample(name, lambda: of_survey(survey))


register("booking_term_survey", _survey("several", 3), _survey("one", 1))


def _partnership(template: str, name: str, to: Side, words: str) -> Sample:
    def context() -> dict[str, Any]:
        partnership = Partnership(uuid=TOGETHER, school=school(), provider=provider(), words=words)
        return of_partnership(partnership, template=template, to=to)

    return Sample(name, context, person=PEOPLE[to], thread=f"partnership-{TOGETHER}")


for _template in ("booking_partnership_proposed", "booking_partnership_accepted", "booking_partnership_ended"):
    register(
        _template,
        _partnership(_template, "school", SCHOOL, "Elk jaar in mei een molen bouwen met groep 7 en 8."),
        _partnership(_template, "company", PROVIDER, ""),
    )
