"""What this room hears: mail that comes in, reports of mail services, and people who come and go."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, email_changed
from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_exported, person_leaves
from techfinder.mail.actions import forget_person as forget
from techfinder.mail.actions import move_person, suppressing
from techfinder.mail.actions.bounces import take_bounce
from techfinder.mail.actions.by_mail import take_unsubscribe
from techfinder.mail.addresses import BOUNCE, UNSUBSCRIBE
from techfinder.mail.inbound.receiving import register
from techfinder.mail.inbound.webhooks import take_event
from techfinder.mail.models import MailEvent, MailPreferences, Suppression
from techfinder.mail.queries import addresses_before

register(BOUNCE, take_bounce)
register(UNSUBSCRIBE, take_unsubscribe)


@receiver(tracking)
def put_down_event(event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    take_event(event, esp_name)


@receiver(authentication_step_completed)
def mail_again(user: User, method: str, email: str = "", **kwargs: Any) -> None:
    """The code in a mail proves the mailbox."""
    if method == "code" and email == user.email:
        suppressing.lift_by_code(user=user)


@receiver(person_leaves)
def forget_person(user: User, **kwargs: Any) -> None:
    forget(user=user)


@receiver(email_changed)
def move_along(user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **kw: Any) -> None:
    """What was chosen goes along to the new address."""
    if from_email_address is not None:
        move_person(user=user, old=from_email_address.email, new=to_email_address.email)


@receiver(person_exported)
def export_mail(user: User, **kwargs: Any) -> dict[str, Any]:
    """What is kept by address, and not by person."""
    theirs = {user.email, *addresses_before(user.email)}
    kept = (MailPreferences.objects, Suppression.objects, MailEvent.objects)
    return {each.model._meta.label_lower: list(each.filter(email__in=theirs).values()) for each in kept}
