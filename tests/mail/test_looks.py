"""Every mail in a browser, in light and dark, narrow and wide: nobody is shut out, and nothing hangs over the edge."""

import pytest

from techfinder.mail.gallery import LANGUAGES
from tests.support.browser import axe_again, sideways
from tests.support.mails import TEMPLATES, cases

NARROW, WIDE = 320, 600
# All that another scheme changes.
COLOURS = {"type": "rule", "values": ["color-contrast"]}
ONES = [(template, language) for template in TEMPLATES for language in LANGUAGES]


@pytest.fixture(scope="module")
def reader(browser):
    """One page for all mails; no mail may need a script, and none can fetch anything."""
    context = browser.new_context(viewport={"width": WIDE, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def phone(browser):
    context = browser.new_context(viewport={"width": NARROW, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


def longest(post, template, language):
    """Of the samples of a mail the one that shows most."""
    own = [case for case in cases() if (case.template, case.language) == (template, language)]
    return max((post[case].html for case in own), key=len)


@pytest.mark.parametrize(("template", "language"), ONES)
def test_everybody_can_read_it_in_light_and_dark(post, reader, axe, template, language):
    reader.emulate_media(color_scheme="light")
    reader.set_content(longest(post, template, language))
    assert axe(reader) == []
    reader.emulate_media(color_scheme="dark")
    assert axe_again(reader, COLOURS) == []


@pytest.mark.parametrize(("template", "language"), ONES)
def test_it_fits_a_telephone(post, phone, template, language):
    phone.set_content(longest(post, template, language))
    assert sideways(phone) <= 0


def test_the_dark_rules_reach_the_page(post, reader):
    """A style sheet that lost its rules would be found fit for everybody, in light."""
    reader.set_content(post[cases()[0]].html)
    found = {}
    for scheme in ("light", "dark"):
        reader.emulate_media(color_scheme=scheme)
        found[scheme] = reader.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert found == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 40, 49)"}
