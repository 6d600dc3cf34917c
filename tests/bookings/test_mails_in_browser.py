"""The mails of the question phase as a mail program shows them: narrow and wide, light and dark."""

import pytest

from tests.bookings.mail_scenes import SCENES, play
from tests.support.browser import sideways

WAYS = [(360, "light"), (360, "dark"), (600, "light"), (600, "dark")]
# One of each template.
SHOWN = [scene for scene in SCENES if ":" not in scene]


@pytest.mark.django_db
@pytest.mark.parametrize("scene", SHOWN)
def test_a_mail_is_readable_everywhere(browser, axe, scene):
    _parties, mails = play(scene)
    for width, scheme in WAYS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.set_content(mails[0].html)
        assert page.locator("h1").count() == 1
        assert sideways(page) <= 0, (width, scheme)
        assert axe(page) == [], (width, scheme)
        context.close()
