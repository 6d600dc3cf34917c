"""Chromium of the machine through Playwright; no browser is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from techfinder.env import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERYTHING = {"type": "tag", "values": list(AXE_TAGS)}
AXE_RUN = """async runOnly => {
    const found = await axe.run(document, {runOnly, resultTypes: ["violations"]});
    return found.violations.flatMap(violation => violation.nodes.map(
        node => `${violation.id}: ${violation.help}: ${node.html.slice(0, 160)}`));
}"""


def chromium() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def is_required() -> bool:
    return os.environ.get("TECHFINDER_REQUIRE_CHROMIUM") == "1"


def axe_violations(page: Page) -> list[str]:
    """What axe finds on the page as it is, one readable line for each element."""
    # Through the protocol and not as a script element, which the site's content policy rightly refuses.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return axe_again(page, EVERYTHING)


def axe_again(page: Page, only: dict[str, Any]) -> list[str]:
    """The same of some rules, on a page that has axe already.

    What axe finds in order is many times more, and costs three times the check to bring over: it stays in the page.
    """
    found: list[str] = page.evaluate(AXE_RUN, only)
    return found


def sideways(page: Page) -> int:
    """The pixels that a page is wider than its window."""
    wider: int = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    return wider


def wait_for_whole_pages(patch: pytest.MonkeyPatch) -> None:
    """Let each click and key return with the whole page that it leads to.

    Playwright's return when the next page has begun. Without scripts, on a busy machine, what a test then counts or
    measures is half a page.
    """
    for owner in (Page, Locator):
        for name in ("click", "press"):
            patch.setattr(owner, name, _to_the_end(getattr(owner, name)))


def _to_the_end(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def acted(self: Page | Locator, *args: Any, **options: Any) -> None:
        # Asked before: what is clicked may close its page.
        page = self.page if isinstance(self, Locator) else self
        act(self, *args, **options)
        if not page.is_closed():
            page.wait_for_load_state("domcontentloaded")

    return acted
