"""Does a mail about matches that had to wait still hold? What no longer does is left out; what is left is said anew.

A match that is left out was not told: it is noted as untold again, and told when it holds again. That is written
together with the new text, so that whoever dies in between leaves a mail that says what its notifications say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from techfinder.accounts.models import User
from techfinder.mail.actions import draft_mail
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.mail.policy import checks
from techfinder.mail.queries import preferences
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling.digest_words import digest_context, news_of, waiting_for
from techfinder.matches.telling.mails import Words, provider_context, school_context
from techfinder.matches.telling.notifications import holding
from techfinder.requests.models import Request

SAYS = ("subject", "text", "html")
Said = Callable[[OutgoingMail, User], Mapping[str, object]]


def holds(mail: OutgoingMail, said: Said) -> bool:
    """Whether anything of the mail still holds; it is said anew when that is not all of it."""
    if mail.recipient is None or preferences(mail.to).matches == Frequency.NONE:
        return False
    with transaction.atomic():
        told = Notification.objects.select_for_update().filter(mail=mail)
        ids = set(told.order_by("pk").values_list("pk", flat=True))
        still = set(holding(Notification.objects.filter(mail=mail)).values_list("pk", flat=True))
        if gone := ids - still:
            Notification.objects.filter(pk__in=gone).update(mail=None, told_at=None)
        if gone and still:
            _say_anew(mail, said(mail, mail.recipient))
    return bool(still)


def _say_anew(mail: OutgoingMail, context: Mapping[str, object]) -> None:
    draft = draft_mail(
        key=mail.key,
        to=mail.to,
        template=mail.kind,
        context=context,
        recipient=mail.recipient,
        language=mail.language,
        thread=mail.thread,
    )
    says = {name: getattr(draft, name) for name in SAYS}
    for name, value in says.items():
        setattr(mail, name, value)
    OutgoingMail.objects.filter(pk=mail.pk).update(**says)


def _digest(mail: OutgoingMail, person: User) -> Mapping[str, object]:
    return digest_context(
        news_of(Notification.objects.filter(mail=mail))[person.pk],
        waiting=waiting_for([person.pk]).get(person.pk, []),
        weekly=preferences(mail.to).matches == Frequency.WEEKLY,
        language=mail.language,
        words=Words(),
    )


def _school(mail: OutgoingMail, person: User) -> Mapping[str, object]:
    return school_context(_told_in(mail), mail.language, Words())


def _provider(mail: OutgoingMail, person: User) -> Mapping[str, object]:
    return provider_context(_told_in(mail), mail.language, Words())


def _told_in(mail: OutgoingMail) -> list[Notification]:
    return list(holding(Notification.objects.filter(mail=mail)).order_by("pk"))


def nothing_still(mail: OutgoingMail) -> bool:
    """Whether the request that nothing fits is still open, and still has nothing."""
    if preferences(mail.to).matches == Frequency.NONE:
        return False
    uuid = mail.key.removeprefix("match-none:")
    placed = Match.objects.placed().filter(request=OuterRef("pk"))
    return Request.objects.open().filter(~Exists(placed), uuid=uuid).exists()


for template, said in (("match_digest", _digest), ("match_school", _school), ("match_provider", _provider)):
    checks.register(template, partial(holds, said=said))
checks.register("match_none", nothing_still)
