"""Every mail in every language, as it came over the wire, against what it was when somebody last looked.

`pytest tests/mail/test_golden.py --golden-update` writes the files anew; their difference is to be read.
"""

import re
from pathlib import Path

import pytest

from techfinder.mail import gallery
from tests.support.mails import TEMPLATES, cases, steady

FOLDER = Path(__file__).parent / "golden"
# Of the wire, and different each time.
UNSTEADY = {"content-type", "content-transfer-encoding", "mime-version"}
FILES = [(template, language) for template in TEMPLATES for language in gallery.LANGUAGES]


def told(mail):
    """One mail as text that is the same in each run."""
    message, seen = mail.message, mail.seen
    headers = [f"{name}: {' '.join(value.split())}" for name, value in message.items() if name.lower() not in UNSTEADY]
    parts = [
        f"Envelope-From: {mail.received.sender}",
        *sorted(headers),
        *(f"Part: {part.get_content_type()}" for part in message.walk() if not part.is_multipart()),
        "",
        mail.text.replace("\r\n", "\n").rstrip(),
        "",
        *(f"<{level}> {words}" for level, words in seen.headings),
        *(f"<a> {words} -> {address}" for words, address in seen.links),
    ]
    return steady("\n".join(parts))


def whole(post, template, language):
    own = [case for case in cases() if (case.template, case.language) == (template, language)]
    return "".join(f"{'=' * 20} {case.sample}\n{told(post[case])}\n\n" for case in own).rstrip() + "\n"


@pytest.mark.parametrize(("template", "language"), FILES)
def test_the_mail_is_what_it_was(post, template, language, request):
    file = FOLDER / language / f"{template}.txt"
    now = whole(post, template, language)
    if request.config.getoption("golden_update"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")

    assert file.exists(), "a new mail: look at it in the gallery, then run with --golden-update"
    assert now == file.read_text(encoding="utf-8")


def test_no_golden_file_is_of_a_mail_that_is_gone():
    files = {(file.stem, file.parent.name) for file in FOLDER.glob("*/*.txt")}

    assert files == set(FILES)


def test_what_differs_by_run_is_not_in_the_files():
    found = [
        file.name for file in FOLDER.glob("*/*.txt") if re.search(r"127\.0\.0\.1|[.:~][\w-]{43}\b", file.read_text())
    ]

    assert found == []
