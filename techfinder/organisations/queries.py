"""Reads about organisations that several callers share."""

import re

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.organisations.models import Invitation, Membership, Provider, School, SchoolQuerySet
from techfinder.organisations.register.names import folded

WORDS = 8


def plain(text: str) -> str:
    """Lower case, without accents, one space between words: how `School.search_name` is written."""
    return folded(text)


def search_schools(text: str, limit: int = 50) -> SchoolQuerySet:
    """Open schools of which every word of the text begins a word of name or town, or the postcode or code."""
    # A postcode is one word, however it is typed.
    wanted = re.sub(r"\b([1-9]\d{3}) ([a-z]{2})\b", r"\1\2", plain(text)).split()[:WORDS]
    if not wanted:
        return School.objects.none()
    found = School.objects.open().select_related("municipality")
    for word in wanted:
        found = found.filter(_begins(word))
    first = ExpressionWrapper(Q(search_name__startswith=plain(text)), output_field=BooleanField())
    return found.alias(first=first).order_by("-first", "name", "city", "code")[:limit]


def _begins(word: str) -> Q:
    named = Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
    if not word[0].isdigit():
        return named
    place = Q(postcode__startswith=f"{word[:4]} {word[4:].upper()}".strip())
    return named | place | Q(code__startswith=word.upper())


def own_providers(user: User) -> QuerySet[Provider]:
    """The providers that this person may act for."""
    active = Membership.objects.filter(user=user, status=Membership.Status.ACTIVE, provider__isnull=False)
    return Provider.objects.filter(pk__in=active.values("provider"))


def members_of(provider: Provider) -> QuerySet[User]:
    """The people who may act for a provider."""
    return User.objects.filter(
        is_active=True, memberships__provider=provider, memberships__status=Membership.Status.ACTIVE
    ).distinct()


def single_handed(user: User) -> list[Membership]:
    """Where this person is the only one who acts and invited nobody: a second contact is asked for. One query."""
    active = Membership.objects.filter(status=Membership.Status.ACTIVE)
    others = active.filter(user__is_active=True).exclude(user=user)
    same = (
        Q(school__isnull=False, school=OuterRef("school"))
        | Q(provider__isnull=False, provider=OuterRef("provider"))
        | Q(board__isnull=False, board=OuterRef("board"))
    )
    mine = active.filter(user=user).filter(~Exists(others.filter(same)))
    asked = Invitation.objects.filter(same, accepted_at=None, expires_at__gt=timezone.now())
    # A provider that waits for approval cannot invite yet.
    waiting = Q(provider__status__in=[Provider.Status.PENDING, Provider.Status.REJECTED])
    found = mine.filter(~Exists(asked)).exclude(waiting).select_related("school", "provider", "board")
    return list(found.order_by("pk"))
