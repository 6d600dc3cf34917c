"""Chromium of the machine through Playwright; no browser is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import product
from typing import Any, Literal, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from techfinder.env import ROOT

Size: TypeAlias = tuple[int, int]
Scheme: TypeAlias = Literal["light", "dark"]

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
    # All pages of a run are of one site.
    "--renderer-process-limit=1",
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERYTHING = {"type": "tag", "values": list(AXE_TAGS)}
# All that another colour scheme changes: our dark rules set colours and nothing else.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
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
    # Half a megabyte to bring over, and the page keeps it until it goes.
    if not page.evaluate("'axe' in window"):
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


def faults_at(page: Page, name: str, sizes: Sequence[Size], schemes: Sequence[Scheme] = ("light",)) -> list[str]:
    """What is wrong with the page at each size and in each colour scheme, without loading it again.

    Loaded narrow or wide it is the same page: no script of ours asks how wide it is. The first scheme is examined in
    full, and of the others what they change. Pictures when somebody wants to look.
    """
    found: list[str] = []
    for (width, height), scheme in product(sizes, schemes):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        faults = axe_violations(page) if scheme == schemes[0] else axe_again(page, COLOURS)
        if sideways(page) > 0:
            faults.append("scrolls sideways")
        found += [f"{name}, {width} wide, {scheme}: {fault}" for fault in faults]
    return found


@contextmanager
def visitor(browser: Browser, at: str, **options: Any) -> Iterator[BrowserContext]:
    """A reader of the site at an address, in Dutch."""
    context = browser.new_context(base_url=at, locale="nl-NL", **options)
    context.set_default_timeout(10_000)
    # The first page of a process waits for all that the site imports, beside two others that do the same.
    context.set_default_navigation_timeout(30_000)
    # Stays open: a context without a page ends its processes, and the next page starts them again.
    context.new_page()
    yield context
    context.close()


@contextmanager
def fresh_page(context: BrowserContext, *, at: str) -> Iterator[Page]:
    """A page of a browser that remembers nothing of the tests before.

    A new context would do the same, for a second of the processor: its first page comes into new processes and caches.
    """
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.send("Storage.clearDataForOrigin", {"origin": at, "storageTypes": "all"})
    session.detach()
    yield page
    for each in context.pages[1:]:
        each.close()
    context.clear_cookies()
    context.clear_permissions()


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
