"""Invented organisations for the samples of mails, and the samples of the mails of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from techfinder.accounts.models import User
from techfinder.mail.compose import absolute
from techfinder.mail.gallery import Sample, register
from techfinder.organisations.models import Invitation, Provider, School
from techfinder.taxonomy.models import Region


def school(**fields: Any) -> School:
    """A school that is not stored."""
    own: dict[str, Any] = {
        "pk": 1,
        "name": "Basisschool De Loefzijde",
        "street": "Duinweg",
        "house_number": "12",
        "postcode": "4381 AB",
        "city": "Vlissingen",
        "municipality": Region(code="GM0718", name="Vlissingen"),
    }
    return School(**own | fields)


def provider(**fields: Any) -> Provider:
    """A company that is not stored."""
    own: dict[str, Any] = {
        "pk": 1,
        "name": "Sloewind Onderhoud",
        "slug": "sloewind-onderhoud",
        "email": "lessen@sloewind.example",
        "street": "Kadeweg",
        "house_number": "3",
        "postcode": "4455 AA",
        "city": "Nieuwdorp",
    }
    return Provider(**own | fields)


def _invitation() -> dict[str, Any]:
    inviter = User(email="noor@sloewind.example", name="Noor Verhage")
    until = dt.datetime(2027, 3, 16, 12, tzinfo=dt.UTC)
    invitation = Invitation(provider=provider(), invited_by=inviter, email="elke@school.example", expires_at=until)
    return {
        "organisation": str(invitation.organisation),
        "inviter": str(inviter),
        "button_url": absolute(invitation.get_absolute_url()),
        "expires_at": until,
    }


register("invitation", Sample("colleague", _invitation, person=""))
