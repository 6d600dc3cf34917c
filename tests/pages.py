"""What tests in the browser measure of a page."""


def sideways(page):
    """The pixels that a page is wider than its window.

    A click returns when the next page has begun, which can be before it has anything: the locator waits for it.
    """
    return page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
