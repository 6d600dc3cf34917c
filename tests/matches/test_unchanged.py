"""A rerun with nothing changed writes no row and mails nobody; what still fits stays the row that it was."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import Match, Notification, Number, Rematch
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from tests.matches.worlds import Country, anything_stale, forget

pytestmark = pytest.mark.django_db
WRITTEN = ["matches_match", "matches_askedrow", "matches_offeredrow", "matches_notification", "mail_outgoingmail"]


def versions():
    """Of every row that a rematch may write: where it lies and which transaction wrote it."""
    found = {}
    with connection.cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"SELECT ctid::text, xmin::text FROM {table} ORDER BY ctid")
            found[table] = cursor.fetchall()
    return found


@pytest.fixture
def country():
    country = Country(11)
    country.requests(60)
    country.activities(30)
    Request.objects.update(quiet=False)
    Activity.objects.update(quiet=False)
    actions.rematch(everything=True)
    return country


def counts(stored):
    return stored.created, stored.updated, stored.reopened, stored.closed


def test_a_rerun_writes_nothing_and_mails_nothing(country):
    before = versions()
    assert len(before["matches_match"]) > 200
    assert before["matches_notification"]
    assert counts(actions.rematch(everything=True)) == (0, 0, 0, 0)
    assert versions() == before
    assert Rematch.objects.filter(state=Rematch.State.DONE).count() == 2


def test_an_item_matched_again_unchanged_writes_nothing(country):
    before = versions()
    for request_id in Request.objects.values_list("pk", flat=True)[:5]:
        assert counts(actions.match_request(request_id=request_id)) == (0, 0, 0, 0)
    for activity_id in Activity.objects.values_list("pk", flat=True)[:5]:
        assert counts(actions.match_activity(activity_id=activity_id)) == (0, 0, 0, 0)
    assert versions() == before


def test_what_still_fits_keeps_its_identity_and_who_was_told(country):
    told = Notification.objects.order_by("pk").first()
    Notification.objects.filter(pk=told.pk).update(told_at=timezone.now())
    Match.objects.filter(pk=told.match_id).update(asked_at=timezone.now())
    before = dict(Match.objects.values_list("pk", "created_at"))
    Request.objects.filter(pk=told.match.request_id).update(confirmed_at=timezone.now() - dt.timedelta(days=40))
    stored = actions.rematch(everything=True)
    assert (stored.created, stored.reopened) == (0, 0)
    assert stored.updated
    assert dict(Match.objects.values_list("pk", "created_at")) == before
    told.refresh_from_db()
    assert told.told_at
    assert Match.objects.get(pk=told.match_id).asked_at


def test_who_was_told_is_not_told_again_when_a_match_opens_again(country):
    provider = country.providers[0]
    told = Notification.objects.filter(match__activity__provider=provider)
    before = set(told.values_list("pk", "match"))
    for paused in (True, False):
        Provider.objects.filter(pk=provider.pk).update(paused=paused)
        actions.rematch(everything=True)
    assert Match.objects.open().filter(activity__provider=provider).exists()
    assert set(told.values_list("pk", "match")) == before
    assert not OutgoingMail.objects.exists()


def test_what_is_closed_leaves_the_lists_of_a_run(country):
    request = Request.objects.filter(matches__state="open").order_by("pk").first()
    Request.objects.filter(pk=request.pk).update(status=Request.Status.WITHDRAWN, version=2)
    stored = actions.rematch(everything=True)
    assert stored.closed
    assert not Match.objects.open().filter(request=request).exists()
    assert not anything_stale()
    assert actions.sweep() == 0


def test_the_order_in_which_codes_came_in_is_not_told(country):
    def words():
        columns = ("request_id", "activity_id", "reasons", "shortfalls")
        return list(Match.objects.open().order_by("request_id", "activity_id").values_list(*columns))

    before = words()
    forget()
    themes = Number.objects.filter(vocabulary=Number.Vocabulary.THEME)
    codes = list(themes.order_by("-number").values_list("code", flat=True))
    themes.delete()
    Number.objects.bulk_create(
        Number(vocabulary=Number.Vocabulary.THEME, code=code, number=at) for at, code in enumerate(codes)
    )
    actions.rematch(everything=True)
    assert words() == before
