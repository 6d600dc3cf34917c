"""Whom the mails of a booking go to, and how each is queued."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Value
from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.replies.addresses import reply_to
from techfinder.bookings.telling.words import of_booking
from techfinder.mail.actions import queue_mail
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.organisations.models import Membership, Provider
from techfinder.organisations.queries import members_of
from techfinder.taxonomy.models import Region

LANGUAGE = "nl"
LONGEST_KEY = 200
# Of one organisation whose contact cannot be reached.
MOST = 5
# A day so near that what happens to it cannot wait for the morning.
NEAR = dt.timedelta(days=2)
NEWS_OF_DAY = frozenset({Step.CANCEL, Step.CHANGE})
Context = Mapping[str, Any] | Callable[["Recipient"], Mapping[str, Any]]


class Recipient(NamedTuple):
    """One address that is mailed; `user` is None when nobody has an account of it."""

    user: User | None
    email: str
    name: str
    language: str


# ------------------------------------------------------------------ who


def recipients(booking: Booking, side: str) -> list[Recipient]:
    """Whom a party is mailed at: its contact; when that cannot be reached the others who act for it, at most five.

    Nobody of a party that declined or withdrew; never somebody who left it, nor an address that must not be mailed.
    """
    if has_turned_away(booking, side):
        return []
    contact = contact_of(booking, side)
    if contact is not None:
        return [contact]
    return _others(booking, side)[:MOST]


def contact_of(booking: Booking, side: str) -> Recipient | None:
    """The contact of a party, when she can be reached and did not leave."""
    contact = named_contact(booking, side)
    return contact if contact is not None and _reachable([contact], booking, side) else None


def has_turned_away(booking: Booking, side: str) -> bool:
    """Whether this party itself put an end to the question."""
    return booking.state in (State.DECLINED, State.WITHDRAWN) and booking.ended_by == side


def of_person(user: User) -> Recipient:
    return Recipient(user, user.email, user.name, user.language)


def named_contact(booking: Booking, side: str) -> Recipient | None:
    """The contact, reachable or not: a person by the address of the account, which may have changed since."""
    user: User | None = getattr(booking, f"{side}_contact")
    if user is not None:
        return of_person(user)
    name, email, _phone = booking.contact(side)
    return Recipient(None, email, name, LANGUAGE) if email else None


def _others(booking: Booking, side: str) -> list[Recipient]:
    """Everybody who acts for the party and can be reached, the longest first; a provider of which nobody can, by its
    general address."""
    active = _memberships(booking, side).filter(status=Membership.Status.ACTIVE, user__is_active=True)
    bounced = Suppression.objects.standing().filter(email=OuterRef("user__email"))
    found = active.exclude(Exists(bounced)).select_related("user").order_by("created_at", "pk")
    people = [of_person(each.user) for each in found]
    if people or side == Side.SCHOOL:
        return people
    provider = booking.activity.provider
    return _reachable([Recipient(None, provider.email, provider.name, LANGUAGE)], booking, side)


def _memberships(booking: Booking, side: str) -> Any:
    if side == Side.PROVIDER:
        return Membership.objects.filter(provider=booking.activity.provider_id)
    return Membership.objects.filter(school=booking.request.school_id)


def _reachable(people: Sequence[Recipient], booking: Booking, side: str) -> list[Recipient]:
    """Those who did not leave the party and whose address takes mail; one query when nobody left."""
    addresses = {each.email.lower() for each in people}
    if not addresses:
        return []
    theirs = _memberships(booking, side).filter(user__email__in=addresses)
    left = theirs.filter(status=Membership.Status.LEFT).values_list("user__email", Value(value=True))
    found = list(left.union(*_silenced_rows(addresses)))
    gone = {email for email, has_left in found if has_left}
    silenced = {email for email, has_left in found if not has_left}
    if gone:
        gone -= _acting_again(gone, booking, side)
    return [each for each in people if each.email.lower() not in gone | silenced]


def _acting_again(left: set[str], booking: Booking, side: str) -> set[str]:
    """Those who act for the party again, or through its board."""
    acting = Q(status=Membership.Status.ACTIVE, user__email__in=left)
    still = _memberships(booking, side).filter(acting).values_list("user__email", flat=True)
    board = booking.request.school.board_id if side == Side.SCHOOL else None
    by_board = Membership.objects.filter(acting, board__isnull=False, board=board).values_list("user__email", flat=True)
    return {*still, *by_board}


def _silenced(addresses: Iterable[str]) -> set[str]:
    suppressed, closed = _silenced_rows(addresses)
    return {email for email, _left in suppressed.union(closed)}


def _silenced_rows(addresses: Iterable[str]) -> list[Any]:
    """The addresses that bounce, and those of accounts that are closed. Who wants no mail about matches is no such one:
    what is mailed of a booking answers to own questions."""
    suppressed = Suppression.objects.standing().filter(email__in=addresses)
    closed = User.objects.filter(email__in=addresses, is_active=False)
    return [rows.values_list("email", Value(value=False)) for rows in (suppressed, closed)]


def people_of(provider: Provider) -> list[Recipient]:
    """Everybody who acts for a provider and can be reached; without people its general address."""
    members = [of_person(user) for user in members_of(provider).order_by("pk")]
    return reachable(members or [Recipient(None, provider.email, provider.name, LANGUAGE)])[:MOST]


def reachable(people: Sequence[Recipient]) -> list[Recipient]:
    """Those whose address takes mail."""
    silenced = _silenced({each.email.lower() for each in people})
    return [each for each in people if each.email.lower() not in silenced]


def coordinators(region: Region | None) -> list[Recipient]:
    """Who looks after a municipality (or another region): whoever moderates it or what it lies under."""
    if region is None:
        return []
    found = User.objects.filter(is_active=True, moderates__in=_above(region)).distinct().order_by("pk")
    return [of_person(user) for user in found]


def _above(region: Region) -> set[int]:
    """The region, its networks, and all that these lie under."""
    parents = dict(Region.objects.values_list("pk", "parent_id").exclude(type=Region.Type.MUNICIPALITY))
    found = {region.pk}
    for start in (region.parent_id, *region.networks.values_list("pk", flat=True)):  # type: ignore[attr-defined]
        at = start
        while at and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


# ------------------------------------------------------------------ how


def queue(
    booking: Booking, event: BookingEvent | None, side: str, template: str, context: Context, *, once: str = ""
) -> list[OutgoingMail]:
    """Write one mail to everybody whom this party is mailed at, each in their own language; the caller owns the
    transaction. The same step gives the same mail only once; `once` tells two mails of one step apart.

    `context` is added to what every mail of a booking says (`telling.words.of_booking`); give a function of the
    recipient when it holds words: it is called under the recipient's language. A `calendar` in it goes along.
    """
    return [
        mail
        for each in recipients(booking, side)
        if (mail := send(booking, event, side, template, context, each, once))
    ]


def send(
    booking: Booking,
    event: BookingEvent | None,
    side: str,
    template: str,
    context: Context,
    recipient: Recipient,
    once: str = "",
) -> OutgoingMail | None:
    """Write one mail of a booking to one address, whoever that is."""
    version = event.version if event else booking.version
    key = ":".join(["booking", str(booking.pk), str(version), template, *filter(None, [once]), side, recipient.email])
    with translation.override(recipient.language):
        own = context(recipient) if callable(context) else context
        whole = {**of_booking(booking, event, side), **own}
    return mail_to(
        recipient,
        template,
        key=key,
        context=whole,
        thread=booking.thread,
        reply_to=reply_to(booking, side),
        calendar=whole.get("calendar"),
        urgent=_is_urgent(booking, event, side),
    )


def _is_urgent(booking: Booking, event: BookingEvent | None, side: str) -> bool:
    """Not held for the morning: what this side did itself just now, and what happens to a day that is near."""
    if event is None or event.side == side:
        return event is not None
    return event.action in NEWS_OF_DAY and booking.date is not None and booking.date - timezone.localdate() <= NEAR


def mail_to(
    recipient: Recipient, template: str, *, key: str, context: Mapping[str, Any], **more: Any
) -> OutgoingMail | None:
    """Write a mail to one recipient in the own language; `more` is what else `queue_mail` takes.

    The same key again gives the mail that was written; None when the address cannot be one.
    """
    return queue_mail(
        key=_key(key),
        to=recipient.email,
        recipient=recipient.user,
        language=recipient.language,
        template=template,
        context=context,
        **more,
    )


def _key(key: str) -> str:
    """Keys are short; addresses may not be."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest) - 1]}:{digest}"
