"""Every write to an activity. What matters to matching raises `version` and wakes the matcher after commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from techfinder.activities import changes
from techfinder.activities.addresses import reserved_slugs
from techfinder.activities.models import Activity, Session, Stage
from techfinder.celery import wake
from techfinder.organisations.models import Provider

Status = Activity.Status
NOT_COPIED = {
    "id", "ref", "slug", "title", "status", "pending", "submitted_at", "published_at", "confirmed_at",
    "created_at", "updated_at", "version", "matched_version", "quiet", "arrival",
}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]
# Of more at once the sweeper is told: it matches them together.
MOST_WAKES = 20


@transaction.atomic
def create_draft(*, provider: Provider, title: str, **values: Any) -> Activity:
    """A new activity that only its provider's members see."""
    return Activity.objects.create(provider=provider, title=title, slug=free_slug(title), **values)


def free_slug(title: str) -> str:
    """An address that no other activity, page or region has."""
    base = slugify(title)[:120].strip("-") or gettext("activity")
    taken = set(Activity.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | reserved_slugs(base)
    return next(slug for slug in _numbered(base) if slug not in taken)


def _numbered(base: str) -> Any:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


@transaction.atomic
def save_step(
    *,
    activity: Activity,
    values: Mapping[str, Any],
    stages: Rows | None = None,
    sessions: Rows | None = None,
    picture: ContentFile | None = None,
) -> Activity:
    """Keep what was filled in: at once in a draft, waiting for a moderator in what is already public."""
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    values = {**values, **({"picture": _stored(picture)} if picture else {})}
    if activity.is_approved:
        return _keep_waiting(activity, values, stages, sessions)
    for name, value in values.items():
        setattr(activity, name, value)
    if activity.status == Status.SUBMITTED:
        # Whoever has the old text open must look again before deciding.
        activity.submitted_at = timezone.now()
    activity.save()
    _write_rows(activity, stages, sessions)
    return activity


def _stored(picture: ContentFile) -> str:
    field = Activity._meta.get_field("picture")
    return field.storage.save(field.generate_filename(None, picture.name or "picture.jpg"), picture)


def _keep_waiting(
    activity: Activity, values: Mapping[str, Any], stages: Rows | None, sessions: Rows | None
) -> Activity:
    wanted = {name: changes.encode(value) for name, value in values.items()}
    if stages is not None:
        wanted["stages"] = changes.encode_rows(stages, changes.STAGE_KEYS)
    if sessions is not None:
        wanted["sessions"] = changes.encode_rows(sessions, changes.SESSION_KEYS)
    now = changes.current(activity)
    merged = {**(activity.pending or {}), **wanted}
    pending = {name: value for name, value in merged.items() if value != now[name]} or None
    if pending != activity.pending:
        activity.pending = pending
        activity.submitted_at = timezone.now() if pending else None
        activity.save(update_fields=["pending", "submitted_at", "updated_at"])
    return activity


def _write_rows(activity: Activity, stages: Rows | None, sessions: Rows | None) -> None:
    if stages is not None:
        activity.stages.all().delete()
        Stage.objects.bulk_create(Stage(activity=activity, position=at, **row) for at, row in enumerate(stages))
    if sessions is not None:
        _write_sessions(activity, sessions)


def _write_sessions(activity: Activity, rows: Rows) -> None:
    """Dates are told apart by day and time; one with seats taken stays, with at least those seats."""
    kept = {(session.date, session.start): session for session in activity.sessions.select_for_update()}
    for row in rows:
        session = kept.pop((row["date"], row["start"]), None) or Session(activity=activity)
        session.date, session.start, session.end = row["date"], row["start"], row["end"]
        session.seats = max(row["seats"], session.taken)
        session.save()
    for session in kept.values():
        if not session.taken:
            session.delete()


@transaction.atomic
def submit(*, activity: Activity) -> bool:
    """Send a draft, or a change that came back with a question. False when there was nothing to send any more."""
    mine, now = Activity.objects.filter(pk=activity.pk), timezone.now()
    drafts = mine.filter(status__in=[Status.DRAFT, Status.CHANGES, Status.REJECTED])
    returned = mine.filter(status__in=[Status.PUBLISHED, Status.PAUSED], pending__isnull=False, submitted_at=None)
    return bool(
        drafts.update(status=Status.SUBMITTED, submitted_at=now, confirmed_at=timezone.localdate())
        or returned.update(submitted_at=now)
    )


def _claim(activity_id: int, seen: dt.datetime) -> Activity | None:
    """Take what waits, as the moderator saw it, out of the queue; None when somebody was first or it changed."""
    waiting = Activity.objects.waiting().filter(pk=activity_id, submitted_at=seen)
    if not waiting.update(submitted_at=None):
        return None
    return Activity.objects.select_for_update().get(pk=activity_id)


@transaction.atomic
def approve(*, activity_id: int, seen: dt.datetime) -> Activity | None:
    """Make public what a moderator saw; None when that was settled or changed meanwhile."""
    activity = _claim(activity_id, seen)
    if activity is None:
        return None
    if activity.pending:
        _apply_pending(activity)
    else:
        activity.status = Status.PUBLISHED
    activity.published_at = activity.published_at or timezone.now()
    activity.save()
    _rematch(Activity.objects.filter(pk=activity.pk))
    wake("activities.alerts")
    return activity


def _apply_pending(activity: Activity) -> None:
    pending = activity.pending or {}
    for name, value in pending.items():
        if name in changes.FIELDS:
            setattr(activity, name, changes.decode(name, value))
    stages, sessions = (pending.get(name) for name in ("stages", "sessions"))
    _write_rows(
        activity,
        None if stages is None else [changes.decode_row(row, Stage) for row in stages],
        None if sessions is None else [changes.decode_row(row, Session) for row in sessions],
    )
    activity.pending, activity.confirmed_at = None, timezone.localdate()


@transaction.atomic
def ask_change(*, activity_id: int, seen: dt.datetime) -> Activity | None:
    """Give it back to the provider; what is already public stays as it is."""
    activity = _claim(activity_id, seen)
    if activity and not activity.is_approved:
        activity.status = Status.CHANGES
        activity.save(update_fields=["status", "updated_at"])
    return activity


@transaction.atomic
def reject(*, activity_id: int, seen: dt.datetime) -> Activity | None:
    """Refuse it; of what is already public only the change is refused."""
    activity = _claim(activity_id, seen)
    if activity is None:
        return None
    if activity.is_approved:
        activity.pending = None
    else:
        activity.status = Status.REJECTED
    activity.save(update_fields=["status", "pending", "updated_at"])
    return activity


@transaction.atomic
def pause(*, activity: Activity) -> bool:
    """Take it off the site for a while, at once: nobody need approve silence."""
    return _move(activity, {Status.PUBLISHED}, Status.PAUSED)


@transaction.atomic
def resume(*, activity: Activity) -> bool:
    """Put it back as it was approved."""
    return _move(activity, {Status.PAUSED}, Status.PUBLISHED)


@transaction.atomic
def archive(*, activity: Activity) -> bool:
    """Take it off the site for good; it can still be copied."""
    return _move(activity, set(Status) - {Status.ARCHIVED}, Status.ARCHIVED)


def _move(activity: Activity, since: set[Status], to: Status) -> bool:
    rows = Activity.objects.filter(pk=activity.pk)
    moved = rows.filter(status__in=since).update(status=to, updated_at=timezone.now())
    if moved:
        _rematch(rows)
    return bool(moved)


@transaction.atomic
def copy(*, activity: Activity) -> Activity:
    """A new draft with the same content and the coming dates, all seats free."""
    fields = [field.name for field in Activity._meta.concrete_fields if field.name not in NOT_COPIED]
    title = (gettext("Copy of %(title)s") % {"title": activity.title})[:120]
    draft = create_draft(title=title, **{name: getattr(activity, name) for name in fields})
    stages = [{key: getattr(stage, key) for key in changes.STAGE_KEYS} for stage in activity.stages.all()]
    coming = activity.sessions.filter(date__gte=timezone.localdate())
    _write_rows(draft, stages, [{key: getattr(row, key) for key in changes.SESSION_KEYS} for row in coming])
    return draft


@transaction.atomic
def rematch_provider(*, provider: Provider) -> None:
    """After a provider was verified or changed: its activities are matched anew, without waiting for the sweeper."""
    _rematch(Activity.objects.filter(provider=provider, status=Status.PUBLISHED))
    wake("activities.alerts")


@transaction.atomic
def lock_sessions(*, session_ids: Collection[int], public: bool = True) -> dict[int, Session]:
    """The days of public activities (of all, with `public=False`) among these, held until the caller's transaction
    ends.

    Activities before days, each by id: whoever writes both takes them in this order, so that nobody waits in a ring.
    Rows that point at an activity may still be written: matching waits for nobody who holds a day.
    """
    wanted = Session.objects.filter(pk__in=session_ids)
    offered = Activity.objects.public() if public else Activity.objects.all()
    activities = offered.filter(pk__in=wanted.values("activity")).order_by("pk")
    held = set(activities.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    rows = wanted.filter(activity__in=held).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {session.pk: session for session in rows.select_related("activity__provider")}


@transaction.atomic
def take_seats(*, seats: Mapping[int, int]) -> None:
    """Take so many seats of each day (session id -> pupils; below zero gives back), and match its activity anew.

    IntegrityError when one has not as many free: look first, under `lock_sessions`.
    """
    # Its order of locks holds here too: a day taken before its activity waits in a ring with who publishes a round.
    lock_sessions(session_ids=seats, public=False)
    for session_id, taken in sorted(seats.items()):
        Session.objects.filter(pk=session_id).update(taken=F("taken") + taken)
    _rematch(Activity.objects.filter(pk__in=Session.objects.filter(pk__in=seats).values("activity")))


def _rematch(activities: QuerySet[Activity]) -> None:
    activities.update(version=F("version") + 1)
    ids = list(activities.values_list("pk", flat=True))
    if len(ids) > MOST_WAKES:
        wake("matches.sweep")
        return
    for activity_id in ids:
        wake("matches.match_activity", activity_id)
