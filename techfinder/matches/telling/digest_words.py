"""What an overview says, from what is still so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import translation

from techfinder.mail.compose import absolute
from techfinder.matches.fairness.held import Waiting, waiting_of
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling.mails import Words
from techfinder.matches.telling.notifications import holding
from techfinder.matches.telling.words import ask_words, offer_words, request_url
from techfinder.organisations.models import Membership, Provider

# Of each side; the others are counted, and on the own page.
SHOWN = 10
Side = Notification.Side


@dataclass(slots=True)
class News:
    """Of one person: the ids of all that she is told, and the best matches of each side."""

    ids: list[int] = field(default_factory=list)
    offers: list[Match] = field(default_factory=list)
    asks: list[Match] = field(default_factory=list)


def news_of(notifications: QuerySet[Notification]) -> dict[int, News]:
    """What of these still holds, by recipient. Two queries; of each person a few rows are read whole."""
    rows = holding(notifications).order_by("recipient_id", "-match__score", "pk")
    ids: dict[int, list[int]] = defaultdict(list)
    best: dict[tuple[int, str], list[int]] = defaultdict(list)
    for recipient, side, pk in rows.values_list("recipient_id", "side", "pk"):
        ids[recipient].append(pk)
        if len(best[recipient, side]) < SHOWN:
            best[recipient, side].append(pk)
    whole = _whole([pk for few in best.values() for pk in few])
    return {
        recipient: News(
            theirs,
            [whole[pk] for pk in best.get((recipient, Side.SCHOOL), [])],
            [whole[pk] for pk in best.get((recipient, Side.PROVIDER), [])],
        )
        for recipient, theirs in ids.items()
    }


def _whole(ids: Collection[int]) -> dict[int, Match]:
    found = Notification.objects.filter(pk__in=ids).select_related(
        "match__request__school__municipality", "match__activity__provider"
    )
    # What no mail shows, and may be long.
    lean = found.defer(
        "match__activity__description", "match__activity__goals", "match__activity__provider__description"
    )
    return {each.pk: each.match for each in lean}


def waiting_for(people: Collection[int]) -> dict[int, list[Waiting]]:
    """By person: what else fits own activities and waits for a free place. Two queries."""
    own = Membership.objects.filter(user__in=people, status=Membership.Status.ACTIVE, provider__isnull=False)
    acting = list(own.values_list("user_id", "provider_id"))
    held = {each.provider_id: each for each in waiting_of(Provider.objects.filter(pk__in={pk for _who, pk in acting}))}
    found: dict[int, list[Waiting]] = defaultdict(list)
    for person, provider in acting:
        if provider in held:
            found[person].append(held[provider])
    return {person: sorted(each, key=lambda one: (one.name, one.provider_id)) for person, each in found.items()}


def digest_context(
    news: News, *, waiting: Sequence[Waiting], weekly: bool, language: str, words: Words
) -> Mapping[str, object]:
    """What the mail says; in the language given."""
    with translation.override(language):
        requests = [
            {
                "title": offers[0].request.title,
                "url": request_url(offers[0].request),
                "offers": [offer_words(each, words[language]) for each in offers],
            }
            for offers in _by_request(news.offers)
        ]
        asks = [ask_words(each, words[language]) for each in news.asks]
    return {
        "count": len(news.ids),
        "requests": requests,
        "asks": asks,
        "more": len(news.ids) - len(news.offers) - len(news.asks),
        "waiting": [_held(each) for each in waiting] if asks else [],
        "weekly": weekly,
        "button_url": absolute("/mijn/"),
    }


def _by_request(offers: Sequence[Match]) -> list[list[Match]]:
    """In the order of the best of each."""
    found: dict[int, list[Match]] = defaultdict(list)
    for each in offers:
        found[each.request_id].append(each)
    return list(found.values())


def _held(each: Waiting) -> dict[str, object]:
    return {"name": each.name, "count": each.count, "cap": each.cap, "url": absolute(each.url)}
