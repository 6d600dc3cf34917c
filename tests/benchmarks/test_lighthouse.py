"""How fast and how usable the search page and the page of an activity are on a phone, in Lighthouse's eyes.

`make bench`; docs/performance.md. The site is as a host would run it, with the country of `manage.py demo`. Lighthouse
is of this folder only (tests/benchmarks/lighthouse), its Chromium is that of the machine.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from techfinder.activities.models import Activity
from techfinder.env import ROOT
from techfinder.local.processes import die_with_parent
from tests.benchmarks.clock import line, machine
from tests.benchmarks.search_site.running import production
from tests.support.browser import ARGUMENTS, chromium
from tests.support.servers import free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent / "lighthouse"
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
BIN = Path(sys.executable).parent
TIMES = 3
SHOWN = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


@pytest.fixture(scope="module")
def lighthouse() -> dict[str, str]:
    """The environment in which Lighthouse runs; fetched at its first use."""
    browser = chromium()
    if browser is None:
        pytest.skip("Chromium is not on the PATH: nothing to measure with")
    found = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "CHROME_PATH": browser}
    if not PROGRAM.exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, env=found, check=True, stdout=subprocess.DEVNULL)
    return found


@pytest.fixture
def site(site_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of the site with the demo country."""
    call_command("demo", verbosity=0)
    port, log = free_port(), tmp_path / "site.log"
    command = [sys.executable, "-m", "gunicorn", "techfinder.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=production(site_environment, tmp_path / "local"), stdout=file,
            stderr=file, start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address), 60, f"the site does not answer: see {log}")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/aanbod/", timeout=60).close()
    except OSError:
        return False
    return True


def test_search_and_activity_page(lighthouse: dict[str, str], site: str, tmp_path: Path):
    print(f"\nLighthouse, phone; {machine()}")
    slug = Activity.objects.public().get(slug="mini-zonnebootrace").slug
    for path in ("/aanbod/", "/aanbod/?q=robot&plaats=Goes", f"/aanbod/{slug}/"):
        reports = [_report(lighthouse, f"{site}{path}", tmp_path) for _time in range(TIMES)]
        accessible = min(each["categories"]["accessibility"]["score"] for each in reports)
        fast = statistics.median(each["categories"]["performance"]["score"] for each in reports)
        line(path, f"accessibility {accessible * 100:.0f}, performance {fast * 100:.0f}")
        line("", ", ".join(f"{name} {reports[0]['audits'][name]['displayValue']}" for name in SHOWN))
        assert (accessible, _faults(reports[0], "accessibility")) == (1, [])
        assert fast >= 0.9, _faults(reports[0], "performance")


def _report(environment: dict[str, str], address: str, directory: Path) -> dict[str, object]:
    written = directory / "report.json"
    command = [
        "node", str(PROGRAM), address, "--output=json", f"--output-path={written}", "--quiet",
        "--no-enable-error-reporting", "--only-categories=accessibility,performance",
        f"--chrome-flags={' '.join(ARGUMENTS)}",
    ]  # fmt: skip
    run = subprocess.run(
        command, cwd=directory, env=environment, timeout=180, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, object] = json.loads(written.read_text(encoding="utf-8"))
    return found


def _faults(report: dict[str, object], category: str) -> list[str]:
    """What is not as it should be, one readable line each."""
    audits = [report["audits"][each["id"]] for each in report["categories"][category]["auditRefs"]]
    poor = [each for each in audits if each["score"] is not None and each["score"] < 1]
    return [f"{each['id']}: {each.get('displayValue') or each['title']}" for each in poor]
