"""The mails about matches, composed in the language of each person; the caller owns the transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone, translation

from techfinder.accounts.models import User
from techfinder.mail.actions import queue_mail
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match, Notification
from techfinder.matches.queries import why_not
from techfinder.matches.telling.labels import Labels
from techfinder.matches.telling.words import ask_words, offer_words, request_line, request_url
from techfinder.requests.models import Request

SHOWN = 5
# So long after posting what is found first is an answer.
JUST_POSTED = dt.timedelta(hours=1)


class Words:
    """The labels of each language, read once for many mails."""

    def __init__(self) -> None:
        self._labels: dict[str, Labels] = {}

    def __getitem__(self, language: str) -> Labels:
        return self._labels.setdefault(language, Labels())


def is_just_posted(request: Request) -> bool:
    """Whether what is mailed of it now answers to the posting."""
    return request.confirmed_at is not None and request.confirmed_at > timezone.now() - JUST_POSTED


def request_context(request: Request) -> dict[str, object]:
    """What every mail about a request says of it; words in the active language."""
    return {
        "title": request.title,
        "line": request_line(request),
        "school_name": request.school.name,
        "posted": timezone.localdate(request.confirmed_at or request.created_at),
        "button_url": request_url(request),
    }


# ------------------------------------------------------------- what was found


def to_school(
    group: Sequence[Notification], recipient: User, words: Words, *, urgent: bool = False
) -> OutgoingMail | None:
    """One mail to one person about one request: what fits it, the best first. `urgent`: this person just posted it."""
    return queue_mail(
        key=f"match-school:{min(each.pk for each in group)}",
        to=recipient.email,
        recipient=recipient,
        template="match_school",
        context=school_context(group, recipient.language, words),
        thread=group[0].match.request.thread,
        urgent=urgent,
    )


def school_context(group: Sequence[Notification], language: str, words: Words) -> dict[str, object]:
    """What that mail says of matches of one request."""
    group = sorted(group, key=lambda each: (-each.match.score, each.match.activity_id))
    with translation.override(language):
        return {
            "count": len(group),
            "offers": [offer_words(each.match, words[language]) for each in group[:SHOWN]],
            "more": max(0, len(group) - SHOWN),
            "others": len(group) - 1,
            "best": group[0].match.activity.title,
            **request_context(group[0].match.request),
        }


def to_provider(group: Sequence[Notification], recipient: User, words: Words) -> OutgoingMail | None:
    """One mail to one person of a provider, with all requests that wait to be told."""
    requests = {each.match.request_id for each in group}
    return queue_mail(
        key=f"match-provider:{min(each.pk for each in group)}",
        to=recipient.email,
        recipient=recipient,
        template="match_provider",
        context=provider_context(group, recipient.language, words),
        thread=group[0].match.request.thread if len(requests) == 1 else "",
    )


def provider_context(group: Sequence[Notification], language: str, words: Words) -> dict[str, object]:
    """What that mail says of matches of one provider."""
    group = sorted(group, key=lambda each: (-each.match.score, each.match_id))
    with translation.override(language):
        asks = [ask_words(each.match, words[language]) for each in group[:SHOWN]]
    return {
        "count": len({each.match.request_id for each in group}),
        "asks": asks,
        "more": max(0, len(group) - SHOWN),
        "school": group[0].match.request.school.name,
        "button_url": asks[0].url,
    }


# ------------------------------------------------------------- nothing found


def of_nothing(request: Request, recipient: User) -> OutgoingMail | None:
    """Nothing new to show for a request: what would help, who fits and has no place now, or is known already."""
    with translation.override(recipient.language):
        held = Match.objects.held_back().filter(request=request)
        full = held.filter(held=Match.Held.FULL).values("activity__provider").distinct().count()
        known = not full and held.exists()
        reasons = [] if full or known else why_not(request).sentences[:SHOWN]
        context = {**request_context(request), "full": full, "known": known, "reasons": reasons}
    return queue_mail(
        key=f"match-none:{request.uuid}",
        to=recipient.email,
        recipient=recipient,
        template="match_none",
        context=context,
        thread=request.thread,
        urgent=is_just_posted(request),
    )


# -------------------------------------------------------------------- to whom


def contact_of(request: Request) -> User | None:
    """The person of the request; of an imported one the account of its address, made when there is none."""
    if request.contact or not request.contact_email:
        return request.contact
    known = User.objects.filter(email=request.contact_email.lower()).first()
    return known or User.objects.create_user(request.contact_email, name=request.contact_name)


def accounts_of(people: Iterable[tuple[str, str]]) -> dict[str, int]:
    """By address, in lower case as accounts have it, the account of each (address, name); made when there is none."""
    names: dict[str, str] = {}
    for address, name in people:
        names.setdefault(address.lower(), name)
    known = dict(User.objects.filter(email__in=names).values_list("email", "pk"))
    fresh = [User(email=address, name=names[address]) for address in sorted(names.keys() - known.keys())]
    for user in fresh:
        user.set_unusable_password()
    return known | {user.email: user.pk for user in User.objects.bulk_create(fresh)}
