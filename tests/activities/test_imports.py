"""Activities from CSV: what comes in, what comes again, and what is refused."""

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
from techfinder.activities.models import Activity, Session
from techfinder.organisations.models import Membership, Provider
from tests.factories.organisations import ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db

ROW = {
    "ref": "a-1", "provider": "Huis van de Techniek", "provider_email": "info@huis.example",
    "title": "Mini-Zonnebootrace", "kind": "wedstrijd", "description": "Klassen bouwen een boot,\nen varen.",
    "goals": "Zonne-energie", "levels": "po-6;po-7;po-8", "themes": "energie;water", "regions": "NL-ZE",
    "delivery": "at_school;at_provider", "audience": "pupils", "venue_postcode": "4382 NA", "venue_lat": "51.44",
    "venue_lon": "3.61", "max_travel_km": "30", "group_min": "10", "group_max": "30", "splittable": "1",
    "months": "6", "available_from": "2027-01-01", "available_until": "2027-12-31",
    "sessions": "2027-06-18:30;2027-06-19:25", "lead_days": "28", "cost": "12.50", "status": "",
}  # fmt: skip


def write(path: Path, *rows: dict[str, str]) -> Path:
    rows = tuple({**ROW, **row} for row in rows or ({},))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(path: Path, *, expect: str = "", **options: object) -> dict[str, int]:
    out, err = StringIO(), StringIO()
    call_command("import_activities", str(path), json=True, stdout=out, stderr=err, **options)
    assert expect in err.getvalue()
    assert bool(err.getvalue()) == bool(expect)
    return json.loads(out.getvalue())


def summary(**counts: int) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in ("created", "updated", "unchanged", "rejected")}


def test_an_activity_comes_in_whole_and_then_is_unchanged(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv")
    assert run(path) == summary(created=1)

    activity = Activity.objects.select_related("provider").get()
    assert (activity.ref, activity.slug, activity.status) == ("a-1", "mini-zonnebootrace", "published")
    assert activity.description == "Klassen bouwen een boot,\nen varen."
    assert (activity.levels, activity.themes) == (["po-6", "po-7", "po-8"], ["energie", "water"])
    assert (activity.regions, activity.delivery) == (["NL-ZE"], ["at_school", "at_provider"])
    assert (activity.venue_postcode, activity.venue_lat, activity.venue_lon) == ("4382 NA", 51.44, 3.61)
    assert (activity.group_min, activity.group_max, activity.splittable) == (10, 30, True)
    assert (activity.months, activity.lead_days, activity.cost) == ([6], 28, Decimal("12.50"))
    assert activity.available_from == dt.date(2027, 1, 1)
    seats = {dt.date(2027, 6, 18): 30, dt.date(2027, 6, 19): 25}
    assert dict(activity.sessions.values_list("date", "seats")) == seats
    assert activity.quiet is True
    assert activity.published_at is not None
    assert (activity.version, activity.matched_version) == (1, 0)
    assert (activity.provider.name, activity.provider.status) == ("Huis van de Techniek", "verified")
    assert Membership.objects.get().user == User.objects.get(email="info@huis.example")

    assert run(path) == summary(unchanged=1)
    assert Activity.objects.get().version == 1


def test_the_rest_of_a_record_comes_in_too(tmp_path: Path) -> None:
    extra = {
        "co_providers": "Vrienden voor Elektro in de klas", "venue_street": "Ritthemsestraat",
        "venue_house_number": "500", "venue_city": "Vlissingen", "period_note": "Op 18 juni", "preparation_amount": "1",
        "preparation_unit": "half_days", "preparation_by": "guest_teacher",
        "provider_website": "https://www.huis.example",
        "stages": "Aanmelden;Bouwpakket|Een les en een pakket;Race|Op de Open Havendag|2027-06-18",
    }  # fmt: skip
    path = write(tmp_path / "a.csv", extra)
    assert run(path) == summary(created=1)
    activity = Activity.objects.get()
    assert (activity.preparation_amount, activity.preparation_unit) == (Decimal("1.0"), "half_days")
    assert activity.provider.website == "https://www.huis.example"
    assert (activity.venue_street, activity.period_note) == ("Ritthemsestraat", "Op 18 juni")
    assert list(activity.stages.values_list("title", "description", "date")) == [
        ("Aanmelden", "", None),
        ("Bouwpakket", "Een les en een pakket", None),
        ("Race", "Op de Open Havendag", dt.date(2027, 6, 18)),
    ]
    assert run(path) == summary(unchanged=1)
    assert run(write(tmp_path / "b.csv", {**extra, "stages": "Race"})) == summary(updated=1)
    assert activity.stages.get().title == "Race"


def test_the_same_ref_updates_and_raises_the_version(tmp_path: Path) -> None:
    run(write(tmp_path / "a.csv"), notify=True)
    activity = Activity.objects.get()
    assert activity.quiet is False
    Session.objects.filter(date="2027-06-19").update(taken=12)

    changed = {"title": "Zonnebootrace", "sessions": "2027-06-18:20;2027-06-20:10"}
    assert run(write(tmp_path / "b.csv", changed)) == summary(updated=1)
    activity.refresh_from_db()
    assert (activity.title, activity.slug, activity.version, activity.quiet) == (
        "Zonnebootrace", "mini-zonnebootrace", 2, True
    )  # fmt: skip
    # Twelve pupils are expected on the 19th: that day stays, with their seats.
    seats = {str(date): seats for date, seats in activity.sessions.values_list("date", "seats")}
    assert seats == {"2027-06-18": 20, "2027-06-19": 12, "2027-06-20": 10}


def test_a_provider_is_found_by_its_address_and_name(tmp_path: Path) -> None:
    waiting = ProviderFactory(name="Huis van de  techniek", email="INFO@huis.example", status="pending")
    same = {"ref": "a-2", "provider": "huis van de techniek "}
    other = {"ref": "a-3", "provider": "Een ander huis"}
    assert run(write(tmp_path / "a.csv", {}, same, other)) == summary(created=3)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.activities.count()) == ("verified", 2)
    assert Provider.objects.count() == 2
    assert User.objects.filter(email="info@huis.example").count() == 1
    assert list(Activity.objects.order_by("ref").values_list("slug", flat=True)) == [
        "mini-zonnebootrace", "mini-zonnebootrace-2", "mini-zonnebootrace-3"
    ]  # fmt: skip


def test_a_rejected_provider_stays_out(tmp_path: Path) -> None:
    ProviderFactory(name="Huis van de Techniek", email="info@huis.example", status="rejected")
    assert run(write(tmp_path / "a.csv"), expect="was rejected by a moderator") == summary(rejected=1)


def test_a_venue_without_a_point_lies_amid_the_schools_of_its_postcode(tmp_path: Path) -> None:
    SchoolFactory(postcode="4382 AA", lat=51.40, lon=3.50, point_source="points")
    SchoolFactory(postcode="4382 ZZ", lat=51.50, lon=3.60, point_source="points")
    nowhere = {"venue_lat": "", "venue_lon": ""}
    run(write(tmp_path / "a.csv", nowhere, {**nowhere, "ref": "a-2", "venue_postcode": "1011 AB"}))
    assert list(Activity.objects.order_by("ref").values_list("venue_lat", "venue_lon")) == [(51.45, 3.55), (None, None)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"ref": ""}, "ref is empty"),
        ({"ref": "a-1"}, "ref a-1 occurs twice in this file"),
        ({"title": "x" * 121}, "title is longer than 120"),
        ({"provider_email": "nobody"}, "nobody is no e-mail address"),
        ({"kind": "feest"}, "kind: feest does not exist"),
        ({"kind": ""}, "kind is empty"),
        ({"levels": "po-7;po-9"}, "levels: po-9 does not exist"),
        ({"levels": ""}, "levels is empty"),
        ({"themes": "magie"}, "themes: magie does not exist"),
        ({"themes": ";"}, "themes is empty"),
        ({"regions": "NL-XX"}, "regions: NL-XX does not exist"),
        ({"regions": ""}, "regions is empty"),
        ({"delivery": "by_post"}, "delivery: by_post does not exist"),
        ({"audience": ""}, "audience is empty"),
        ({"venue_lat": "51,44"}, "is no point"),
        ({"venue_lat": "nan"}, "is no point"),
        ({"venue_lat": "91"}, "is no point"),
        ({"venue_lat": ""}, "is no point"),
        ({"max_travel_km": "-1"}, "max_travel_km: -1 is no whole number"),
        ({"group_min": "31"}, "group_min is more than group_max"),
        ({"splittable": "maybe"}, "splittable: maybe is neither"),
        ({"months": "13"}, "months: 13 is no whole number from 1 to 12"),
        ({"available_from": "2028-01-01"}, "available_from is after available_until"),
        ({"available_from": "1-1-2027"}, "is no date such as 2027-06-18"),
        ({"available_until": "2027-02-30"}, "is no date"),
        ({"available_until": "9999-01-01"}, "is not a year of ours"),
        ({"sessions": "2027-06-18"}, "is not a date with seats"),
        ({"sessions": "2027-06-18:0"}, "is not a date with seats"),
        ({"sessions": "2027-06-18:5;2027-06-18:6"}, "2027-06-18 occurs twice"),
        ({"cost": "1.234"}, "more than 2 decimals"),
        ({"cost": "-5"}, "-5 is no amount"),
        ({"cost": "9999999"}, "9999999 is no amount"),
        ({"provider_website": "javascript:alert(1)"}, "is no web address"),
        ({"preparation_by": "nobody"}, "preparation_by: nobody does not exist"),
        ({"stages": "|later"}, "has no title"),
        ({"status": "secret"}, "status: secret does not exist"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_is_in(tmp_path: Path, bad: dict[str, str], reason: str) -> None:
    blank = dict.fromkeys(bad.keys() - ROW.keys(), "")
    path = write(tmp_path / "a.csv", blank, {"ref": "a-2", **bad}, {**blank, "ref": "a-3"})
    assert run(path, expect=reason) == summary(created=2, rejected=1)
    assert sorted(Activity.objects.values_list("ref", flat=True)) == ["a-1", "a-3"]


def test_strict_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", {}, {"ref": "a-2", "kind": "feest"})
    out = StringIO()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("import_activities", str(path), strict=True, json=True, stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue()) == summary(rejected=1)
    assert not Activity.objects.exists()
    assert not Provider.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "lacks the column"),
        (b"ref;title\n", "lacks the column"),
        ((",".join([*ROW, "colour"]) + "\n").encode(), "unknown column: colour"),
        ((",".join([*ROW, "ref"]) + "\n").encode(), "twice the column: ref"),
        ((",".join(ROW) + "\n").encode() + b"caf\xe9" + b"," * 24, "not UTF-8"),
        ((",".join(ROW) + '\na,"lost quote').encode(), "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run(path)
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "absent.csv")
    assert not Activity.objects.exists()


def test_a_row_of_another_length_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv")
    path.write_text(path.read_text() + "a,b,c\n\n")
    assert run(path, expect="a.csv:4: 3 columns instead of 26") == summary(created=1, rejected=1)


def test_only_online_needs_no_region(tmp_path: Path) -> None:
    assert run(write(tmp_path / "a.csv", {"delivery": "online", "regions": ""})) == summary(created=1)


@pytest.mark.slow
def test_thousands_come_in_fast(tmp_path: Path) -> None:
    rows = [{"ref": f"a-{number}", "provider": f"Bedrijf {number % 300}"} for number in range(2000)]
    path = write(tmp_path / "a.csv", *rows)
    started = dt.datetime.now()
    assert run(path) == summary(created=2000)
    changed = write(tmp_path / "b.csv", *({**row, "group_max": "24"} for row in rows))
    assert run(changed) == summary(updated=2000)
    assert run(changed) == summary(unchanged=2000)
    # The pace of 5000 in a minute, three times over.
    assert dt.datetime.now() - started < dt.timedelta(seconds=24)
