"""Samples of every mail, for the gallery and its tests: invented people, the composing functions of the real mails.

Each room keeps those of its own mails in `<room>/samples.py`; they are read when somebody first looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from techfinder.accounts.models import User
from techfinder.mail.actions import draft_mail
from techfinder.mail.message import CalendarEvent
from techfinder.mail.models import OutgoingMail

LANGUAGES = ("nl", "en")
MAILBOX = "elke@school.example"

Made = Callable[[], Mapping[str, Any]]


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Sample:
    """One case of a mail. The functions are called with the language of the mail active.

    `name` is short, for an address: "first", "no-answer". `context` has what this mail says, all of which its template
    uses; `common` what every mail of the room is given, used or not. Where both have it, `context` wins.
    `person` is the name of the receiver; empty for somebody without an account.
    """

    name: str
    context: Made
    common: Made = _nothing
    person: str = "Elke de Vries"
    thread: str = ""
    reply_to: str = ""
    unsubscribe_at: str = ""
    calendar: Callable[[], CalendarEvent | None] = field(default=lambda: None)

    def whole(self) -> dict[str, Any]:
        """What the template is given, in the active language."""
        return {**self.common(), **self.context()}


_samples: dict[str, tuple[Sample, ...]] = {}


def register(template: str, *samples: Sample) -> None:
    """The samples of one template, the most telling first. Once per template."""
    if template in _samples:
        raise ValueError(f"The samples of {template} are there already.")
    names = [each.name for each in samples]
    if not names or len(names) != len(set(names)):
        raise ValueError(f"{template} needs samples, each with a name of its own: {names}")
    _samples[template] = samples


def samples() -> Mapping[str, tuple[Sample, ...]]:
    """All samples by template, of all rooms."""
    _read_rooms()
    return _samples


@cache
def _read_rooms() -> None:
    autodiscover_modules("samples")


def draft(template: str, sample: Sample, language: str) -> OutgoingMail:
    """The mail of a sample, not stored; its receiver is nobody in the database."""
    with translation.override(language):
        context, calendar = sample.whole(), sample.calendar()
    return draft_mail(
        key=f"sample:{template}:{sample.name}:{language}",
        to=MAILBOX,
        template=template,
        context=context,
        recipient=User(email=MAILBOX, name=sample.person, language=language) if sample.person else None,
        language=language,
        thread=sample.thread,
        reply_to=sample.reply_to,
        unsubscribe_at=sample.unsubscribe_at,
        calendar=calendar,
    )
