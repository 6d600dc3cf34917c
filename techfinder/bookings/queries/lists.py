"""The bookings of one person, of both sides: what waits for her, what comes, what waits for another."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings.access import with_both_sides
from techfinder.bookings.machine import LIVE, SETTLED, Side, State
from techfinder.bookings.models import Booking, BookingQuerySet
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.queries import own_providers
from techfinder.requests.models import Request


@dataclass(frozen=True)
class Mine:
    """For whom a person acts, read once."""

    user_id: int
    schools: frozenset[int]
    providers: frozenset[int]

    def bookings(self) -> BookingQuerySet:
        """All of both sides, with what a line of a list says of them."""
        return with_both_sides().filter(self._of_school() | self._of_provider())

    def waiting(self) -> BookingQuerySet:
        """Those that wait for an answer of this person's side, the most urgent first."""
        school, provider = self._of_school() & Q(turn=Side.SCHOOL), self._of_provider() & Q(turn=Side.PROVIDER)
        return self.bookings().filter(school | provider).order_by("due_on", "id")

    def coming(self) -> BookingQuerySet:
        """Agreed days from today on, the first first."""
        return self.bookings().filter(state__in=SETTLED, date__gte=timezone.localdate()).order_by("date", "start", "id")

    def elsewhere(self) -> BookingQuerySet:
        """Those that wait for an answer of the other side, or for a place."""
        school, provider = self._of_school() & Q(turn=Side.PROVIDER), self._of_provider() & Q(turn=Side.SCHOOL)
        theirs = (school | provider) & ~(self._of_school() & self._of_provider())
        return self.bookings().filter(theirs | Q(state=State.QUEUED)).order_by("due_on", "id")

    def side_of(self, booking: Booking) -> Side:
        """For whom this person answers it; of both, for the one whose answer is awaited."""
        ours = []
        if booking.request.school_id in self.schools or self.user_id in (
            booking.school_contact_id,
            booking.request.contact_id,
        ):
            ours.append(Side.SCHOOL)
        if booking.activity.provider_id in self.providers:
            ours.append(Side.PROVIDER)
        return Side(booking.turn) if booking.turn in ours else ours[0]

    def of(self, side: Side) -> Q:
        """The bookings of one side."""
        return self._of_provider() if side == Side.PROVIDER else self._of_school()

    def _of_school(self) -> Q:
        contact = Q(school_contact=self.user_id) | Q(request__contact=self.user_id)
        return contact | Q(request__school__in=self.schools)

    def _of_provider(self) -> Q:
        return Q(activity__provider__in=self.providers)


def mine_of(user: User) -> Mine:
    """Whose bookings this person answers."""
    providers = own_providers(user).values_list("pk", flat=True)
    return Mine(user.pk, frozenset(school_ids_of(user)), frozenset(providers))


def of_request(request: Request) -> QuerySet[Booking]:
    """All bookings of a request: what lives first, then what ended, the newest first."""
    found = with_both_sides().filter(request=request)
    return found.order_by(F("ended_at").desc(nulls_first=True), "-created_at", "-id")


def live_of_activity(activity: Activity) -> QuerySet[Booking]:
    """The bookings of an activity that go on."""
    return with_both_sides().filter(activity=activity, state__in=LIVE)


def queues_of(activity: Activity) -> QuerySet[Booking]:
    """Who waits for a place on one of its days, the longest waiting first of each day."""
    found = with_both_sides().filter(activity=activity, state=State.QUEUED, session__isnull=False)
    return found.order_by("session__date", "session__start", "queued_at", "id")


def queue_lengths(activity: Activity) -> dict[int, int]:
    """How many wait for a place, by session; only for those with a queue."""
    waiting = Booking.objects.filter(activity=activity, state=State.QUEUED, session__isnull=False).order_by()
    return dict(waiting.values_list("session").annotate(Count("pk")))
