"""Every write about people."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import ProtectedError

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves


@transaction.atomic
def update_profile(*, user: User, name: str, language: str) -> User:
    """Save what people may say about themselves."""
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    return user


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Take a person out of the site: organisations left, rows deleted, or blanked where a history must stand."""
    person_leaves.send(sender=User, user=user)
    for session in UserSession.objects.filter(user=user):
        session.end()
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).delete()
    except ProtectedError:
        _blank(user)


def _blank(user: User) -> None:
    """A moderator's decisions stay, by nobody in particular."""
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.moderates.clear()
    user.groups.clear()
    user.email, user.name = f"{user.pk}@deleted.invalid", ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()


def end_other_sessions(*, user: User | AnonymousUser, current_key: str | None) -> int:
    """Sign the person out everywhere but here. Returns how many sessions ended."""
    others = list(UserSession.objects.filter(user_id=user.pk).exclude(session_key=current_key or ""))
    for session in others:
        session.end()
    return len(others)
