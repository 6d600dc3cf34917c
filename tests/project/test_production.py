"""The settings as a production host sees them; no server is needed to look at them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from techfinder.env import ROOT
from tests.project.test_env import PRODUCTION


def run(directory: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TECHFINDER_", "DJANGO_"))}
    own |= {"TECHFINDER_LOCAL_DIR": str(directory), **environment}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=own, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_django_has_nothing_to_say_about_the_deployment(tmp_path: Path) -> None:
    secret = {"TECHFINDER_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    result = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **{**PRODUCTION, **secret})

    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_static_files_are_collected_with_all_that_they_refer_to(tmp_path: Path) -> None:
    result = run(tmp_path, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", **PRODUCTION)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_a_faulty_environment_is_told_without_a_traceback(tmp_path: Path) -> None:
    result = run(tmp_path, "manage.py", "check", DATABASE_URL="postgresql://db.example/techfinder")

    assert result.returncode == 1
    assert result.stderr.startswith("Techfinder cannot start, because of its environment:\n  - ")
    assert "Traceback" not in result.stderr


def test_a_web_server_does_not_come_up_on_an_embedded_database(tmp_path: Path) -> None:
    result = run(tmp_path, "-c", "import techfinder.wsgi")

    assert result.returncode == 1
    assert "DATABASE_URL is not set, and TECHFINDER_DEBUG is not 1" in result.stderr


def test_the_web_server_has_limits_in_the_database_and_commands_have_none(tmp_path: Path) -> None:
    code = "import techfinder.startup as s, sys; s.serve(web={}); import techfinder.settings as t; print(t.DATABASES)"
    web = run(tmp_path, "-c", code.format(True), **PRODUCTION)
    worker = run(tmp_path, "-c", code.format(False), **PRODUCTION)

    assert "statement_timeout=15s" in web.stdout
    assert worker.stdout.startswith("{'default'")
    assert "statement_timeout" not in worker.stdout


def test_settings_start_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, "-c", "import techfinder.settings")

    assert result.returncode == 0, result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
