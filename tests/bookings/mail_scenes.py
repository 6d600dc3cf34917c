"""Every mail of the question phase, brought about by the actions and the clock."""

import datetime as dt
from collections.abc import Callable

import time_machine
from django.utils import timezone

from techfinder.bookings import actions
from techfinder.bookings.actions.clock import run_due
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, ProviderRecord
from techfinder.bookings.telling.providers import tell_hidden, tell_warned
from techfinder.bookings.telling.to_coordinators import tell_tasks
from techfinder.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import MembershipFactory

SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR
# A Monday morning outside the holidays, far before any day that is asked.
START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def speak(parties: Parties, language: str) -> None:
    """All people of the two parties, and who coordinates, read this language."""
    for person in (parties.request.contact, parties.member, parties.coordinator):
        person.language = language
        person.save()
    parties.coordinator.moderates.add(parties.request.school.municipality)


def tick(days: int) -> None:
    """The clock runs each morning of so many days."""
    start = timezone.now()
    for day in range(1, days + 1):
        with time_machine.travel(start + dt.timedelta(days=day), tick=False):
            run_due()
            tell_tasks()


def queued(parties: Parties, *, auto: bool = True) -> Booking:
    """Of thirty places ten are taken by others."""
    parties.provider.auto_promote = auto
    parties.provider.save()
    parties.session.taken = 10
    parties.session.save()
    return parties.ask()


def _promoted(parties: Parties) -> None:
    first = parties.ask()
    parties.request = type(parties.request).objects.get(pk=parties.request.pk)
    second = parties.ask(part=2)
    assert second.state == "queued"
    parties.do("withdraw", first, SCHOOL)
    actions.promote_next(session_id=parties.session.pk)


def _taken_over(parties: Parties) -> None:
    booking = parties.ask()
    parties.do("accept", booking, PROVIDER, date=in_days(60))
    colleague = MembershipFactory(provider=parties.provider, user=UserFactory(name="Karim")).user
    parties.member = colleague
    parties.do("take_over", booking, PROVIDER, side=PROVIDER)


def _provider(told: Callable[[ProviderRecord], int]) -> Callable[[Parties], None]:
    def scene(parties: Parties) -> None:
        now = timezone.now()
        record = ProviderRecord.objects.create(provider=parties.provider, silent_in_row=3, warned_at=now, hidden_at=now)
        assert told(record) == 1

    return scene


def _elsewhere_asked(parties: Parties) -> None:
    parties.do("elsewhere", parties.ask(), PROVIDER)
    tick(50)


# Template: what brings it about, and the sides that get it.
SCENES: dict[str, tuple[Callable[[Parties], object], set[str]]] = {
    "booking_asked": (lambda parties: parties.ask(words="Graag op vrijdag. Bel 06-12345678."), {PROVIDER}),
    "booking_asked:offer": (lambda parties: parties.ask(PROVIDER), {SCHOOL}),
    "booking_asked:coordinator": (lambda parties: parties.ask(COORDINATOR), {PROVIDER}),
    "booking_sent": (lambda parties: parties.ask(), {SCHOOL}),
    "booking_queued": (queued, {SCHOOL}),
    "booking_queued:by hand": (lambda parties: queued(parties, auto=False), {SCHOOL}),
    "booking_in_queue": (lambda parties: queued(parties, auto=False), {PROVIDER}),
    "booking_promoted": (_promoted, {SCHOOL}),
    "booking_proposed": (
        lambda parties: parties.do("propose", parties.ask(), PROVIDER, date=in_days(70), words="Dan zijn we vrij."),
        {SCHOOL},
    ),
    "booking_proposed:back": (
        lambda parties: parties.do("propose", parties.ask(PROVIDER), SCHOOL, date=in_days(70)),
        {PROVIDER},
    ),
    "booking_on_behalf": (lambda parties: parties.ask(COORDINATOR), {SCHOOL}),
    "booking_on_behalf:proposed": (
        lambda parties: parties.do("propose", parties.ask(), COORDINATOR, date=in_days(70)),
        {PROVIDER},
    ),
    "booking_declined": (
        lambda parties: parties.do("decline", parties.ask(), PROVIDER, reason="full", words="Bel info@bedrijf.nl"),
        {SCHOOL},
    ),
    "booking_declined:offer": (
        lambda parties: parties.do("decline", parties.ask(PROVIDER), SCHOOL, reason="date"),
        {PROVIDER},
    ),
    "booking_declined:coordinator": (
        lambda parties: parties.do("decline", parties.ask(), COORDINATOR, reason="asked_to"),
        {SCHOOL, PROVIDER},
    ),
    "booking_withdrawn": (lambda parties: parties.do("withdraw", parties.ask(), SCHOOL), {PROVIDER}),
    "booking_withdrawn:offer": (lambda parties: parties.do("withdraw", parties.ask(PROVIDER), PROVIDER), {SCHOOL}),
    "booking_elsewhere": (lambda parties: parties.do("elsewhere", parties.ask(), PROVIDER), {SCHOOL}),
    "booking_elsewhere:asker": (lambda parties: parties.do("elsewhere", parties.ask(), SCHOOL), {PROVIDER}),
    "booking_elsewhere_asked": (_elsewhere_asked, {SCHOOL, PROVIDER}),
    "booking_reminder": (lambda parties: (parties.ask(), tick(12)), {PROVIDER}),
    "booking_reminder:offer": (lambda parties: (parties.ask(PROVIDER), tick(12)), {SCHOOL}),
    "booking_reminder:proposed": (
        lambda parties: (parties.do("propose", parties.ask(), PROVIDER, date=in_days(70)), tick(12)),
        {SCHOOL},
    ),
    "booking_escalated": (lambda parties: (parties.ask(), tick(20)), {SCHOOL}),
    "booking_escalated:offer": (lambda parties: (parties.ask(PROVIDER), tick(20)), {PROVIDER}),
    "booking_expired": (lambda parties: (parties.ask(), tick(50)), {SCHOOL, PROVIDER}),
    "booking_expired:offer": (lambda parties: (parties.ask(PROVIDER), tick(50)), {SCHOOL, PROVIDER}),
    "booking_expired:elsewhere": (_elsewhere_asked, {SCHOOL, PROVIDER}),
    "booking_no_place": (lambda parties: (queued(parties), tick(61)), {SCHOOL}),
    "booking_taken_over": (_taken_over, {PROVIDER}),
    "provider_warned": (_provider(tell_warned), {PROVIDER}),
    "provider_hidden": (_provider(tell_hidden), {PROVIDER}),
    "tasks": (lambda parties: (parties.ask(), tick(20)), {COORDINATOR}),
}
SEATED = {"booking_queued", "booking_in_queue", "booking_no_place", "booking_promoted"}


def play(scene: str, language: str = "nl", **activity: object) -> tuple[Parties, list[OutgoingMail]]:
    """What happens in a scene, from START on, and the mails of it that it is about."""
    template = scene.partition(":")[0]
    with time_machine.travel(START, tick=False):
        parties = Parties(seats=30 if template in SEATED else 0, splittable=True, **activity)
        speak(parties, language)
        SCENES[scene][0](parties)
    return parties, list(OutgoingMail.objects.filter(kind=template).order_by("pk"))
