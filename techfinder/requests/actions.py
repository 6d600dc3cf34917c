"""Every write of requests. What matters to matching raises `version` and wakes the worker after commit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts import codes
from techfinder.accounts.codes import Verdict
from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.actions import call_off, queue_mail
from techfinder.mail.compose import absolute
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from techfinder.requests.tokens import confirm_token

CODE_SALT = "techfinder.requests.code"
SENDS_PER_REQUEST = 5
SENDS_PER_ADDRESS = 10  # in an hour: nobody's mailbox is filled by a stranger
UNCONFIRMED_FOR = timedelta(hours=48)
# Of more at once the sweeper is told: it matches them together.
MOST_WAKES = 20

# A change of one of these can change the pairs; the other fields are words for people.
MATCHING_FIELDS = frozenset(
    {"levels", "themes", "kinds", "delivery", "audience", "group_size", "date_from", "date_until"}
    | {"max_travel_km", "max_cost", "school"}
)


class Outcome(StrEnum):
    """What came of a code that somebody typed."""

    CONFIRMED = "confirmed"
    ALREADY = "already"
    WRONG = "wrong"
    USED_UP = "used_up"
    TOO_OLD = "too_old"
    CLOSED = "closed"


_OUTCOMES = {
    Verdict.RIGHT: Outcome.CONFIRMED,
    Verdict.WRONG: Outcome.WRONG,
    Verdict.USED_UP: Outcome.USED_UP,
    Verdict.TOO_OLD: Outcome.TOO_OLD,
}


@dataclass(frozen=True)
class Confirmation:
    outcome: Outcome
    request: Request
    user: User | None = None


# ------------------------------------------------------------------ posting


@transaction.atomic
def post_request(
    *, school: School, email: str, name: str, fields: Mapping[str, Any], proven: User | None = None
) -> Request:
    """Write a request of a school. It is open at once for a proven member; else a code goes to the address."""
    request = Request(school=school, contact_email=email.lower(), contact_name=name, **_complete(fields))
    if proven:
        request.contact, request.contact_email = proven, proven.email
        request.contact_name = name or proven.name
        _open(request)
    else:
        request.save()
        _send_code(request)
    return request


def _complete(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A request that says nothing about its audience is about pupils."""
    return {**fields, "audience": list(fields.get("audience") or ["pupils"])}


def _open(request: Request) -> None:
    request.status = Request.Status.OPEN
    request.confirmed_at = timezone.now()
    request.code_hash = ""
    request.save()
    wake("matches.match_request", request.pk)
    if request.wanted:
        wake("bookings.ask_wanted", request.pk)


# -------------------------------------------------------------------- codes


def too_many_codes(*, email: str) -> bool:
    """Whether this address had so many codes in the last hour that it gets no more for now."""
    recent = Request.objects.filter(contact_email=email.lower(), code_sent_at__gt=timezone.now() - codes.VALID)
    return sum(recent.values_list("code_sends", flat=True)) >= SENDS_PER_ADDRESS


@transaction.atomic
def resend_code(*, request_id: int) -> bool:
    """Send a new code, which makes the earlier one void; False when that would be too soon or too often."""
    request = Request.objects.select_for_update().get(pk=request_id)
    too_soon = request.code_sent_at and timezone.now() - request.code_sent_at < codes.RESEND_AFTER
    used_up = request.code_sends >= SENDS_PER_REQUEST or too_many_codes(email=request.contact_email)
    if request.status != Request.Status.UNCONFIRMED or too_soon or used_up:
        return False
    _send_code(request)
    return True


def _send_code(request: Request) -> None:
    code = codes.make()
    request.code_hash, request.code_attempts = codes.hashed(code, salt=CODE_SALT, of=request.uuid), 0
    request.code_sends += 1
    request.code_sent_at = timezone.now()
    request.save(update_fields=["code_hash", "code_attempts", "code_sends", "code_sent_at"])
    queue_mail(
        key=f"request-code:{request.uuid}:{request.code_sends}",
        to=request.contact_email,
        template="request_code",
        context={
            "code": code,
            "title": request.title,
            "school": request.school.name,
            "button_url": absolute(reverse("requests:confirm", args=[confirm_token(request.uuid)])),
            "valid_minutes": codes.VALID_MINUTES,
        },
        thread=request.thread,
    )


@transaction.atomic
def confirm_request(*, request_id: int, code: str) -> Confirmation:
    """Open the request when the code is right, and tie it to the person of that address. Counts every attempt."""
    request = Request.objects.select_for_update(of=("self",)).select_related("school").get(pk=request_id)
    outcome = _judge(request, code)
    if outcome is Outcome.WRONG:
        request.code_attempts += 1
        request.save(update_fields=["code_attempts"])
    if outcome is not Outcome.CONFIRMED:
        return Confirmation(outcome, request)
    user = _person_of(request)
    request.contact = user
    _open(request)
    return Confirmation(outcome, request, user)


def _judge(request: Request, code: str) -> Outcome:
    if request.status != Request.Status.UNCONFIRMED:
        was_confirmed = request.confirmed_at is not None
        return Outcome.ALREADY if was_confirmed else Outcome.CLOSED
    kept = codes.Kept(request.code_hash, request.code_sent_at, request.code_attempts)
    return _OUTCOMES[codes.judge(code, kept, salt=CODE_SALT, of=request.uuid)]


def _person_of(request: Request) -> User:
    """The account of the address, made when there is none: the code has proven the mailbox."""
    known = EmailAddress.objects.filter(email__iexact=request.contact_email, verified=True).select_related("user")
    address = known.first()
    if address:
        return User.objects.get(pk=address.user_id)
    # Two questions of one new person may be confirmed at the same moment.
    user, _created = User.objects.get_or_create(
        email=request.contact_email, defaults={"name": request.contact_name, "password": make_password(None)}
    )
    EmailAddress.objects.update_or_create(
        user=user, email=request.contact_email, defaults={"verified": True, "primary": True}
    )
    return user


# ------------------------------------------------------------------ changes


@transaction.atomic
def edit_request(*, request_id: int, fields: Mapping[str, Any]) -> Request:
    """Change an open request; only a change that matters to matching wakes the worker."""
    request = Request.objects.select_for_update().get(pk=request_id)
    if request.status not in EDITABLE:
        return request
    changed = {name for name, value in _complete(fields).items() if getattr(request, name) != value}
    for name, value in _complete(fields).items():
        setattr(request, name, value)
    _save(request, matters=bool(changed & MATCHING_FIELDS))
    return request


EDITABLE = (Request.Status.OPEN,)
EXTENDABLE = (Request.Status.OPEN, Request.Status.EXPIRED)


@transaction.atomic
def extend_request(*, request_id: int, date_until: date) -> Request:
    """Give a request a later last day; one that had run out opens again."""
    request = Request.objects.select_for_update().get(pk=request_id)
    if request.status not in EXTENDABLE or date_until <= request.date_until:
        return request
    request.date_until, request.status = date_until, Request.Status.OPEN
    _save(request, matters=True)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, reason: str, note: str = "") -> Request:
    """Take a request back, with why. A second time changes nothing."""
    request = Request.objects.select_for_update().get(pk=request_id)
    if request.status not in EXTENDABLE:
        return request
    found = reason == Request.Withdrawn.FOUND_HERE
    request.status = Request.Status.FULFILLED if found else Request.Status.WITHDRAWN
    request.withdrawn_reason, request.withdrawn_note = reason, note
    _save(request, matters=True)
    call_off(thread=request.thread)
    return request


@transaction.atomic
def fulfil(*, request_ids: Collection[int]) -> set[int]:
    """Mark requests as answered; returns which were still open, and so were marked. The others stay as they are."""
    # Matching may still write rows that point at them: it waits for nobody here.
    wanted = Request.objects.open().filter(pk__in=request_ids).order_by("pk").select_for_update(no_key=True)
    ids = list(wanted.values_list("pk", flat=True))
    Request.objects.filter(pk__in=ids).update(
        status=Request.Status.FULFILLED, version=F("version") + 1, updated_at=timezone.now()
    )
    if len(ids) > MOST_WAKES:
        wake("matches.sweep")
        return set(ids)
    for request_id in ids:
        wake("matches.match_request", request_id)
    return set(ids)


@transaction.atomic
def reopen(*, request_id: int) -> bool:
    """Open a request again that was answered, when the answer came to nothing; past its last day it is over.

    False when it is not answered, or was closed by its school.
    """
    request = Request.objects.select_for_update(no_key=True).get(pk=request_id)
    if request.status != Request.Status.FULFILLED or request.withdrawn_reason:
        return False
    past = request.date_until < timezone.localdate()
    request.status = Request.Status.EXPIRED if past else Request.Status.OPEN
    _save(request, matters=True)
    return True


@transaction.atomic
def forget_wanted(*, request_id: int) -> None:
    """The activity that it was written for was asked for, or cannot be."""
    Request.objects.filter(pk=request_id).update(wanted="")


def _save(request: Request, *, matters: bool) -> None:
    if matters:
        request.version += 1
        wake("matches.match_request", request.pk)
    request.save()


# -------------------------------------------------------------- housekeeping


@transaction.atomic
def drop_unconfirmed() -> int:
    """Delete what nobody confirmed in 48 hours, its history too: no trace of a mistyped address stays."""
    old = Request.objects.filter(
        status=Request.Status.UNCONFIRMED, created_at__lt=timezone.now() - UNCONFIRMED_FOR
    ).select_for_update()
    ids = list(old.values_list("pk", flat=True))
    history().filter(pgh_obj_id__in=ids).delete()
    Request.objects.filter(pk__in=ids).delete()
    return len(ids)


@transaction.atomic
def close_past() -> int:
    """Close requests whose last day is over; their matches close with them."""
    past = Request.objects.open().filter(date_until__lt=timezone.localdate()).select_for_update()
    ids = list(past.values_list("pk", flat=True))
    Request.objects.filter(pk__in=ids).update(
        status=Request.Status.EXPIRED, version=F("version") + 1, updated_at=timezone.now()
    )
    for request_id in ids:
        wake("matches.match_request", request_id)
    return len(ids)


def rematch_schools(*, school_ids: Collection[int]) -> None:
    """After the register moved schools: the database raised the versions of their open requests."""
    if Request.objects.open().filter(school__in=school_ids).exists():
        wake("matches.sweep")


@transaction.atomic
def forget_person(*, user: User) -> None:
    """Blank a person in all requests, of today and in the history; what is open is withdrawn."""
    own = Request.objects.filter(Q(contact=user) | Q(contact_email__iexact=user.email))
    ids = list(own.values_list("pk", flat=True))
    for request_id in own.filter(status=Request.Status.OPEN).values_list("pk", flat=True):
        withdraw_request(request_id=request_id, reason=Request.Withdrawn.OTHER)
    Request.objects.filter(pk__in=ids).update(contact=None, contact_email="", contact_name="")
    history().filter(pgh_obj_id__in=ids).update(contact=None, contact_email="", contact_name="")


def history() -> Any:
    """The history rows of requests, which the history library makes at start."""
    return Request.pgh_event_model.objects  # type: ignore[attr-defined]
