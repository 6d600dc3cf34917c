"""Who is told of which match, and when: notifications for both sides, and the mails that go at once.

A request's first matches are told at once, to both sides; what comes later waits for each person's digest
(`digest.py`). A notification is unique and has `told_at`: nobody is told twice, whatever runs twice. Runs inside the
transaction of the match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils import timezone, translation

from techfinder.accounts.models import MailFrequency, User
from techfinder.mail.actions import queue_mail
from techfinder.mail.models import OutgoingMail
from techfinder.matches.labels import Labels
from techfinder.matches.models import Match, Notification
from techfinder.matches.queries import why_not
from techfinder.matches.words import ask_words, offer_words, request_line, request_url
from techfinder.organisations.models import Membership
from techfinder.organisations.queries import members_of
from techfinder.requests.models import Request

SHOWN = 5
Side = Notification.Side
FULL = ("match__request__school__municipality", "match__activity__provider", "recipient")


def tell(*, match_ids: Collection[int]) -> None:
    """Note for both sides that these matches are there, and mail what is to be told at once."""
    matches = list(Match.objects.filter(pk__in=match_ids).select_related("request__contact", "activity"))
    if not matches:
        return
    first = _never_told({match.request_id for match in matches})
    _note(matches)
    waiting = Notification.objects.filter(match__in=matches, told_at=None, recipient__is_active=True)
    now = [each for each in waiting.select_related(*FULL) if _at_once(each, first)]
    _mail_schools([each for each in now if each.side == Side.SCHOOL])
    _mail_providers([each for each in now if each.side == Side.PROVIDER])


def _never_told(request_ids: Collection[int]) -> set[int]:
    told = Notification.objects.filter(match__request__in=request_ids, told_at__isnull=False)
    return set(request_ids) - set(told.values_list("match__request_id", flat=True))


def _note(matches: list[Match]) -> None:
    members = _members({match.activity.provider_id for match in matches})
    rows = []
    for match in matches:
        contact = contact_of(match.request)
        if contact:
            rows.append(Notification(recipient=contact, side=Side.SCHOOL, match=match))
        people = members[match.activity.provider_id]
        rows += [Notification(recipient_id=user_id, side=Side.PROVIDER, match=match) for user_id in people]
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def contact_of(request: Request) -> User | None:
    """The person of the request; of an imported one the account of its address, made when there is none."""
    if request.contact or not request.contact_email:
        return request.contact
    known = User.objects.filter(email__iexact=request.contact_email).first()
    return known or User.objects.create_user(request.contact_email, name=request.contact_name)


def _members(provider_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    active = Membership.objects.filter(provider__in=provider_ids, status=Membership.Status.ACTIVE)
    for provider_id, user_id in active.order_by("pk").values_list("provider_id", "user_id"):
        found[provider_id].append(user_id)
    return found


def _at_once(notification: Notification, first: set[int]) -> bool:
    """A school asked and waits: its first matches come at once. A company that wants one mail a week gets that."""
    wanted = notification.recipient.match_mail
    is_first = notification.match.request_id in first
    if wanted == MailFrequency.NONE:
        return False
    if wanted == MailFrequency.INSTANT:
        return True
    return is_first and (notification.side == Side.SCHOOL or wanted == MailFrequency.DAILY)


# ------------------------------------------------------------ mails at once


def _mail_schools(notifications: Iterable[Notification]) -> None:
    """One mail per person and request."""
    by_request: dict[tuple[int, int], list[Notification]] = defaultdict(list)
    for each in notifications:
        by_request[each.recipient_id, each.match.request_id].append(each)
    for group in by_request.values():
        group.sort(key=lambda each: each.match.rank)
        _settle(group, _school_mail(group))


def _school_mail(group: list[Notification]) -> OutgoingMail | None:
    request, recipient = group[0].match.request, group[0].recipient
    with translation.override(recipient.language):
        labels = Labels()
        context = {
            "count": len(group),
            "offers": [offer_words(each.match, labels) for each in group[:SHOWN]],
            "more": max(0, len(group) - SHOWN),
            "others": len(group) - 1,
            "best": group[0].match.activity.title,
            **request_context(request),
        }
    return queue_mail(
        key=f"match-school:{min(each.pk for each in group)}",
        kind="match",
        to=recipient.email,
        recipient=recipient,
        template="match_school",
        context=context,
        thread=thread(request),
        unsubscribe=True,
    )


def _mail_providers(notifications: Iterable[Notification]) -> None:
    """One mail per person, with all requests of this run."""
    by_person: dict[int, list[Notification]] = defaultdict(list)
    for each in notifications:
        by_person[each.recipient_id].append(each)
    for group in by_person.values():
        group.sort(key=lambda each: (-each.match.score, each.match_id))
        _settle(group, _provider_mail(group))


def _provider_mail(group: list[Notification]) -> OutgoingMail | None:
    recipient, best = group[0].recipient, group[0].match
    with translation.override(recipient.language):
        labels = Labels()
        asks = [ask_words(each.match, labels) for each in group[:SHOWN]]
    requests = {each.match.request_id for each in group}
    return queue_mail(
        key=f"match-provider:{min(each.pk for each in group)}",
        kind="match",
        to=recipient.email,
        recipient=recipient,
        template="match_provider",
        context={
            "count": len(requests),
            "asks": asks,
            "more": max(0, len(group) - SHOWN),
            "school": best.request.school.name,
            "button_url": asks[0].url,
        },
        thread=thread(best.request) if len(requests) == 1 else "",
        unsubscribe=True,
    )


def _settle(group: list[Notification], mail: OutgoingMail | None) -> None:
    ids = [each.pk for each in group]
    Notification.objects.filter(pk__in=ids).update(mail=mail, told_at=timezone.now())


def thread(request: Request) -> str:
    return f"request-{request.uuid}"


def request_context(request: Request) -> dict[str, object]:
    """What every mail about a request says of it; words in the active language."""
    return {
        "title": request.title,
        "line": request_line(request),
        "school_name": request.school.name,
        "posted": timezone.localdate(request.confirmed_at or request.created_at),
        "button_url": request_url(request),
    }


# ------------------------------------------------------------- nothing found


def tell_of_nothing(*, request_id: int) -> None:
    """A new request that nothing fits: say so at once, and what would help. Once per request."""
    request = Request.objects.open().filter(pk=request_id, matches=None).select_related("school").first()
    recipient = contact_of(request) if request else None
    if request is None or recipient is None or recipient.match_mail == MailFrequency.NONE:
        return
    with translation.override(recipient.language):
        context = {**request_context(request), "reasons": why_not(request).sentences[:SHOWN]}
    queue_mail(
        key=f"match-none:{request.uuid}",
        kind="match",
        to=recipient.email,
        recipient=recipient,
        template="match_none",
        context=context,
        thread=thread(request),
        unsubscribe=True,
    )


# ------------------------------------------------------- one lets another know


def tell_of_asking(*, match_id: int) -> None:
    """Mail the people of the provider (or its general address) that the school asks for this activity."""
    match = _whole(match_id)
    provider, request = match.activity.provider, match.request
    addresses: list[tuple[str, User | None]] = [(person.email, person) for person in members_of(provider)]
    for address, person in addresses or [(provider.email, None)]:
        _mail_of_asking(match, request, address, person)


def _mail_of_asking(match: Match, request: Request, address: str, person: User | None) -> None:
    language = person.language if person else "nl"
    with translation.override(language):
        ask = ask_words(match, Labels())
    queue_mail(
        key=f"asked:{match.pk}:{address}",
        kind="asked",
        to=address,
        recipient=person,
        language=language,
        template="match_asked",
        context={"ask": ask, "request": plain(request), "activity": match.activity.title, "button_url": ask.url},
        thread=thread(request),
        reply_to=request.contact.email if request.contact else request.contact_email,
    )


def plain(request: Request) -> dict[str, str]:
    return {
        "goals": request.goals,
        "prior_knowledge": request.prior_knowledge,
        "practicalities": request.practicalities,
        "date_note": request.date_note,
        "contact_name": request.contact_name,
        "contact_email": request.contact_email,
    }


def tell_of_offering(*, match_id: int, user_id: int) -> None:
    """Mail the school that a company offers itself for its request."""
    match, member = _whole(match_id), User.objects.get(pk=user_id)
    request, recipient = match.request, contact_of(match.request)
    if recipient is None:
        return
    with translation.override(recipient.language):
        context = {**request_context(request), "offer": offer_words(match, Labels()), "member": member.name}
    queue_mail(
        key=f"offered:{match.pk}",
        kind="offered",
        to=recipient.email,
        recipient=recipient,
        template="match_offered",
        context=context,
        thread=thread(request),
        reply_to=member.email,
    )


def _whole(match_id: int) -> Match:
    whole: QuerySet[Match] = Match.objects.select_related(
        "request__school__municipality", "request__contact", "activity__provider"
    )
    return whole.get(pk=match_id)
