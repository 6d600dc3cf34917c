"""House rules that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from techfinder.env import NAMES, ROOT

PUBLISHING = re.compile(r"\.(delay|apply_async|delay_on_commit)\(")
TIMED = re.compile(r"\b(countdown|eta)\s*=")
WAITING = re.compile(r"\b(AsyncResult|GroupResult|ResultSet)\b|celery\.result|send_task\([^\n]*\)\.get\(")
# What runs before Django, and what may not load it: see techfinder/startup.py.
LATE_IMPORTS = {"manage.py", "techfinder/celery.py", "techfinder/local/processes.py"}
WIRING = {"techfinder/celery.py"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def code_of(path: Path) -> str:
    """The source without comments and texts, which may speak about anything."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return ast.unparse(tree)


def test_only_the_wrapper_publishes() -> None:
    found = [relative(path) for path in sources("techfinder") if PUBLISHING.search(code_of(path))]

    assert found == []


def test_nobody_lets_the_queue_wait() -> None:
    found = [relative(path) for path in sources("techfinder") if TIMED.search(code_of(path))]

    assert found == []


def test_nobody_waits_for_the_result_of_a_task() -> None:
    """There is no result backend: who waits, waits for ever."""
    found = [relative(path) for path in sources("techfinder") if WAITING.search(code_of(path))]

    assert found == []


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        (PUBLISHING, "task.delay(1)"), (PUBLISHING, "task.apply_async(args=[1])"), (PUBLISHING, "t.delay_on_commit()"),
        (TIMED, "task.retry(countdown=5)"), (TIMED, "send(eta=now)"), (WAITING, "AsyncResult(id)"),
        (WAITING, "send_task('x').get(timeout=1)"), (WAITING, "from celery.result import GroupResult"),
    ],
)  # fmt: skip
def test_the_gates_of_the_queue_can_shut(gate: re.Pattern[str], code: str) -> None:
    assert gate.search(ast.unparse(ast.parse(code)))


def test_only_the_wrapper_sends_tasks() -> None:
    found = [relative(path) for path in sources("techfinder") if "send_task(" in code_of(path)]

    assert set(found) <= WIRING


def function_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.ImportFrom) and (inner.level or (inner.module or "").startswith("techfinder")):
                yield f"{relative(path)}:{inner.lineno}"
            if isinstance(inner, ast.Import) and any(alias.name.startswith("techfinder") for alias in inner.names):
                yield f"{relative(path)}:{inner.lineno}"


def is_ready(path: Path) -> bool:
    """`AppConfig.ready` is where Django wants late imports."""
    return path.name == "apps.py" or relative(path) in LATE_IMPORTS


def test_no_import_hides_in_a_function_to_dodge_the_layers() -> None:
    found = [place for path in sources("techfinder") if not is_ready(path) for place in function_imports(path)]

    assert found == []


def test_only_env_reads_the_environment() -> None:
    pattern = re.compile(r"os\.environ(\.get\(|\[)|os\.getenv\(")
    found = [relative(path) for path in sources("techfinder") if pattern.search(code_of(path))]

    assert set(found) <= {"techfinder/env.py", "techfinder/local/supervisor.py"}


@pytest.mark.parametrize("name", NAMES)
def test_each_variable_is_documented(name: str) -> None:
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_package_has_an_init() -> None:
    folders = {path.parent for path in sources("techfinder", "matching", "tests")}
    missing = sorted(relative(folder) for folder in folders if not (folder / "__init__.py").exists())

    assert missing == []


def test_app_labels_are_the_names_of_the_rooms() -> None:
    own = [config for config in apps.get_app_configs() if config.name.startswith("techfinder.")]

    assert [config.label for config in own] == [config.name.rpartition(".")[2] for config in own]


def test_no_file_outgrows_its_room() -> None:
    long = [
        f"{relative(path)}: {lines}"
        for path in sources("techfinder", "matching")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    ]

    assert long == []
