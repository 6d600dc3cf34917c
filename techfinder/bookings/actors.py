"""Who takes a step: a person signed in, somebody who follows a link of a mail, a coordinator, or time."""

from __future__ import annotations

from dataclasses import dataclass

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side


@dataclass(frozen=True)
class Actor:
    """For which side somebody acts. Who follows a link has a name and an address, and no account."""

    side: Side
    user: User | None = None
    name: str = ""
    email: str = ""


CLOCK = Actor(Side.CLOCK)


def person(user: User, side: Side) -> Actor:
    return Actor(side=side, user=user, name=user.name or user.email, email=user.email)
