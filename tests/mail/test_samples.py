"""Every mail has samples, and the samples say all that the mail needs and nothing that it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.context import BaseContext

from techfinder.mail import gallery
from techfinder.mail.kinds import KINDS

pytestmark = pytest.mark.django_db

MISSING = "(!{}!)"


def templates() -> list[str]:
    """The mails that there are: each is a folder with a subject."""
    return sorted(path.parent.name for path in Path(settings.BASE_DIR / "templates" / "mail").glob("*/subject.txt"))


def test_every_template_has_a_kind() -> None:
    assert templates() == sorted(KINDS)


@pytest.mark.parametrize("template", templates())
def test_every_template_has_samples(template: str) -> None:
    assert gallery.samples().get(template), f"register samples of {template} in the samples.py of its room"


def test_every_sample_is_of_a_template() -> None:
    assert set(gallery.samples()) <= set(templates())


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[object]]:
    """The names that templates ask for; what is not there is written into the mail as MISSING."""
    asked: set[object] = set()
    original = BaseContext.__getitem__

    def watched(self: BaseContext, key: object) -> object:
        asked.add(key)
        return original(self, key)  # type: ignore[arg-type]

    monkeypatch.setattr(BaseContext, "__getitem__", watched)
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", MISSING.replace("{}", "%s"))
    return asked


@pytest.mark.parametrize("template", sorted(gallery.samples()))
def test_a_sample_has_what_the_mail_says_and_nothing_else(template: str, used: set[object]) -> None:
    given: set[str] = set()
    for sample in gallery.samples()[template]:
        mail = gallery.draft(template, sample, "nl")
        given |= set(sample.context())
        for part in (mail.subject, mail.text, mail.html):
            assert MISSING.split("{}")[0] not in part, f"{template}, {sample.name}: a variable is missing"

    assert given - used == set(), f"{template}: no sample makes use of these"
