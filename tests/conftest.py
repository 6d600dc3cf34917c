"""What every test can ask for: a real database, Redis, worker, mail server and browser."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings

from techfinder.celery import app, publisher
from techfinder.taxonomy import remembered
from tests.support import browser as browsers
from tests.support import databases
from tests.support.pristine import Pristine
from tests.support.servers import CeleryProcess, RedisServer, SmtpSink
from tests.support.servers import wait_until as _wait_until


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write the golden files anew: look at the difference")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: else one process ends with them while the other has nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """A database of this run's (and xdist worker's) own, copied from a migrated template."""
    name = databases.connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        template = databases.ensure_template()
        databases.copy_template(template, name)
        databases.point_django_at(name)
        pristine = Pristine(name)

    def put_back(case: TransactionTestCase) -> None:
        databases.connections.close_all()
        if not pristine.put_back():
            databases.copy_template(template, name)

    # Django would empty all tables, and so lose what the migrations put in.
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
    yield
    patch.undo()
    with django_db_blocker.unblock():
        databases.connections.close_all()
        with databases.admin() as server:
            databases.drop(server, name)


@pytest.fixture(autouse=True)
def _forget_between_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits, the publisher's pause and what is remembered for a (long) minute are of one test."""
    cache.clear()
    remembered.forget()
    monkeypatch.setattr(remembered, "SECONDS", 10**9)
    publisher.forget()


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """`wait_until(condition, timeout=10)`: the first true answer, or a failure."""
    return _wait_until


@pytest.fixture
def redis_server(settings: Settings) -> Iterator[RedisServer]:
    """A Redis of this test's own, as the broker; it can be killed, started again, frozen and thawed."""
    server = RedisServer()
    server.start()
    settings.REDIS_URL = server.url
    settings.CELERY_BROKER_URL = server.broker_url
    before = app.conf.broker_url
    app.conf.broker_url = server.broker_url
    publisher.forget()
    yield server
    app.conf.broker_url = before
    app.pool.force_close_all()
    publisher.forget()
    server.close()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    return redis_server.url


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[SmtpSink]:
    """A real mail server; `messages` has what it took, `answers` what it shall say next."""
    sink = SmtpSink()
    sink.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = sink.host
    settings.EMAIL_PORT = sink.port
    settings.EMAIL_USE_TLS = False
    settings.MAIL_KEEP_ONLY = False
    yield sink
    sink.stop()


def _site_environment(redis_server: RedisServer, smtp_sink: SmtpSink) -> dict[str, str]:
    """What another process needs to be part of this test's site."""
    name = django_settings.DATABASES["default"]["NAME"]
    return {
        "DJANGO_SETTINGS_MODULE": "techfinder.settings",
        "DATABASE_URL": django_settings.LOCAL.database_url(name),
        "REDIS_URL": redis_server.url,
        "TECHFINDER_DEBUG": "1",
        "TECHFINDER_SECRET_KEY": django_settings.SECRET_KEY,
        "TECHFINDER_EMAIL_HOST": smtp_sink.host,
        "TECHFINDER_EMAIL_PORT": str(smtp_sink.port),
        "TECHFINDER_EMAIL_TLS": "0",
        "TECHFINDER_QUIET_HOURS": "none",
    }


@pytest.fixture
def site_environment(transactional_db: None, redis_server: RedisServer, smtp_sink: SmtpSink) -> dict[str, str]:
    """Environment for a process that shall see the database, broker and mail server of this test."""
    return _site_environment(redis_server, smtp_sink)


@pytest.fixture
def celery_worker_process(site_environment: dict[str, str], tmp_path: Path) -> Iterator[CeleryProcess]:
    """A real worker on this test's database, Redis and mail server; `kill`, `start`, `children`, `log`."""
    worker = CeleryProcess(site_environment, tmp_path)
    worker.start()
    yield worker
    worker.kill()  # a gentle end takes twenty seconds, and nothing is left to be saved


@pytest.fixture
def celery_worker_with_beat(site_environment: dict[str, str], tmp_path: Path) -> Iterator[CeleryProcess]:
    """The same worker with the beat schedule running."""
    worker = CeleryProcess(site_environment, tmp_path, beat=True)
    worker.start()
    yield worker
    worker.kill()  # a gentle end takes twenty seconds, and nothing is left to be saved


@pytest.fixture(scope="session")
def browser() -> Generator[Browser, None, None]:
    executable = browsers.chromium()
    if executable is None:
        reason = "Chromium is not on the PATH: the browser tests are not run"
        if browsers.is_required():
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        browsers.wait_for_whole_pages(patch)
        chromium = playwright.chromium.launch(executable_path=executable, args=list(browsers.ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def with_scripts(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    with browsers.visitor(browser, live_server.url, viewport={"width": 1280, "height": 900}) as context:
        yield context


@pytest.fixture(scope="session")
def without_scripts(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    with browsers.visitor(browser, live_server.url, java_script_enabled=False) as context:
        yield context


@pytest.fixture
def page(with_scripts: BrowserContext, live_server: Any) -> Iterator[Page]:
    """A page of Chromium whose relative addresses are those of the live server."""
    with browsers.fresh_page(with_scripts, at=live_server.url) as page:
        yield page


@pytest.fixture
def page_without_scripts(without_scripts: BrowserContext, live_server: Any) -> Iterator[Page]:
    with browsers.fresh_page(without_scripts, at=live_server.url) as page:
        yield page


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`assert axe(page) == []`: accessibility faults of the page as it is."""
    return browsers.axe_violations
