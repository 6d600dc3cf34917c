"""The mails about a saved search, in its language; the caller owns the transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation

from techfinder.activities.models import SavedSearch
from techfinder.activities.on_cards import OnCard
from techfinder.activities.reasons import reasons
from techfinder.activities.saved.addresses import page
from techfinder.activities.saved.reading import Reading, reading_of
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.words import capital
from techfinder.mail.actions import draft_mail, queue_mail
from techfinder.mail.compose import absolute
from techfinder.mail.kinds import Sort, kind_of
from techfinder.mail.models import OutgoingMail

SHOWN = 10
DAYS_TO_ANSWER = 30


@dataclass(frozen=True, slots=True)
class Hit:
    """An activity that is new to a saved search, and how far it is (km; None: not known or only online)."""

    activity: OnCard
    distance: float | None


def ask_confirmation(saved: SavedSearch) -> OutgoingMail | None:
    """A mail with one button: whoever reads the mailbox turns the alert on, or does nothing."""
    return _queue(saved, "confirm", uuid.uuid4().hex, button_url=page(saved, "confirm"))


def say_known(saved: SavedSearch) -> OutgoingMail | None:
    """This search was saved before; on its page it can be changed or started again."""
    return _queue(saved, "known", uuid.uuid4().hex, button_url=page(saved))


def ask_wanted(saved: SavedSearch) -> OutgoingMail | None:
    """Once a year: one button, or it stops."""
    today = timezone.localdate()
    context: dict[str, Any] = {"days": DAYS_TO_ANSWER, "since": timezone.localdate(saved.wanted_at or saved.created_at)}
    return _queue(saved, "wanted", today.isoformat(), button_url=page(saved, "wanted"), **context)


def say_paused(saved: SavedSearch) -> OutgoingMail | None:
    """What was searched for is no longer there."""
    return _queue(saved, "paused", uuid.uuid4().hex, button_url=page(saved))


def draft(saved: SavedSearch, hits: Sequence[Hit], *, up_to: int) -> OutgoingMail:
    """One mail with what is new, the first hit in its subject. `up_to` is the watermark that this mail makes."""
    # Alerts are told apart by how far they look and by the one before: what was hidden comes without a new number.
    before = int(saved.sent_at.timestamp()) if saved.sent_at else 0
    return draft_mail(**_fields(saved, "search_alert", f"search:{saved.pk}:{up_to}:{before}", _told(saved, hits)))


def say_anew(mail: OutgoingMail, saved: SavedSearch, hits: Sequence[Hit]) -> OutgoingMail:
    """What the mail would say with these hits only; not stored."""
    return draft_mail(**_fields(saved, mail.kind, mail.key, _told(saved, hits)))


def _told(saved: SavedSearch, hits: Sequence[Hit]) -> dict[str, Any]:
    with translation.override(saved.language):
        return news(saved, hits)


def news(saved: SavedSearch, hits: Sequence[Hit]) -> dict[str, Any]:
    """What a mail with these hits says of them, in the active language."""
    reading, words = reading_of(saved), Vocabulary()
    return {
        "hits": [_hit_words(saved, hit, reading, words) for hit in hits[:SHOWN]],
        "count": len(hits),
        "others": len(hits) - 1,
        "more": max(0, len(hits) - SHOWN),
        "first": hits[0].activity.title,
        "pause_url": page(saved, "pause"),
        "button_url": absolute(f"{reading.url}&sort=newest"),
    }


def _hit_words(saved: SavedSearch, hit: Hit, reading: Reading, words: Vocabulary) -> dict[str, Any]:
    activity = hit.activity
    return {
        "title": activity.title,
        "kind": capital(words.kind_name(activity.kind)),
        "provider": activity.provider_name,
        "town": activity.venue_city or activity.provider_city,
        "text": activity.summary,
        "reasons": reasons(activity, reading.criteria, hit.distance, words),
        "url": absolute(f"/aanbod/{activity.slug}/"),
        "less_url": page(saved, "less", activity.slug),
    }


def about(saved: SavedSearch) -> dict[str, Any]:
    """What every mail about a saved search says of it, in the active language."""
    reading = reading_of(saved)
    return {
        "labels": reading.labels,
        "lacks": reading.lacks,
        "often": saved.frequency,
        "manage_url": page(saved),
        "stop_url": page(saved, "stop"),
    }


def _queue(saved: SavedSearch, what: str, occasion: str, **context: Any) -> OutgoingMail | None:
    return queue_mail(**_fields(saved, f"search_{what}", f"search-{what}:{saved.pk}:{occasion}", context))


def _fields(saved: SavedSearch, template: str, key: str, context: dict[str, Any]) -> dict[str, Any]:
    """What `queue_mail` and `draft_mail` take."""
    with translation.override(saved.language):
        said = about(saved)
    return {
        "key": key,
        "to": saved.address,
        "recipient": saved.user,
        "language": saved.language,
        "template": template,
        "context": {**said, **context},
        "unsubscribe_at": "" if kind_of(template).sort is Sort.CODE else page(saved, "stop"),
    }
