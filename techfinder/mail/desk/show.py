"""Mails in words, for administrators: what happened, and what can be done about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from techfinder.mail.actions.again import may_copy, may_go_again
from techfinder.mail.desk.found import About
from techfinder.mail.message import build, envelope_of
from techfinder.mail.models import Frequency, MailEvent, MailHistory, OutgoingMail
from techfinder.mail.transport.keep import KEPT
from techfinder.taxonomy.templatetags.ui import clock_time, day

State, Fate = OutgoingMail.State, OutgoingMail.Fate
TONES = {State.SENT: "safe", State.FAILED: "danger", State.ASIDE: "danger", State.SUPPRESSED: "warning"}
FATE_TONES = {Fate.BOUNCED: "danger", Fate.COMPLAINED: "warning", Fate.DEFERRED: "neutral"}
MOST_STEPS = 50
# A link of a mail acts for the person who got it: whoever helps sees where it leads, and cannot use it.
_SIGNED = re.compile(r"(?<=[/=+])(?<!//)[A-Za-z0-9_~.:%-]{24,}(?=[/?&#@\"'<>\s]|$)")
_MADE_OF_WORDS = re.compile(r"([a-z]+|[0-9]{1,4})(-([a-z]+|[0-9]{1,4}))+")


def when(moment: datetime) -> str:
    return gettext("%(day)s at %(time)s") % {"day": day(moment), "time": clock_time(moment)}


@dataclass(frozen=True, slots=True)
class Line:
    """One mail in a list. A code is not named: its subject may hold it."""

    mail: OutgoingMail
    title: str
    status: str
    tone: str
    happened: str


def line(mail: OutgoingMail) -> Line:
    return Line(mail, title_of(mail), _status(mail), _tone(mail), happened(mail))


def title_of(mail: OutgoingMail) -> str:
    return gettext("A mail about signing in") if mail.is_code else mail.subject


def _status(mail: OutgoingMail) -> str:
    shown = mail.get_fate_display() if mail.fate else mail.get_state_display()
    return str(shown)


def _tone(mail: OutgoingMail) -> str:
    return FATE_TONES.get(Fate(mail.fate)) or TONES.get(State(mail.state), "neutral")


def happened(mail: OutgoingMail) -> str:
    """One sentence that answers "what happened to it?"."""
    return _SENTENCES[State(mail.state)](mail)


def _sent(mail: OutgoingMail) -> str:
    if mail.reply == KEPT:
        return gettext("Kept on this machine: no mail server is set.")
    facts = {"when": when(mail.sent_at or mail.created_at), "domain": mail.domain}
    if mail.fate == Fate.BOUNCED:
        return gettext("It went on %(when)s, and came back from %(domain)s.") % facts
    if mail.fate == Fate.COMPLAINED:
        return gettext("It went on %(when)s. The receiver called it spam.") % facts
    if mail.fate == Fate.DELIVERED:
        return gettext("It went on %(when)s. The mail server of %(domain)s has delivered it.") % facts
    if mail.fate == Fate.DEFERRED:
        return gettext("It went on %(when)s. The mail server of %(domain)s lets it wait.") % facts
    return gettext("The mail server took it on %(when)s. Nothing came back.") % facts


def _queued(mail: OutgoingMail) -> str:
    facts = {"when": when(mail.next_attempt_at), "reply": mail.reply}
    if not mail.attempts:
        return gettext("It goes on %(when)s, not tried yet.") % facts
    tried = ngettext("Tried %(count)d time.", "Tried %(count)d times.", mail.attempts) % {"count": mail.attempts}
    again = gettext("The next attempt is on %(when)s.") % facts
    return " ".join(filter(None, [tried, again, mail.reply and gettext("Last answer: %(reply)s") % facts]))


def _failed(mail: OutgoingMail) -> str:
    return gettext("It did not go, and is not tried again. Last answer: %(reply)s") % {"reply": mail.reply or "-"}


def _suppressed(mail: OutgoingMail) -> str:
    return gettext("It did not go: we do not mail %(email)s now.") % {"email": mail.to}


def _overtaken(mail: OutgoingMail) -> str:
    return gettext("It did not go: what it said was no longer true when it was to go.")


def _aside(mail: OutgoingMail) -> str:
    if mail.crashes:
        return gettext("Set aside: sending it went wrong several times. It goes when you send it.")
    return gettext("Set aside. It goes when you send it.")


def _sending(mail: OutgoingMail) -> str:
    return gettext("It is being sent now.")


_SENTENCES = {
    State.SENT: _sent,
    State.QUEUED: _queued,
    State.FAILED: _failed,
    State.SUPPRESSED: _suppressed,
    State.OVERTAKEN: _overtaken,
    State.ASIDE: _aside,
    State.SENDING: _sending,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history: when, what, who said so, and in which words."""

    at: datetime
    what: str
    said: str
    copy: str = ""


def history(mail: OutgoingMail) -> list[Step]:
    """From the first to the last, of attempts, administrators, the mail server, and what came afterwards."""
    steps = [Step(mail.created_at, gettext("made"), ""), *_of_us(mail), *_of_row(mail), *_afterwards(mail)]
    return sorted(steps, key=lambda step: step.at)


def _of_us(mail: OutgoingMail) -> Iterator[Step]:
    for each in mail.history.select_related("by")[:MOST_STEPS]:
        copied = each.what == MailHistory.What.COPIED
        said = each.by.email if each.by else "" if copied else each.detail
        yield Step(each.at, str(each.get_what_display()), said, each.detail if copied else "")


def _of_row(mail: OutgoingMail) -> Iterator[Step]:
    if mail.sent_at:
        yield Step(mail.sent_at, gettext("taken by the mail server"), mail.reply)


def _afterwards(mail: OutgoingMail) -> Iterator[Step]:
    for each in mail.events.all()[:MOST_STEPS]:
        yield Step(each.at, str(MailEvent.Type(each.type).label), f"{each.source}: {each.detail}".rstrip(": "))


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done with one mail; to an address that is not mailed nothing can be sent."""

    again: bool
    copy: bool
    aside: bool


def acts(mail: OutgoingMail, known: About) -> Acts:
    blocked = known.suppression is not None and not mail.is_code
    return Acts(may_go_again(mail) and not blocked, may_copy(mail) and not blocked, mail.state == State.QUEUED)


def why_nothing_came(known: About) -> list[str]:
    """Why this address may get less than somebody expects, in sentences; empty when nothing holds it back."""
    found = [_of_suppression(known), _of_lane(known), *_of_choices(known)]
    return [each for each in found if each]


def _of_suppression(known: About) -> str:
    if known.suppression is None:
        return ""
    facts = {"since": day(known.suppression.created_at), "why": known.suppression.get_why_display()}
    if known.suppression.until:
        until = {"until": when(known.suppression.until)}
        return gettext("We do not mail this address from %(since)s until %(until)s: %(why)s.") % {**facts, **until}
    return gettext("We do not mail this address since %(since)s: %(why)s.") % facts


def _of_lane(known: About) -> str:
    if known.lane is None:
        return ""
    facts = {"domain": known.lane.domain, "when": when(known.lane.not_before), "reply": known.lane.reply}
    return gettext("The mail server of %(domain)s asked us to wait until %(when)s: %(reply)s") % facts


def _of_choices(known: About) -> Iterator[str]:
    chosen = known.chosen
    if chosen.matches == Frequency.NONE:
        yield gettext("This person wants no mail about matches.")
    elif chosen.matches in (Frequency.DAILY, Frequency.WEEKLY):
        facts = {"often": chosen.get_matches_display()}
        yield gettext("Matches come %(often)s in one overview, not at once.") % facts
    for wanted, sentence in (
        (chosen.searches, _("This person wants no mail about saved searches.")),
        (chosen.reminders, _("This person wants no reminders.")),
        (chosen.surveys, _("This person does not want to be asked how it was.")),
    ):
        if not wanted:
            yield str(sentence)


def headers(mail: OutgoingMail) -> list[tuple[str, str]]:
    """As they go over the wire, the envelope first, without what only the receiver may have."""
    message: Any = build(mail).message()
    shown = [(name, value) for name, value in message.items() if not (mail.is_code and name == "Subject")]
    return [(name, veiled(str(value))) for name, value in [("Return-Path", f"<{envelope_of(mail)}>"), *shown]]


def veiled(words: str) -> str:
    """The same, with the signed part of each link taken out."""
    return _SIGNED.sub(lambda found: found[0] if _MADE_OF_WORDS.fullmatch(found[0]) else "…", words)
