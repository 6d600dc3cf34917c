"""Reads about people that several callers share."""

from collections.abc import Iterator
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db.models import Model, Q
from django.db.models.fields.related import ForeignKey
from pghistory.models import Event

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_exported

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def lacks_second_factor(user: User) -> bool:
    """Whether this person moderates or administers, and signs in with a mailbox only."""
    factors = Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS)
    trusted = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True) | Q(moderates__isnull=False), pk=user.pk)
    return trusted.exclude(pk__in=factors.values("user_id")).exists()


def personal_data(user: User) -> dict[str, Any]:
    """Everything the site holds about a person: their row, and every row of ours that points to it."""
    found: dict[str, Any] = {
        "person": _row(user) | {"moderates": sorted(user.moderates.values_list("code", flat=True))},
        "email_addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "sessions": list(
            UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        "second_factors": list(Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")),
    }
    for model, field in _references():
        rows = model._default_manager.filter(**{field: user}).order_by("pk")
        found[f"{model._meta.label_lower}.{field}"] = [_row(row) for row in rows]
    for _receiver, kept in person_exported.send(sender=User, user=user):
        found |= cast(dict[str, Any], kept)
    return found


def _references() -> Iterator[tuple[type[Model], str]]:
    """Every foreign key of ours to a person: a new model is in the export without anybody's remembering it."""
    for model in apps.get_models():
        if not model.__module__.startswith("techfinder.") or issubclass(model, Event):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is User:
                yield model, field.name


def _row(row: Model) -> dict[str, Any]:
    # What nobody may edit is ours to keep: keys, hashes, search columns.
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.editable and field.name not in ("password", "is_superuser")
    }
