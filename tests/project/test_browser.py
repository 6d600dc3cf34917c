"""That the browser fixtures work at all; the pages themselves are tested in tests/browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

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


def test_without_scripts_nothing_runs(page_without_scripts: Page) -> None:
    response = page_without_scripts.goto("/")

    assert response is not None
    assert response.status == 200


def test_chromium_is_found_where_it_is_required() -> None:
    assert browsers.chromium() or not browsers.is_required()
