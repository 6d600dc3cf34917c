"""The real register at its real size; skipped by name where the files are not at hand."""

from __future__ import annotations

import json
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region

DUO = Path(__file__).parents[4] / "shared" / "data" / "duo"
POINTS = DUO / "scholen_geo_2024-11.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not DUO.is_dir(), reason="the real register files (../shared/data/duo) are not here"),
]


def _run(*names: str, **options: object) -> dict[str, int]:
    out, err = StringIO(), StringIO()
    call_command("import_schools", *(str(DUO / name) for name in names), json=True, stdout=out, stderr=err, **options)
    assert err.getvalue() == ""
    return json.loads(out.getvalue())


def _summary(**counts: int) -> dict[str, int]:
    return {key: counts.get(key, 0) for key in ("created", "updated", "unchanged", "closed", "rejected")}


def test_primary_schools_come_in_whole_and_fast() -> None:
    started = time.monotonic()
    assert _run("po_vestigingen_2026-04.csv", points=[POINTS]) == _summary(created=6107)
    assert time.monotonic() - started < 30

    assert Region.objects.filter(type="municipality").count() == 342
    assert Region.objects.filter(code__startswith="RPA").count() == 34
    assert School.objects.filter(lat=None).count() == 0
    assert not Region.objects.filter(type="municipality", parent=None).exists()
    assert Region.objects.get(code="GM1948").name == "Meierijstad"

    assert _run("po_vestigingen_2026-04.csv", points=[POINTS]) == _summary(unchanged=6107)
    assert _run("po_vestigingen_2026-04.csv", close_missing=True) == _summary(unchanged=6107)


def test_special_and_vocational_schools_come_in() -> None:
    assert _run("so_vestigingen_2024-11_reconstructed.csv") == _summary(created=888)
    assert _run("mbo_instellingen_2026_derived.csv") == _summary(created=55)
    # Without coordinates in a file the public list of places knows nearly all municipalities.
    assert School.objects.filter(lat=None).count() < 20
    assert _run("so_vestigingen_2024-11_reconstructed.csv") == _summary(unchanged=888)
    assert _run("mbo_instellingen_2026_derived.csv", close_missing=True) == _summary(unchanged=55)
    assert School.objects.get(code="04NZ").levels == ["mbo"]
