"""Requests from CSV: what comes in, what comes again, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from techfinder.accounts.models import User
from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from tests.factories.organisations import SchoolFactory

pytestmark = pytest.mark.django_db

ROW = {
    "ref": "r-1", "school": "12AB00", "contact_email": "Juf@School.example", "title": "Wie helpt een boot te bouwen",
    "levels": "po-7", "themes": "energie", "kinds": "", "delivery": "", "audience": "pupils", "group_size": "28",
    "date_from": "2027-05-01", "date_until": "2027-07-01", "max_travel_km": "20", "max_cost": "100", "status": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def school() -> School:
    return SchoolFactory(code="12AB00")


def write(path: Path, *rows: dict[str, str]) -> Path:
    rows = tuple({**ROW, **row} for row in rows or ({},))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(path: Path, *, expect: str = "", **options: object) -> dict[str, int]:
    out, err = StringIO(), StringIO()
    call_command("import_requests", str(path), json=True, stdout=out, stderr=err, **options)
    assert expect in err.getvalue()
    assert bool(err.getvalue()) == bool(expect)
    return json.loads(out.getvalue())


def summary(**counts: int) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in ("created", "updated", "unchanged", "rejected")}


def test_a_request_comes_in_whole_and_then_is_unchanged(tmp_path: Path, school: School) -> None:
    path = write(tmp_path / "r.csv")
    assert run(path) == summary(created=1)

    request = Request.objects.get()
    assert (request.school, request.contact) == (school, User.objects.get(email="juf@school.example"))
    assert (request.contact_email, request.status) == ("juf@school.example", "open")
    assert (request.levels, request.themes, request.kinds, request.delivery) == (["po-7"], ["energie"], [], [])
    assert (request.group_size, request.max_travel_km, request.max_cost) == (28, 20, Decimal("100.00"))
    assert (request.date_from, request.date_until) == (dt.date(2027, 5, 1), dt.date(2027, 7, 1))
    assert request.confirmed_at is not None
    assert (request.quiet, request.version, request.matched_version) == (True, 1, 0)
    assert not OutgoingMail.objects.exists()

    assert run(path) == summary(unchanged=1)
    assert Request.objects.get().version == 1


def test_the_same_ref_updates_and_keeps_its_address_on_the_site(tmp_path: Path) -> None:
    run(write(tmp_path / "a.csv"))
    before = Request.objects.get()
    changed = write(tmp_path / "b.csv", {"group_size": "30", "contact_email": "meester@school.example"})
    assert run(changed, notify=True) == summary(updated=1)
    request = Request.objects.get()
    assert (request.group_size, request.version, request.quiet) == (30, 2, False)
    assert request.contact.email == "meester@school.example"
    assert (request.pk, request.uuid, request.created_at) == (before.pk, before.uuid, before.created_at)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"ref": ""}, "ref is empty"),
        ({"ref": "r-1"}, "ref r-1 occurs twice in this file"),
        ({"school": "99ZZ99"}, "school: 99ZZ99 is not in the register"),
        ({"school": ""}, "school is empty"),
        ({"contact_email": "x"}, "x is no e-mail address"),
        ({"levels": "groep 7"}, "levels: groep 7 does not exist"),
        ({"audience": ""}, "audience is empty"),
        ({"kinds": "feest"}, "kinds: feest does not exist"),
        ({"group_size": "0"}, "group_size: 0 is no whole number from 1"),
        ({"group_size": ""}, "group_size is empty"),
        ({"date_from": ""}, "date_from is empty"),
        ({"date_from": "2027-08-01"}, "date_from is after date_until"),
        ({"max_cost": "veel"}, "max_cost: veel is no amount"),
        ({"status": "unconfirmed"}, "status: unconfirmed does not exist"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_is_in(tmp_path: Path, bad: dict[str, str], reason: str) -> None:
    path = write(tmp_path / "r.csv", {}, {"ref": "r-2", **bad}, {"ref": "r-3"})
    assert run(path, expect=reason) == summary(created=2, rejected=1)
    assert sorted(Request.objects.values_list("ref", flat=True)) == ["r-1", "r-3"]

    Request.objects.all().delete()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("import_requests", str(path), strict=True, stdout=StringIO(), stderr=StringIO())
    assert not Request.objects.exists()


def test_a_closed_school_asks_nothing(tmp_path: Path, school: School) -> None:
    School.objects.update(closed_at=dt.date(2026, 8, 1))
    assert run(write(tmp_path / "r.csv"), expect="12AB00 is closed") == summary(rejected=1)


@pytest.mark.slow
def test_thousands_come_in_fast(tmp_path: Path) -> None:
    rows = [{"ref": f"r-{number}", "contact_email": f"p{number}@school.example"} for number in range(2000)]
    path = write(tmp_path / "r.csv", *rows)
    started = dt.datetime.now()
    assert run(path) == summary(created=2000)
    changed = write(tmp_path / "b.csv", *({**row, "group_size": "20"} for row in rows))
    assert run(changed) == summary(updated=2000)
    assert run(changed) == summary(unchanged=2000)
    # The pace of 5000 in a minute, three times over.
    assert dt.datetime.now() - started < dt.timedelta(seconds=24)
