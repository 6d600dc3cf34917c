"""Every write of a saved search by its owner. Sending is in `alerts`, what time does to them in `tending`."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import SavedSearch
from techfinder.activities.saved import mails
from techfinder.activities.saved.arrivals import number_arrivals
from techfinder.activities.saved.queries import at_address
from techfinder.activities.saved.reading import EDITION, Params, fingerprint
from techfinder.activities.saved.schedule import next_due
from techfinder.mail.actions import lift_suppression
from techfinder.mail.models import MailPreferences
from techfinder.mail.queries import preferences
from techfinder.taxonomy.workdays import ONE_DAY, at

State, Stopped, Frequency = SavedSearch.State, SavedSearch.Stopped, SavedSearch.Frequency
MOST_LEFT_OUT = 100


def save_for_person(*, user: User, params: Params, frequency: str) -> SavedSearch:
    """Save a search for somebody who is signed in: it is on at once. The same search again is the same row."""
    top = number_arrivals()
    with transaction.atomic():
        saved = _get_or_make(user.email.lower(), params, frequency, user.language)
        saved.frequency, saved.user = frequency, user
        if saved.state in (State.UNCONFIRMED, State.STOPPED):
            saved.watermark = top
        _turn_on(saved)
    return saved


@transaction.atomic
def save_for_address(*, email: str, params: Params, frequency: str, language: str) -> None:
    """Save a search for an address that nobody has proven: a mail asks for that.

    Of one that is there already a mail says so, and nothing changes: only the owner of the mailbox learns of it.
    """
    saved = _get_or_make(email.lower(), params, frequency, language)
    if saved.state != State.UNCONFIRMED:
        mails.say_known(saved)
        return
    saved.frequency, saved.language, saved.created_at = frequency, language, timezone.now()
    saved.save(update_fields=["frequency", "language", "created_at"])
    mails.ask_confirmation(saved)


def _get_or_make(email: str, params: Params, frequency: str, language: str) -> SavedSearch:
    new = {"criteria": params, "edition": EDITION, "frequency": frequency, "language": language}
    saved, _is_new = SavedSearch.objects.get_or_create(email=email, fingerprint=fingerprint(params), defaults=new)
    return _locked(saved)


def _locked(saved: SavedSearch) -> SavedSearch:
    return SavedSearch.objects.select_for_update(of=("self",)).select_related("user").get(pk=saved.pk)


def _turn_on(saved: SavedSearch) -> None:
    now = timezone.now()
    saved.state, saved.stopped_because, saved.stopped_at = State.ACTIVE, "", None
    saved.confirmed_at = saved.confirmed_at or now
    saved.next_due_at = next_due(saved.frequency, after=now, chosen=preferences(saved.address))
    _wanted(saved)
    lift_suppression(email=saved.address)
    saved.save()


def _wanted(saved: SavedSearch) -> None:
    saved.wanted_at, saved.wanted_asked_at = timezone.now(), None


def confirm(*, saved: SavedSearch) -> SavedSearch:
    """Turn on what the owner of the mailbox asked for. What is there already is not news; again changes nothing."""
    top = number_arrivals()
    with transaction.atomic():
        saved = _locked(saved)
        if saved.state == State.UNCONFIRMED:
            saved.user = User.objects.filter(email=saved.email, is_active=True).first()
            saved.watermark = top
            _turn_on(saved)
    return saved


@transaction.atomic
def pause(*, saved: SavedSearch) -> SavedSearch:
    """Send nothing for now; what comes meanwhile is kept for later."""
    saved = _locked(saved)
    if saved.state == State.ACTIVE:
        saved.state = State.PAUSED
        _wanted(saved)
        saved.save()
    return saved


@transaction.atomic
def resume(*, saved: SavedSearch) -> SavedSearch:
    """Go on after a pause: the next mail has what came meanwhile."""
    saved = _locked(saved)
    if saved.state == State.PAUSED:
        _turn_on(saved)
    return saved


@transaction.atomic
def stop(*, saved: SavedSearch) -> SavedSearch:
    """No mail any more. One that was never confirmed is forgotten at once; a second time changes nothing."""
    if not SavedSearch.objects.select_for_update().filter(pk=saved.pk):
        saved.state = State.STOPPED
        return saved
    saved = _locked(saved)
    if saved.state == State.UNCONFIRMED:
        SavedSearch.objects.filter(pk=saved.pk).delete()
        saved.state = State.STOPPED
    elif saved.state != State.STOPPED:
        saved.state, saved.stopped_because, saved.stopped_at = State.STOPPED, Stopped.SELF, timezone.now()
        saved.save()
    return saved


def start_again(*, saved: SavedSearch) -> SavedSearch:
    """Turn on what was stopped, from now on."""
    top = number_arrivals()
    with transaction.atomic():
        saved = _locked(saved)
        if saved.state == State.STOPPED:
            saved.watermark = top
            _turn_on(saved)
    return saved


@transaction.atomic
def still_wanted(*, saved: SavedSearch) -> SavedSearch:
    """For another year."""
    saved = _locked(saved)
    if saved.state in (State.ACTIVE, State.PAUSED):
        _wanted(saved)
        saved.save()
    return saved


@transaction.atomic
def change_frequency(*, saved: SavedSearch, frequency: str) -> SavedSearch:
    """Mail more or less often."""
    saved = _locked(saved)
    saved.frequency = frequency
    saved.next_due_at = next_due(frequency, after=timezone.now(), chosen=preferences(saved.address))
    _wanted(saved)
    saved.save()
    return saved


@transaction.atomic
def follow_preferences(*, chosen: MailPreferences) -> None:
    """Another hour or day was chosen: what is to come keeps to it, and comes at most once a day."""
    now = timezone.now()
    tomorrow = at(timezone.localdate(now) + ONE_DAY, dt.time.min)
    coming = at_address(chosen.email).filter(next_due_at__gt=now)
    for frequency in (Frequency.DAILY, Frequency.WEEKLY):
        theirs = coming.filter(frequency=frequency)
        had = theirs.filter(sent_at__gte=tomorrow - ONE_DAY)
        theirs.exclude(pk__in=had.values("pk")).update(next_due_at=next_due(frequency, after=now, chosen=chosen))
        had.update(next_due_at=next_due(frequency, after=tomorrow, chosen=chosen))


def change_criteria(*, saved: SavedSearch, params: Params) -> bool:
    """Search for something else from now on; False when the owner has that search already."""
    try:
        with transaction.atomic():
            saved = _locked(saved)
            saved.criteria, saved.edition, saved.fingerprint = params, EDITION, fingerprint(params)
            _wanted(saved)
            saved.save()
    except IntegrityError:
        return False
    return True


@transaction.atomic
def leave_out(*, saved: SavedSearch, by: str, value: str | int) -> SavedSearch:
    """Tell nothing more of this provider, kind or theme, or of this activity."""
    saved, entry = _locked(saved), {"by": by, "value": value}
    if entry not in saved.less and len(saved.less) < MOST_LEFT_OUT:
        saved.less = [*saved.less, entry]
        _wanted(saved)
        saved.save()
    return saved


@transaction.atomic
def put_back(*, saved: SavedSearch, by: str, value: str) -> SavedSearch:
    """Undo `leave_out`."""
    saved = _locked(saved)
    saved.less = [each for each in saved.less if (each["by"], str(each["value"])) != (by, value)]
    _wanted(saved)
    saved.save()
    return saved


@transaction.atomic
def forget_person(*, user: User) -> None:
    """A deleted account leaves no saved search behind, nor one that was saved without it."""
    SavedSearch.objects.filter(Q(user=user) | Q(email=user.email.lower())).delete()


@transaction.atomic
def adopt(*, user: User) -> int:
    """Give somebody who has just proven a mailbox what was saved and confirmed from it. Returns how many."""
    own = SavedSearch.objects.filter(user=None, email=user.email.lower()).exclude(state=State.UNCONFIRMED)
    return own.update(user=user)
