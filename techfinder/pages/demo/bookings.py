"""Bookings of the demo, one in each state that both sides meet: asked, offered, proposed, confirmed, happened."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings import actions
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models import Booking
from techfinder.pages.demo.offers import REFERENCE_SLUG
from techfinder.pages.demo.people import COMPANY, TEACHER
from techfinder.requests.models import Request
from techfinder.taxonomy.levels import level_leaves

DAYS_AGO = 9


def make_bookings() -> list[Booking]:
    """By the actions, as people do; what they mail is in the outbox."""
    race = Activity.objects.get(ref=REFERENCE_SLUG)
    own, nearly = Request.objects.open().filter(contact__email=TEACHER).order_by("pk")
    made = [_asked(own, race), _offered(nearly), *(_answered(request, race) for request in _others(race, 2))]
    for activity in race.provider.activities.filter(sessions=None).order_by("pk"):
        for request in _others(activity, 1):
            return [*made, _happened(request, activity)]
    return made


def _others(activity: Activity, count: int) -> list[Request]:
    """Questions of other schools of Zeeland for such a class."""
    near = Request.objects.open().filter(school__municipality__parent__code="NL-ZE", group_size__lte=30)
    fitting = near.exclude(contact__email=TEACHER).filter(audience=["pupils"]).order_by("pk")
    classes = level_leaves(activity.levels)
    return [each for each in fitting if level_leaves(each.levels) & classes][:count]


def _by(request: Request, side: Side) -> Actor:
    assert request.contact is not None  # everybody of the demo has an account
    return person(request.contact if side == Side.SCHOOL else User.objects.get(email=COMPANY), side)


def _ask(request: Request, activity: Activity, words: str, *, on_its_day: bool = True) -> Booking:
    session = activity.sessions.first() if on_its_day else None
    return actions.ask(
        request_id=request.pk,
        activity_id=activity.pk,
        by=_by(request, Side.SCHOOL),
        session_id=session.pk if session else None,
        words=words,
    )


def _asked(request: Request, race: Activity) -> Booking:
    """Waits for the company."""
    return _ask(request, race, "We doen graag mee met twee begeleiders. Kan het bouwpakket in mei al komen?")


def _offered(request: Request) -> Booking:
    """Waits for the teacher."""
    offers = Activity.objects.public().filter(themes__contains=["elektro"], delivery=["at_school"], kind="gastles")
    offer = offers.exclude(provider__membership=None).order_by("pk").first() or Activity.objects.public()[0]
    member = User.objects.filter(memberships__provider=offer.provider).order_by("pk")[0]
    return actions.ask(
        request_id=request.pk,
        activity_id=offer.pk,
        by=person(member, Side.PROVIDER),
        words="Wij komen graag langs met soldeerbouten en draad.",
    )


def _answered(request: Request, race: Activity) -> Booking:
    """The first is confirmed by both; for the next another day is proposed."""
    booking = _ask(request, race, "")
    company = _by(request, Side.PROVIDER)
    if race.bookings.exclude(pk=booking.pk).exclude(turn=Side.PROVIDER).exists():
        day = booking.date or timezone.localdate()
        return actions.propose(
            booking_id=booking.pk, version=booking.version, by=company, date=day - dt.timedelta(days=7),
            words="De race zelf is bijna vol. Een week eerder varen we ook, met minder drukte.",
        )  # fmt: skip
    booking = actions.accept(booking_id=booking.pk, version=booking.version, by=company)
    for side in PARTIES:
        booking = actions.confirm(booking_id=booking.pk, version=booking.version, by=_by(request, side))
    return booking


def _happened(request: Request, activity: Activity) -> Booking:
    """Agreed some time ago; its day has been, and both told so."""
    booking = _ask(request, activity, "", on_its_day=False)
    actions.accept(
        booking_id=booking.pk, version=booking.version, by=_by(request, Side.PROVIDER), date=request.date_from
    )
    Booking.objects.filter(pk=booking.pk).update(date=timezone.localdate() - dt.timedelta(days=DAYS_AGO))
    for side in PARTIES:
        actions.report(
            booking_id=booking.pk, by=_by(request, side), outcome="happened", again="yes",
            pupils=request.group_size, hours=Decimal(3),
        )  # fmt: skip
    return Booking.objects.get(pk=booking.pk)
