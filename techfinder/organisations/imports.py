"""People and providers that an import names: found, or made, in a few queries for many rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Avg
from django.db.models.functions import Left, Lower
from django.utils import timezone
from django.utils.text import slugify

from techfinder.accounts.models import User
from techfinder.organisations.models import Membership, Provider, School

ProviderKey = tuple[str, str]


def provider_key(email: str, name: str) -> ProviderKey:
    """Say by what a provider is known in imports."""
    return email.strip().lower(), " ".join(name.split()).lower()


@transaction.atomic
def people_for(*, emails: Iterable[str]) -> dict[str, User]:
    """Return the person of each address; who has no account gets one, and proves the address when signing in."""
    wanted = {email.lower() for email in emails}
    found = {user.email.lower(): user for user in User.objects.annotate(key=Lower("email")).filter(key__in=wanted)}
    new = [User(email=email, password=make_password(None)) for email in sorted(wanted - set(found))]
    User.objects.bulk_create(new, batch_size=500)
    return found | {user.email: user for user in new}


@transaction.atomic
def verified_providers(
    *, wanted: dict[ProviderKey, str], websites: dict[ProviderKey, str]
) -> dict[ProviderKey, Provider]:
    """Return the provider of each key, by its name as written; new ones come in verified, with one member."""
    emails = {email for email, _name in wanted}
    candidates = Provider.objects.annotate(key=Lower("email")).filter(key__in=emails).order_by("pk")
    found: dict[ProviderKey, Provider] = {}
    for provider in candidates:
        found.setdefault(provider_key(provider.email, provider.name), provider)
    found = {key: provider for key, provider in found.items() if key in wanted}
    _verify([provider for provider in found.values() if provider.status == Provider.Status.PENDING])
    found |= _create({key: name for key, name in wanted.items() if key not in found})
    _add_websites({key: provider for key, provider in found.items() if not provider.website}, websites)
    return found


def _add_websites(bare: dict[ProviderKey, Provider], websites: dict[ProviderKey, str]) -> None:
    """Fill in what is empty; what a provider wrote itself stays."""
    for key, provider in bare.items():
        if website := websites.get(key):
            provider.website = website
            provider.save(update_fields=["website"])


def _verify(waiting: list[Provider]) -> None:
    now = timezone.now()
    for provider in waiting:
        provider.status, provider.verified_at = Provider.Status.VERIFIED, now
        provider.save(update_fields=["status", "verified_at"])


def _create(wanted: dict[ProviderKey, str]) -> dict[ProviderKey, Provider]:
    slugs = set(Provider.objects.values_list("slug", flat=True))
    now = timezone.now()
    made = {
        key: Provider(
            name=name, email=key[0], slug=free_slug(name, slugs, "aanbieder", 80),
            status=Provider.Status.VERIFIED, verified_at=now,
        )
        for key, name in wanted.items()
    }  # fmt: skip
    Provider.objects.bulk_create(made.values(), batch_size=500)
    people = people_for(emails={key[0] for key in made})
    Membership.objects.bulk_create(
        [Membership(user=people[key[0]], provider=provider) for key, provider in made.items()], batch_size=500
    )
    return made


def free_slug(title: str, taken: set[str], otherwise: str, limit: int) -> str:
    """Return an address that is not taken yet, and take it."""
    base = slugify(title)[: limit - 8].strip("-") or otherwise
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    taken.add(slug)
    return slug


def postcode_points() -> dict[str, tuple[float, float]]:
    """Return the middle of the schools of each four-digit postcode."""
    schools = School.objects.open().exclude(lat=None).exclude(postcode="").exclude(point_source="municipality")
    found = schools.values(digits=Left("postcode", 4)).annotate(north=Avg("lat"), east=Avg("lon"))
    return {row["digits"]: (round(row["north"], 5), round(row["east"], 5)) for row in found.order_by("digits")}
