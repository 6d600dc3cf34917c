"""People come and go with what they saved."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from django.db.models.signals import post_save
from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.activities.models import SavedSearch
from techfinder.activities.saved import actions
from techfinder.mail.models import MailPreferences
from techfinder.mail.policy import stops


def stop_by_token(token: str) -> None:
    """Unsubscribing by mail from one saved search."""
    saved = SavedSearch.objects.filter(uuid=token).first()
    if saved:
        actions.stop(saved=saved)


stops.register("saved:stop", stop_by_token)


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    actions.forget_person(user=user)


@receiver(authentication_step_completed)
def adopt_saved(user: User, method: str, email: str = "", **kwargs: Any) -> None:
    """The code in a mail proves the mailbox."""
    if method == "code" and email == user.email:
        actions.adopt(user=user)


@receiver(post_save, sender=MailPreferences)
def follow_preferences(instance: MailPreferences, raw: bool, **kwargs: Any) -> None:
    if not raw:
        actions.follow_preferences(chosen=instance)
