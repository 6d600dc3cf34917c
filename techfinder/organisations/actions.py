"""Every write about providers and about who acts for whom."""

from datetime import timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.actions import queue_mail
from techfinder.mail.compose import absolute
from techfinder.organisations.access import RELATIONS, Organisation
from techfinder.organisations.domains import vouches
from techfinder.organisations.geocode import geocoder
from techfinder.organisations.models import Attention, Board, Invitation, Membership, Provider, School
from techfinder.organisations.places import municipality_of
from techfinder.taxonomy.models import Region

INVITATION_DAYS = 14
# Enough for any person in good faith; the queue of the moderators is not a place to fill.
MAX_WAITING_PROVIDERS = 3
MAX_WAITING_CLAIMS = 5
MAX_OPEN_INVITATIONS = 25
AWAY = ("away_from", "away_until")
PLACE = ("street", "house_number", "postcode", "city", "municipality")


class RefusedError(Exception):
    """What was asked cannot be done; the message tells the person why."""


# ---------------------------------------------------------------------------------------------------------- providers


@transaction.atomic
def register_provider(*, user: User, name: str, email: str, **fields: Any) -> Provider:
    """A company that waits for a moderator, with this person as its first member."""
    # One at a time: a form that is sent twice finds what the first time made.
    User.objects.select_for_update().get(pk=user.pk)
    mine = Membership.objects.filter(user=user, status=Membership.Status.ACTIVE, provider__isnull=False)
    waiting = mine.filter(provider__status=Provider.Status.PENDING)
    if waiting.filter(provider__name__iexact=name, provider__kvk=fields.get("kvk", "")).exists():
        raise RefusedError(_("You registered this organisation already. We look at it within 5 working days."))
    if waiting.count() >= MAX_WAITING_PROVIDERS:
        raise RefusedError(
            _("Several organisations of yours wait for approval already. Wait until we have looked at them.")
        )
    provider = Provider(name=name, email=email, status=Provider.Status.PENDING, **fields)
    provider.municipality = provider.municipality or municipality_of(provider.postcode, provider.city)
    _save_with_slug(provider)
    Membership.objects.create(user=user, provider=provider, status=Membership.Status.ACTIVE)
    _ask_for_point(provider)
    return provider


def _ask_for_point(provider: Provider) -> None:
    """By the worker: a form does not wait for another site. Until then its municipality's point counts."""
    if settings.GEOCODER_URL:
        wake("organisations.place_provider", provider.pk)


def place_provider(*, provider_id: int) -> bool:
    """Ask the geocoder where a provider is, outside any transaction; nothing when the address changed meanwhile."""
    provider = Provider.objects.filter(pk=provider_id, lat=None).first()
    if provider is None:
        return False
    address = {name: getattr(provider, name) for name in ("street", "house_number", "postcode", "city")}
    point = geocoder().locate(" ".join(address.values()))
    if point is None:
        return False
    lat, lon = point
    placed = Provider.objects.filter(pk=provider_id, lat=None, **address).update(lat=lat, lon=lon)
    wake("matches.sweep")
    return bool(placed)


def _save_with_slug(provider: Provider) -> None:
    """The name as an address; another of the same name gets a number, also when both come at once."""
    base = slugify(provider.name)[:70] or "aanbieder"
    for attempt in range(2, 1000):
        provider.slug = base if attempt == 2 else f"{base}-{attempt - 1}"
        if Provider.objects.filter(slug=provider.slug).exists():
            continue
        try:
            with transaction.atomic():
                return provider.save(force_insert=True)
        except IntegrityError:
            provider.pk = None
    raise RefusedError(_("Choose a longer name: this one is taken."))


@transaction.atomic
def update_provider(*, provider: Provider, **fields: Any) -> Provider:
    """Save what changed; a new place has its activities matched anew."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    moved = any(name in fields and fields[name] != getattr(locked, name) for name in PLACE)
    if moved:
        fields |= {"lat": None, "lon": None, "municipality": _municipality_after(locked, fields)}
    if any(name in fields and fields[name] != getattr(locked, name) for name in ("size", "max_open")):
        wake("matches.release", locked.pk)
    if any(name in fields and fields[name] != getattr(locked, name) for name in AWAY):
        wake("bookings.reschedule", locked.pk)
    if locked.status == Provider.Status.REJECTED:
        # What was refused may be mended: it waits for a moderator again.
        fields["status"] = Provider.Status.PENDING
    if "logo" in fields and locked.logo:
        transaction.on_commit(partial(locked.logo.storage.delete, locked.logo.name), robust=True)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(fields))
    if moved:
        _ask_for_point(locked)
        wake("matches.sweep")
    return locked


def _municipality_after(provider: Provider, fields: dict[str, Any]) -> Region | None:
    """The one that was chosen now, else that of the new address; the old one when the town is still the same."""
    chosen = fields.get("municipality")
    if chosen and chosen != provider.municipality:
        return cast(Region, chosen)
    city = fields.get("city", provider.city)
    found = municipality_of(fields.get("postcode", provider.postcode), city)
    return found or (provider.municipality if city == provider.city else None)


def _set_state(provider: Provider, **fields: Any) -> None:
    """Write what matching depends on. The database raises the version of the activities; the sweeper finds them."""
    Provider.objects.filter(pk=provider.pk).update(**fields)
    provider.refresh_from_db()
    wake("matches.sweep")


@transaction.atomic
def verify_provider(*, provider: Provider) -> bool:
    """Make a provider that waits, or was rejected, public. False when it is already: somebody was first."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.status == Provider.Status.VERIFIED:
        return False
    _set_state(provider, status=Provider.Status.VERIFIED, verified_at=timezone.now())
    return True


@transaction.atomic
def reject_provider(*, provider: Provider) -> bool:
    """Keep, or take, a provider off the site. False when it is already."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.status == Provider.Status.REJECTED:
        return False
    _set_state(provider, status=Provider.Status.REJECTED, verified_at=None)
    return True


@transaction.atomic
def pause_provider(*, provider: Provider, paused: bool = True) -> bool:
    """Stop, or resume, everything of this provider. False when it is so already."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.paused == paused:
        return False
    _set_state(provider, paused=paused)
    return True


# -------------------------------------------------------------------------------------------------------- memberships


@transaction.atomic
def claim_school(*, user: User, school: School) -> Membership:
    """Act for a school: at once when the person's mail is of the school's own domain, else after a moderator."""
    if school.closed_at:
        raise RefusedError(_("This school is closed in the register."))
    proven = vouches(user.email, school.website)
    return _claim(user, Membership.Status.ACTIVE if proven else Membership.Status.PENDING, school=school)


@transaction.atomic
def claim_board(*, user: User, board: Board) -> Membership:
    """Act for all schools of a board; always after a moderator, since it opens many doors."""
    return _claim(user, Membership.Status.PENDING, board=board)


def _claim(user: User, status: Membership.Status, **organisation: Organisation) -> Membership:
    # One claim of a person at a time: the count below is a limit.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    existing = Membership.objects.filter(user=user, **organisation).first()
    if existing and existing.status in (Membership.Status.ACTIVE, Membership.Status.REJECTED):
        return existing
    if status == Membership.Status.PENDING:
        _refuse_too_many_claims(user, existing)
    membership = existing or Membership(user=user, **organisation)
    membership.status, membership.created_at = status, timezone.now()
    membership.save()
    return membership


def _refuse_too_many_claims(user: User, existing: Membership | None) -> None:
    waiting = Membership.objects.filter(user=user, status=Membership.Status.PENDING)
    if (waiting.exclude(pk=existing.pk) if existing else waiting).count() >= MAX_WAITING_CLAIMS:
        raise RefusedError(_("Several claims of yours wait for approval already. Wait until we have looked at them."))


def verify_membership(*, membership: Membership) -> bool:
    """A moderator agrees to a claim. False when it waits no more: somebody was first, or the person left."""
    return _settle(membership, Membership.Status.ACTIVE)


def reject_membership(*, membership: Membership) -> bool:
    """A moderator refuses a claim. False when it waits no more."""
    return _settle(membership, Membership.Status.REJECTED)


@transaction.atomic
def _settle(membership: Membership, status: Membership.Status) -> bool:
    waiting = Membership.objects.filter(pk=membership.pk, status=Membership.Status.PENDING)
    if not waiting.update(status=status):
        return False
    membership.status = status
    return True


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """Stop acting for an organisation, or take a claim back. The moderator hears when nobody is left."""
    was_active = membership.status == Membership.Status.ACTIVE
    organisation = _lock(membership.organisation)
    membership.status = Membership.Status.LEFT
    membership.save(update_fields=["status"])
    relation = _relation(organisation)
    if not was_active or Membership.objects.filter(status=Membership.Status.ACTIVE, **relation).exists():
        return
    reason = Attention.Reason.LAST_MEMBER_LEFT
    Attention.objects.get_or_create(
        reason=reason, settled_at=None, **relation, defaults={"note": str(organisation)[:250]}
    )


def _lock(organisation: Organisation) -> Organisation:
    """Two who leave at once leave one after the other, or neither would be the last."""
    return type(organisation)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)


def _relation(organisation: Organisation) -> dict[str, Organisation]:
    return {RELATIONS[type(organisation)]: organisation}


# -------------------------------------------------------------------------------------------------------- invitations


@transaction.atomic
def invite(*, membership: Membership, email: str) -> Invitation:
    """Ask a colleague to join, by mail; asking again within the time sends the same link once more."""
    organisation = _lock(membership.organisation)
    if isinstance(organisation, Provider) and organisation.status != Provider.Status.VERIFIED:
        raise RefusedError(_("You can invite colleagues once we have approved the organisation."))
    relation, now = _relation(organisation), timezone.now()
    if Membership.objects.filter(user__email__iexact=email, status=Membership.Status.ACTIVE, **relation).exists():
        raise RefusedError(_("This person acts for the organisation already."))
    open_ones = Invitation.objects.filter(accepted_at=None, expires_at__gt=now, **relation)
    invitation = open_ones.filter(email__iexact=email).first()
    if invitation is None and open_ones.count() >= MAX_OPEN_INVITATIONS:
        raise RefusedError(_("Many invitations are open already. Withdraw one first."))
    if invitation is None:
        expires_at = now + timedelta(days=INVITATION_DAYS)
        invitation = Invitation.objects.create(
            email=email.lower(), invited_by=membership.user, expires_at=expires_at, **relation
        )
    _mail_invitation(invitation)
    return invitation


def _mail_invitation(invitation: Invitation) -> None:
    """At most one mail a day per invitation, however often the button is pressed."""
    queue_mail(
        key=f"invitation:{invitation.pk}:{timezone.localdate()}",
        to=invitation.email,
        template="invitation",
        language=invitation.invited_by.language,
        context={
            "organisation": str(invitation.organisation),
            "inviter": str(invitation.invited_by),
            "button_url": absolute(invitation.get_absolute_url()),
            "expires_at": invitation.expires_at,
        },
    )


@transaction.atomic
def withdraw_invitation(*, membership: Membership, invitation_id: int) -> bool:
    """Make the link in the mail useless. False when there is no such open invitation of this organisation."""
    mine = Invitation.objects.filter(accepted_at=None, **_relation(membership.organisation))
    deleted, _rows = mine.filter(pk=invitation_id).delete()
    return bool(deleted)


@transaction.atomic
def accept_invitation(*, user: User, token: UUID) -> Membership:
    """Join the organisation; the link works once and until it expires."""
    invitation = Invitation.objects.select_for_update().filter(token=token, accepted_at=None).first()
    if invitation is None or invitation.expires_at <= timezone.now():
        raise RefusedError(_("This invitation is no longer valid. Ask your colleague for a new one."))
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return _join(user, invitation.organisation)


def _join(user: User, organisation: Organisation) -> Membership:
    membership = Membership.objects.filter(user=user, **_relation(organisation)).first()
    membership = membership or Membership(user=user, **_relation(organisation))
    membership.status = Membership.Status.ACTIVE
    membership.save()
    return membership
