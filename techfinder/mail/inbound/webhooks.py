"""What the mail service reports afterwards, over the web: checked and read by django-anymail, put down by us."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailConfigurationError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.urls import urlpatterns
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from techfinder.mail.actions import stop
from techfinder.mail.actions.events import record_event
from techfinder.mail.inbound.verdicts import code_of, is_dead
from techfinder.mail.models import MailEvent, OutgoingMail
from techfinder.mail_env import SERVICES

logger = logging.getLogger(__name__)
Type = MailEvent.Type
_views: dict[str, Callable[..., HttpResponse]] = {str(each.name): each.callback for each in urlpatterns}
# Where each service says in its own words what sort of bounce it was, and the words for one that is for good.
_FOR_GOOD: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "Brevo": (("event",), frozenset({"hard_bounce", "invalid_email"})),
    "MailerSend": (("data", "type"), frozenset({"hard_bounced"})),
    "Postmark": (("Type",), frozenset({"HardBounce", "BadEmailAddress"})),
    "Resend": (("data", "bounce", "type"), frozenset({"Permanent"})),
}
_PLAIN = {
    EventType.DELIVERED: Type.DELIVERED,
    EventType.DEFERRED: Type.DEFERRED,
    EventType.COMPLAINED: Type.COMPLAINED,
}
_CAME_BACK = (EventType.BOUNCED, EventType.REJECTED)
LONGEST_ADDRESS = 254


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, service: str) -> HttpResponse:
    """Reports of the mail service that is set, when what proves them is set as well; of nobody else."""
    if service != settings.MAIL_SERVICE or not settings.ANYMAIL.get(SERVICES[service][1]):
        raise Http404
    try:
        return _views[f"{service}_tracking_webhook"](request)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, AnymailConfigurationError):
        # No report as it should be: asking for it again is of no use.
        logger.warning("A report of %s cannot be read", service, exc_info=True)
        return HttpResponseBadRequest()


def take_event(event: AnymailTrackingEvent, esp_name: str) -> None:
    """Put down one event of the mail service, when it says something of an address."""
    mail = _mail_of(event)
    email = _clean(event.recipient or (mail.to if mail else "")).lower()
    own = mail if mail and mail.to == email else None
    if event.event_type == EventType.UNSUBSCRIBED and own and own.group:
        stop(email=email, group=own.group)
    said = _said(event, esp_name)
    if said and 0 < len(email) <= LONGEST_ADDRESS:
        record_event(
            source=esp_name,
            event_id=_number(event, email),
            said=said,
            email=email,
            mail=own,
            detail=_words(event),
            at=event.timestamp,
        )


def _mail_of(event: AnymailTrackingEvent) -> OutgoingMail | None:
    """By the number that we gave along, else by how the service calls it."""
    found = Q()
    if number := _uuid((event.metadata or {}).get("mail")):
        found = Q(uuid=number)
    elif event.message_id:
        name = _clean(str(event.message_id))
        found = Q(provider_id=name) | Q(message_id=name)
    return OutgoingMail.objects.filter(found).first() if found else None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def _said(event: AnymailTrackingEvent, esp_name: str) -> MailEvent.Type | None:
    if event.event_type not in _CAME_BACK:
        return _PLAIN.get(event.event_type)
    if event.reject_reason == RejectReason.SPAM and event.event_type == EventType.REJECTED:
        # The service does not even try: the receiver called our mail spam before.
        return Type.COMPLAINED
    return Type.HARD if _is_for_good(event, esp_name) else Type.SOFT


def _is_for_good(event: AnymailTrackingEvent, esp_name: str) -> bool:
    """By the words of the receiver's mail server when they say anything; else by those of the service."""
    words = event.mta_response or ""
    if is_dead(words) if words else False:
        return True
    code = code_of(words)
    if code and not code.endswith(".0.0"):
        return False
    return event.reject_reason == RejectReason.INVALID or _own_words(event.esp_event, esp_name)


def _own_words(said: Any, esp_name: str) -> bool:
    path, words = _FOR_GOOD.get(esp_name, ((), frozenset()))
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    return isinstance(said, str) and said in words


def _words(event: AnymailTrackingEvent) -> str:
    said = " ".join(filter(None, (event.mta_response, event.description)))
    return _clean(said)[:2000]


def _clean(text: str) -> str:
    """Without what no database keeps: zeros, and halves of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _number(event: AnymailTrackingEvent, email: str) -> str:
    """What makes an event the same event: some services number each delivery of it anew, or several with one number."""
    when = event.timestamp.isoformat() if event.timestamp else event.event_id
    whole = json.dumps([event.message_id, event.event_type, email, when])
    return hashlib.sha256(whole.encode()).hexdigest()
