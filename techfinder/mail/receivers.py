"""What this room hears: mail that comes in, reports of mail services, and people who come and go."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import authentication_step_completed
from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver

from techfinder.accounts.models import User
from techfinder.accounts.signals import person_leaves
from techfinder.mail import inbound
from techfinder.mail.actions import suppressing
from techfinder.mail.actions.bounces import take_bounce
from techfinder.mail.actions.by_mail import take_unsubscribe
from techfinder.mail.addresses import BOUNCE, UNSUBSCRIBE
from techfinder.mail.webhooks import take_event

inbound.register(BOUNCE, take_bounce)
inbound.register(UNSUBSCRIBE, take_unsubscribe)


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
    suppressing.forget_address(email=user.email)
