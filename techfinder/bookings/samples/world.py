"""One question between a school and a company that do not exist, as it stands in each sample. Nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from techfinder.activities.models import Activity
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, BookingEvent, DaySheet, Proposal
from techfinder.bookings.queries.alternatives import Alternative, Alternatives
from techfinder.bookings.replies.addresses import LOCAL_PART
from techfinder.bookings.telling.notes import PARTS
from techfinder.bookings.telling.words import of_booking
from techfinder.mail.addresses import address
from techfinder.mail.compose import parts_of
from techfinder.mail.gallery import Sample
from techfinder.mail.message import CalendarEvent
from techfinder.matches.telling.labels import FOR_PROVIDER, Labels
from techfinder.organisations.models import Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region

SCHOOL, PROVIDER, COORDINATOR, CLOCK = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR, Side.CLOCK
PEOPLE = {SCHOOL: "Elke de Vries", PROVIDER: "Karim Bakker"}
NOW = dt.datetime(2027, 3, 2, 9, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
DUE = dt.date(2027, 3, 16)
DAY, OTHER_DAY = dt.date(2027, 5, 28), dt.date(2027, 6, 1)
TEN, HALF_PAST_ELEVEN = dt.time(10), dt.time(11, 30)
REASONS: list[list[Any]] = [
    ["distance_km", 8.2],
    ["levels", ["po-7", "po-8"]],
    ["themes", ["energie"]],
    ["months", [5, 6]],
]
NEIGHBOUR = [*REASONS, ["waiting_days", 12]]

Content = Callable[[Booking, Side], Mapping[str, Any]]
Made = Callable[[], Booking]


def school() -> School:
    town = Region(code="GM0687", name="Middelburg")
    where = {"street": "Langstraat", "house_number": "12", "postcode": "4341 EC", "city": "Arnemuiden"}
    return School(name="Basisschool De Loefzijde", municipality=town, lat=51.5010, lon=3.6750, **where)


def provider() -> Provider:
    where = {"street": "Coudorp", "house_number": "3", "postcode": "4455 AB", "city": "Nieuwdorp"}
    return Provider(name="Sloewind Onderhoud", slug="sloewind-onderhoud", lat=51.4650, lon=3.7420, **where)


def activity() -> Activity:
    return Activity(
        provider=provider(),
        title="Wind vangen: bouw je eigen molen",
        slug="wind-vangen-bouw-je-eigen-molen",
        summary="Je klas bouwt een molen en meet hoeveel stroom die geeft.",
        kind="gastles",
        levels=["po-7", "po-8"],
        themes=["energie"],
        delivery=["at_school"],
        audience=["pupils"],
        group_min=10,
        group_max=30,
        duration_amount=Decimal(90),
        duration_unit=Activity.Unit.MINUTES,
        cost=Decimal(0),
        school_arranges="Een lokaal met stroom en vijf tafels.",
    )


def request(status: str = Request.Status.OPEN) -> Request:
    return Request(
        uuid=UUID("5b1d3a52-6a0c-4f43-9f4e-0d6a1f2b7c10"),
        school=school(),
        title="Zonne-energie: zelf iets bouwen dat werkt",
        contact_name=PEOPLE[SCHOOL],
        contact_email="elke@school.example",
        levels=["po-7", "po-8"],
        themes=["energie"],
        kinds=["gastles"],
        delivery=["at_school"],
        audience=["pupils"],
        group_size=28,
        date_from=dt.date(2027, 5, 3),
        date_until=dt.date(2027, 7, 2),
        date_note="Liefst op vrijdag.",
        goals="Leerlingen ontdekken waar stroom vandaan komt.",
        status=status,
    )


def booking(state: str = State.ASKED, *, turn: str = "", status: str = Request.Status.OPEN, **more: Any) -> Booking:
    """Number 0: no row has it, so that nothing of it is found in the database."""
    made = Booking(
        id=0,
        uuid=UUID("c2a7f0de-91b4-4b7e-8a55-7e3f5d1c9a21"),
        request=request(status),
        activity=activity(),
        state=state,
        turn=turn,
        delivery="at_school",
        pupils=28,
        adults=2,
        school_name=PEOPLE[SCHOOL],
        school_email="elke@school.example",
        school_phone="0118 55 01 23",
        provider_name=PEOPLE[PROVIDER],
        provider_email="karim@bedrijf.example",
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def asked(turn: str = PROVIDER, **more: Any) -> Booking:
    """A question, or an offer, that waits for an answer."""
    return booking(turn=turn, due_on=DUE, **more)


def settled(state: str = State.AGREED, **more: Any) -> Booking:
    """A day that is agreed, of which the company has still something to say."""
    made = booking(state, **{"date": DAY, "start": TEN, "end": HALF_PAST_ELEVEN, **more})
    DaySheet(booking=made, report_to="De conciërge, bij de hoofdingang", parking="Op het plein voor de school")
    return made


def ended(state: str, by: str, reason: str = "", **more: Any) -> Booking:
    """A question that came to nothing."""
    return booking(state, ended_by=by, end_reason=reason, **more)


def proposal(by: str, *, words: str = "") -> Proposal:
    return Proposal(by=by, date=OTHER_DAY, start=TEN, end=HALF_PAST_ELEVEN, words=words)


def step(action: str, side: str, *, words: str = "", **changed: Any) -> BookingEvent:
    return BookingEvent(action=action, side=side, words=words, changed=changed, version=1, at=NOW)


# ------------------------------------------------------------------ what else there is


def other_offers() -> Alternatives:
    """Two activities that fit the same request."""
    labels = Labels()
    oven = Alternative(
        "Zonne-oven van karton", "Gastles op school. Maakplaats De Rede, Vlissingen", "/aanbod/zonne-oven-van-karton/",
        labels.reasons(REASONS), labels.shortfalls([["group_split", [24, 2]]]),
    )  # fmt: skip
    boat = Alternative(
        "Boten op zonlicht", "Project op school. Werf Noordzout, Middelburg", "/aanbod/boten-op-zonlicht/",
        labels.reasons(REASONS[:3]),
    )  # fmt: skip
    return Alternatives("activities", [oven, boat], "/aanbod/")


def other_requests() -> Alternatives:
    """Another school that asks for what the company offers."""
    reasons = Labels().reasons(NEIGHBOUR, only=FOR_PROVIDER)
    title, line = "Stroom uit de wind", "Basisschool Het Veerhuis, Goes. Groep 7, 24 leerlingen, mei."
    return Alternatives("requests", [Alternative(title, line, "/mijn/", reasons)], "/mijn/")


def other_ways(side: str) -> Alternatives:
    return other_offers() if side == SCHOOL else other_requests()


def ways(*, is_open: bool = True) -> Content:
    """As `telling.asking.ways_on` finds them in the database."""
    return lambda _booking, side: {"others": other_ways(side), "is_open": is_open}


NO_WAYS: Content = lambda _booking, _side: {"others": Alternatives(), "is_open": False}  # noqa: E731


# ------------------------------------------------------------------ a sample


def sample(
    name: str,
    side: Side,
    content: Content,
    made: Made = asked,
    event: Callable[[], BookingEvent] | None = None,
    calendar: Callable[[], CalendarEvent] | None = None,
) -> Sample:
    """What one side is mailed of a booking: the words of all its mails, and those of this one."""
    return Sample(
        name,
        lambda: content(made(), side),
        common=lambda: of_booking(made(), event() if event else None, side),
        person=PEOPLE[side],
        thread=booking().thread,
        reply_to=address(LOCAL_PART, "3f9c0a7be12d4c58a6f1e09d7b24c8a5"),
        calendar=calendar or (lambda: None),
    )


def note(
    template: str,
    name: str,
    side: Side,
    made: Made = asked,
    content: Content = lambda _booking, _side: {},
    event: Callable[[], BookingEvent] | None = None,
) -> Sample:
    """As `sample`, of a mail that is made by `telling.notes.note`."""
    parts = parts_of(template, PARTS)
    return sample(name, side, lambda booking, of: {"parts": parts, **content(booking, of)}, made, event)
