"""A full rematch that cannot be done: it is tried a few times, is over then, and holds up nothing."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from techfinder.mail.models import Heartbeat
from techfinder.matches import actions
from techfinder.matches.actions import rematching, standstill, sweeping
from techfinder.matches.actions.rematching import MOST_CLAIMS
from techfinder.matches.models import Match, Number, OfferedRow, Rematch
from techfinder.matches.pairs.shards import RematchFailedError
from techfinder.requests.models import Request
from tests.matches.worlds import Country, anything_stale, catch_up, stored

pytestmark = pytest.mark.django_db
RUNNING, DONE, FAILED = Rematch.State.RUNNING, Rematch.State.DONE, Rematch.State.FAILED


@pytest.fixture
def country():
    country = Country(31)
    country.requests(30)
    country.activities(20)
    actions.rematch(everything=True)
    return country


def set_day(pk, day):
    """Written past all checks, as a broken import might; Python knows no days before the year 1."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_request SET date_from = %s WHERE id = %s", [day, pk])


def states():
    return list(Rematch.objects.order_by("pk").values_list("state", flat=True))


def test_a_row_that_cannot_be_read_ends_the_run(country, caplog):
    whole = stored()
    request = Request.objects.open().first()
    day = request.date_from
    set_day(request.pk, "4000-01-01 BC")
    with pytest.raises(RematchFailedError, match="failed"):
        actions.rematch(everything=True)
    assert states() == [DONE, FAILED]
    run = Rematch.objects.first()
    assert run.finished_at
    assert max(run.shards.values_list("attempts", flat=True)) == MOST_CLAIMS
    assert not run.shards.exclude(best=None, lease_until=None).exists()
    assert "year 1" in caplog.text
    assert not anything_stale()
    set_day(request.pk, day)
    actions.rematch(everything=True)
    assert states() == [DONE, FAILED, DONE]
    assert stored() == whole


def test_what_cannot_be_put_into_words_ends_the_run_and_is_stored_by_the_next(country, caplog):
    """Some provinces are stored by then: whoever comes next may not rest on what is half."""
    whole = stored()
    number = Number.objects.get(vocabulary=Number.Vocabulary.THEME, code="water")
    Match.objects.all().delete()
    number.delete()
    with pytest.raises(RematchFailedError):
        actions.rematch(everything=True)
    assert states() == [DONE, FAILED]
    assert "KeyError" in caplog.text
    assert not OfferedRow.objects.filter(live=True, stale=False).exists()
    number.save(force_insert=True)
    actions.rematch(everything=True)
    catch_up()
    assert states() == [DONE, FAILED, DONE]
    assert stored() == whole


def test_single_items_are_matched_while_no_run_can_be_done(country):
    set_day(Request.objects.open().first().pk, "4000-01-01 BC")
    with pytest.raises(RematchFailedError):
        actions.rematch(everything=True)
    assert sum(actions.match_activity(activity_id=each.pk).created for each in country.activities(6))
    actions.match_stale()
    assert not anything_stale()


def test_the_sweeper_starts_no_other_until_the_night(country, monkeypatch):
    monkeypatch.setattr(sweeping, "FLOOD", 3)
    actions.sweep()
    Rematch.objects.update(state=FAILED)
    count = Rematch.objects.count()
    country.activities(6)
    assert actions.sweep() == 6
    actions.sweep()
    assert Rematch.objects.count() == count
    Heartbeat.objects.filter(name=sweeping.NIGHTLY).update(at=timezone.now() - dt.timedelta(days=1))
    actions.sweep()
    assert Rematch.objects.count() == count + 1
    assert Rematch.objects.first().state == RUNNING


def test_a_shard_whose_workers_are_killed_each_time_is_given_up(country):
    run = actions.start_rematch(workers=False)
    past = timezone.now() - dt.timedelta(seconds=1)
    run.shards.filter(province="NL-ZE").update(attempts=MOST_CLAIMS, lease_until=past)
    assert actions.rematch_shard(shard_id=run.shards.get(province="NL-ZE").pk, workers=False)
    run.refresh_from_db()
    assert run.state == FAILED
    assert not any(actions.rematch_shard(shard_id=pk) for pk in run.shards.values_list("pk", flat=True))


def test_the_sweeper_closes_what_is_stored(country, monkeypatch):
    """Whoever stored the last part was killed before it closed the run."""
    monkeypatch.setattr(rematching, "_go_on", lambda *args: None)
    run = actions.start_rematch(workers=False)
    ids = list(run.shards.values_list("pk", flat=True))
    for pk in ids * 2:
        actions.rematch_shard(shard_id=pk, workers=False)
    assert states() == [DONE, RUNNING]
    actions.sweep()
    assert Rematch.objects.get(pk=run.pk).state == DONE


def test_the_command_says_that_it_failed(country):
    set_day(Request.objects.open().first().pk, "4000-01-01 BC")
    out = io.StringIO()
    with pytest.raises(CommandError, match="the log says why"):
        call_command("rematch", "--all", "--json", stdout=out)
    assert out.getvalue() == ""


# ------------------------------------------------------------ standing still


def test_who_waits_for_no_worker_is_told_once(country, monkeypatch):
    monkeypatch.setattr(standstill, "PATIENCE", 0.3)
    told = []
    actions.rematch(everything=True, workers=True, seconds=2, notice=told.append)
    assert told == ["No worker has taken a part yet; is one running?"]


def test_who_waits_for_another_process_is_told_until_when(country, monkeypatch):
    monkeypatch.setattr(standstill, "PATIENCE", 0.3)
    run = actions.start_rematch(workers=False)
    until = timezone.now() + dt.timedelta(seconds=2)
    run.shards.update(lease_until=until)
    out, err = io.StringIO(), io.StringIO()
    call_command("rematch", "--all", "--json", stdout=out, stderr=err)
    assert err.getvalue() == f"Another process holds a part until {timezone.localtime(until):%H:%M:%S}.\n"
    assert set(json.loads(out.getvalue())) == {"created", "updated", "reopened", "closed"}
    assert states() == [DONE, DONE]
