import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from techfinder.matches.models import Match, Rematch
from techfinder.requests.models import Request

pytestmark = pytest.mark.django_db


def run(*args):
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


@pytest.fixture
def world(make_activity, make_request):
    make_activity(ref="A1")
    make_activity(ref="=A2", themes=["water"])
    make_request(ref="R1", quiet=True)
    make_request(ref="R2", themes=[], quiet=True)


def test_rematch_stores_and_writes_every_pair(world, tmp_path):
    target = tmp_path / "pairs.csv"
    summary = json.loads(run("rematch", "--all", "--json", "--pairs", str(target)))
    assert summary == {"created": 3, "updated": 0, "reopened": 0, "closed": 0, "pairs": 3}
    rows = list(csv.DictReader(target.open()))
    assert {(row["request_ref"], row["activity_ref"]) for row in rows} == {("R1", "A1"), ("R2", "A1"), ("R2", "=A2")}
    again = json.loads(run("rematch", "--all", "--json"))
    assert again == {"created": 0, "updated": 0, "reopened": 0, "closed": 0}


def test_every_pair_is_of_the_day_and_not_what_was_put_aside(world, tmp_path):
    run("rematch", "--all")
    Match.objects.filter(request__ref="R2", activity__ref="A1").update(state=Match.State.DECLINED)
    # Written past all versions: the rows are made anew first.
    Request.objects.filter(ref="R1").update(date_until=timezone.localdate() + timedelta(days=400))

    def pairs(day):
        target = tmp_path / "pairs.csv"
        run("rematch", "--pairs", str(target), "--today", day.isoformat())
        return {(row["request_ref"], row["activity_ref"]) for row in csv.DictReader(target.open())}

    today = timezone.localdate()
    assert pairs(today) == {("R1", "A1"), ("R2", "=A2")}
    assert pairs(today + timedelta(days=200)) == {("R1", "A1")}
    assert pairs(today + timedelta(days=500)) == set()


def test_rematch_on_another_day(world):
    run("rematch", "--all", "--today", "2099-01-01")
    assert not Match.objects.exists()
    with pytest.raises(CommandError):
        call_command("rematch", "--today", "morgen")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_of_no_year_of_ours_is_refused(world, tmp_path, day):
    target = tmp_path / "pairs.csv"
    for arguments in (["rematch", "--all"], ["rematch", "--pairs", str(target)], ["explain", "R1", "A1"]):
        with pytest.raises(CommandError, match="not of a year of ours"):
            run(*arguments, "--today", day)
    assert not target.exists()
    assert not Rematch.objects.exists()
    assert not Match.objects.exists()


def test_a_file_that_cannot_be_written_is_said(world, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run("rematch", "--pairs", str(tmp_path / "nowhere" / "pairs.csv"))


def test_export(world):
    run("rematch", "--all")
    rows = list(csv.DictReader(io.StringIO(run("export_matches"))))
    assert [(row["request_ref"], row["rank"]) for row in rows] == [("R1", "1"), ("R2", "1"), ("R2", "2")]
    assert "'=A2" in {row["activity_ref"] for row in rows}
    assert ["themes", ["energie"]] in json.loads(rows[0]["reasons"])
    lines = [json.loads(line) for line in run("export_matches", "--format", "jsonl").splitlines()]
    assert {line["activity_ref"] for line in lines} == {"A1", "=A2"}


def test_a_second_full_rematch_reports_the_first(world):
    first = json.loads(run("rematch", "--all", "--json", "--no-wait"))
    assert (first["state"], first["created"], first["shards_left"]) == ("running", 0, 13)
    again = json.loads(run("rematch", "--all", "--json", "--no-wait"))
    assert again == first
    assert json.loads(run("rematch", "--all", "--json"))["created"] == 3
    assert Rematch.objects.get().state == Rematch.State.DONE


def test_the_workers_are_for_everything(world):
    for option in ("--workers", "--no-wait"):
        with pytest.raises(CommandError, match="--all"):
            run("rematch", option)


def test_without_all_only_what_waits_is_matched(world):
    assert json.loads(run("rematch", "--json"))["created"] == 3
    assert not Rematch.objects.exists()
    assert json.loads(run("rematch", "--json")) == {"created": 0, "updated": 0, "reopened": 0, "closed": 0}
