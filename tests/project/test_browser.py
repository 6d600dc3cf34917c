"""That the browser fixtures work at all; the pages themselves are tested in tests/browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support import browser as browsers

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_home_page_is_served_with_its_style(page: Page) -> None:
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
    response = page.goto("/")

    assert response is not None
    assert response.status == 200
    assert failed == []


def test_the_content_policy_forbids_scripts_in_the_page(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")

    assert page.evaluate("window.ran") is None


def test_axe_finds_a_fault(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto("/")
    page.evaluate("document.body.append(document.createElement('img'))")

    assert any(line.startswith("image-alt") for line in axe(page))


FAULTY = """<!doctype html><html lang="nl"><title>Met fouten</title><style>
p { width: 600px } @media (prefers-color-scheme: dark) { p { background: #222; color: #333 } }
</style><main><h1>Met fouten</h1><p>In het donker niet te lezen.</p></main></html>"""


def test_faults_of_one_size_or_scheme_are_found(page: Page) -> None:
    page.set_content(FAULTY)
    found = [fault[:40] for fault in browsers.faults_at(page, "it", [(360, 740), (1280, 900)], ["light", "dark"])]

    assert found == [
        "it, 360 wide, light: scrolls sideways",
        "it, 360 wide, dark: color-contrast: Elem",
        "it, 360 wide, dark: scrolls sideways",
        "it, 1280 wide, dark: color-contrast: Ele",
    ]


def test_a_page_knows_nothing_of_the_one_before(with_scripts: BrowserContext, live_server: Any) -> None:
    with browsers.fresh_page(with_scripts, at=live_server.url) as page:
        page.goto("/")
        page.evaluate("() => { document.cookie = 'seen=1'; localStorage.seen = 1; }")
    with browsers.fresh_page(with_scripts, at=live_server.url) as page:
        page.goto("/")
        kept = page.evaluate(
            "[document.cookie, localStorage.length,"
            " performance.getEntriesByType('resource').filter(each => each.transferSize === 0).length]"
        )

    assert kept == ["", 0, 0]
    assert len(with_scripts.pages) == 1


def test_without_scripts_nothing_runs(page_without_scripts: Page) -> None:
    response = page_without_scripts.goto("/")

    assert response is not None
    assert response.status == 200


def test_chromium_is_found_where_it_is_required() -> None:
    assert browsers.chromium() or not browsers.is_required()
