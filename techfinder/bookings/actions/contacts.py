"""Contacts that leave, or whose address is dead: somebody else of the organisation takes their place, or a coordinator
is asked to find one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext

from techfinder.accounts.models import User
from techfinder.bookings.actions.base import record
from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.actors import CLOCK, Actor
from techfinder.bookings.machine import LIVE, PARTIES, Side, Step
from techfinder.bookings.models import Booking, Task
from techfinder.mail.models import Suppression
from techfinder.organisations.actions import leave
from techfinder.organisations.models import Membership, Provider, School
from techfinder.requests.contacts import change_contact
from techfinder.requests.models import Request

MOST = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Who is contact now, or becomes it. Without an account there is only an address."""

    user: User | None
    name: str
    email: str


@transaction.atomic
def contact_gone(
    *, side: Side, by: Actor, booking_id: int | None = None, provider_id: int | None = None
) -> int:  # fmt: skip
    """The contact of a side of a booking works there no more; or, for a provider, who says so of herself.

    She leaves the organisation, and everything of it that she was the contact of goes to another member, who is mailed;
    or to the general address of a provider, or to nobody, and then the coordinator gets a task. Returns how many
    bookings changed hands; a second time none.
    """
    if booking_id is not None:
        booking = Booking.objects.select_related("request__school", "activity__provider").get(pk=booking_id)
        organisation = _organisation(booking, side)
        gone = _contact(booking, side)
    else:
        assert provider_id is not None  # one of both
        organisation = Provider.objects.get(pk=provider_id)
        gone = Person(by.user, by.name, by.email)
    if not gone.email:
        return 0
    for membership in _memberships(organisation).filter(user__email__iexact=gone.email):
        leave(membership=membership)
    return _replace(organisation, gone, by)


@transaction.atomic
def step_out(*, user: User) -> int:
    """What this person is the contact of goes on with somebody else of the organisation. Returns how many bookings."""
    gone, count = Person(user, user.name, user.email), 0
    for side in PARTIES:
        rows = (
            Booking.objects.live()
            .filter(_of_contact(side, gone))
            .select_related("request__school", "activity__provider")
        )
        for organisation in {_organisation(booking, side) for booking in rows}:
            count += _replace(organisation, gone, Actor(side))
    return count


def _organisation(booking: Booking, side: str) -> School | Provider:
    return booking.request.school if side == Side.SCHOOL else booking.activity.provider


def _contact(booking: Booking, side: str) -> Person:
    user: User | None = getattr(booking, f"{side}_contact")
    name, email, _phone = booking.contact(side)
    return Person(user, user.name or name, user.email) if user else Person(None, name, email)


def _memberships(organisation: School | Provider) -> QuerySet[Membership]:
    """Who acts for it; for a school also through its board."""
    active = Membership.objects.filter(status=Membership.Status.ACTIVE)
    if isinstance(organisation, Provider):
        return active.filter(provider=organisation)
    board = Q(board__isnull=False, board=organisation.board_id)
    return active.filter(Q(school=organisation) | board).order_by(F("school").asc(nulls_last=True), "created_at", "pk")


def _replace(organisation: School | Provider, gone: Person, by: Actor) -> int:
    """Everything of the organisation that this person was the contact of."""
    side = Side.PROVIDER if isinstance(organisation, Provider) else Side.SCHOOL
    heir = successor(organisation, gone)
    theirs = _of_contact(side, gone)
    here = Q(activity__provider=organisation.pk) if side == Side.PROVIDER else Q(request__school=organisation.pk)
    ids = list(Booking.objects.live().filter(here & theirs).order_by("pk").values_list("pk", flat=True))
    for booking_id in ids:
        _hand_on(booking_id, side, gone, heir, by)
    _hand_on_ended(here & theirs, side, heir)
    if isinstance(organisation, School):
        _hand_on_requests(organisation, gone, heir)
    return len(ids)


def _of_contact(side: str, gone: Person) -> Q:
    theirs = Q(**{f"{side}_email__iexact": gone.email})
    return theirs | Q(**{f"{side}_contact": gone.user}) if gone.user else theirs


def successor(organisation: School | Provider, gone: Person) -> Person | None:
    """The member who acts for it longest, of whom the address is not dead; else the general address of a provider."""
    others = _memberships(organisation).filter(user__is_active=True).exclude(user__email__iexact=gone.email)
    reachable = others.exclude(Exists(Suppression.objects.dead().filter(email=Lower(OuterRef("user__email")))))
    first = reachable.select_related("user").first()
    if first:
        return Person(first.user, first.user.name, first.user.email)
    if isinstance(organisation, School) or organisation.email.lower() == gone.email.lower():
        return None
    is_dead = Suppression.objects.dead().filter(email=organisation.email.lower()).exists()
    return None if is_dead else Person(None, organisation.name, organisation.email.lower())


def find_contact(booking: Booking) -> None:
    """Name a contact of the provider where there is none yet: with the day agreed, the school must reach somebody.

    Who says yes by the link of a mail to several is none of them by name. Sets the fields, saves nothing.
    """
    nobody = Person(None, "", "")
    if not booking.provider_email and (found := successor(booking.activity.provider, nobody)):
        booking.provider_contact, booking.provider_name = found.user, found.name[:120]
        booking.provider_email = found.email.lower()


def _hand_on(booking_id: int, side: str, gone: Person, heir: Person | None, by: Actor) -> None:
    rows = Booking.objects.select_for_update(of=("self",))
    booking = rows.select_related("request__school__municipality", "activity__provider__municipality").get(
        pk=booking_id
    )
    if not booking.is_live or _contact(booking, side).email.lower() != gone.email.lower():
        return
    setattr(booking, f"{side}_contact", heir.user if heir else None)
    setattr(booking, f"{side}_name", heir.name[:120] if heir else "")
    setattr(booking, f"{side}_email", heir.email.lower() if heir else "")
    # It was hers.
    setattr(booking, f"{side}_phone", "")
    changed = {f"{side}_name": [gone.name, heir.name if heir else ""]}
    # Without an address: whoever steps out does not become the contact by doing so.
    record(booking, step=Step.TAKE_OVER, by=replace(by, email=""), before=booking.state, changed=changed,
           reschedule=False)  # fmt: skip
    if heir is None or heir.user is None:
        open_task(kind=Task.Kind.CONTACT_GONE, about=booking, note=_note(side, heir))


def _hand_on_ended(hers: Q, side: str, heir: Person | None) -> None:
    """What is over needs nobody; but old links act for the contact, to tell how it was or to write."""
    Booking.objects.filter(hers).exclude(state__in=LIVE).update(
        **{
            f"{side}_contact": heir.user if heir else None,
            f"{side}_name": heir.name[:120] if heir else "",
            f"{side}_email": heir.email.lower() if heir else "",
            f"{side}_phone": "",
        }
    )


def _note(side: str, heir: Person | None) -> str:
    if heir:
        return gettext("The contact of the provider left. Its general address gets the mails now.")
    if side == Side.SCHOOL:
        return gettext("The contact of the school cannot be reached, and nobody else acts for it.")
    return gettext("The contact of the provider cannot be reached, and nobody else acts for it.")


def _hand_on_requests(school: School, gone: Person, heir: Person | None) -> None:
    """What she asked goes on with somebody else; without anybody a coordinator looks for whom."""
    hers = Q(contact_email__iexact=gone.email)
    hers = hers | Q(contact=gone.user) if gone.user else hers
    found = Request.objects.open().filter(hers, school=school).order_by("pk")
    for request in found.select_related("school__municipality"):
        change_contact(
            request_id=request.pk,
            contact=heir.user if heir else None,
            name=heir.name if heir else "",
            email=heir.email if heir else "",
        )
        if heir is None and not request.bookings.live().exists():
            open_task(kind=Task.Kind.CONTACT_GONE, about=request, note=_note(Side.SCHOOL, None))


# -------------------------------------------------- found by nobody's word


def sweep_contacts() -> int:
    """Do the same for contacts whose address bounces, or who left the organisation or the site in another way.

    Who bounces stays a member: an address proves nothing of a person. Returns of how many bookings and open requests
    the contact could not be reached; a second time none.
    """
    bookings = [(side, pk) for side in PARTIES for pk in _first(_bookings(side))]
    count = sum(_sweep_booking(side, pk) for side, pk in bookings)
    return count + sum(_sweep_request(pk) for pk in _first(_requests()))


def _first(found: QuerySet[Any]) -> list[int]:
    return list(found.order_by("pk").values_list("pk", flat=True)[:MOST])


def _bookings(side: str) -> QuerySet[Booking]:
    kind = "provider" if side == Side.PROVIDER else "school"
    path = "activity__provider" if side == Side.PROVIDER else "request__school"
    return _unreachable(Booking.objects.live(), f"{side}_contact", f"{side}_email", kind, path)


def _requests() -> QuerySet[Request]:
    return _unreachable(Request.objects.open(), "contact", "contact_email", "school", "school")


def _unreachable(rows: QuerySet[Any], contact: str, email: str, kind: str, path: str) -> QuerySet[Any]:
    """Of these rows those whose contact bounces, left, or closed the account; `path` leads to the organisation."""
    hers = Membership.objects.filter(user=OuterRef(contact))
    left = Q(Exists(hers.filter(status=Membership.Status.LEFT, **{kind: OuterRef(path)})))
    if kind == "school":
        left &= ~Q(Exists(hers.filter(status=Membership.Status.ACTIVE, board=OuterRef(f"{path}__board"))))
    rows = rows.annotate(address=Lower(Coalesce(f"{contact}__email", email)))
    dead = Q(Exists(Suppression.objects.dead().filter(email=OuterRef("address"))))
    return rows.filter(dead | left | Q(**{f"{contact}__is_active": False}))


@transaction.atomic
def _sweep_booking(side: Side, booking_id: int) -> bool:
    # With an earlier one of this run it may have gone to somebody else already.
    found = _bookings(side).select_related("request__school", "activity__provider").filter(pk=booking_id).first()
    if found is not None:
        _replace(_organisation(found, side), _contact(found, side), CLOCK)
    return found is not None


@transaction.atomic
def _sweep_request(request_id: int) -> bool:
    found = _requests().select_related("school", "contact").filter(pk=request_id).first()
    if found is None:
        return False
    user = found.contact
    _replace(found.school, Person(user, found.contact_name, user.email if user else found.contact_email), CLOCK)
    return True
