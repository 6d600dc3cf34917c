"""What holds of every mail, read from the bytes that a mail server got."""

import re

import pytest

from techfinder.mail.kinds import Sort, kind_of
from tests.support.mails import TEMPLATES, cases

# Gmail shows no more of a mail than about 102 kB.
LARGEST = 100_000
SAID = {"nl": ("Wat er daarna gebeurt", "Waarom krijg je deze mail?"), "en": ("What happens next", "Why do you get")}
LISTED = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
PREFERENCES = "https://techfinder.example/uit/mail/"


@pytest.fixture(params=TEMPLATES)
def mails(request, post):
    """The samples of one template, in each language."""
    return [post[case] for case in cases() if case.template == request.param]


def test_it_has_the_headers_that_receivers_ask_for(mails):
    for mail in mails:
        assert all(mail.message[name].strip() for name in ("From", "To", "Subject", "Date", "Message-ID"))
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert mail.message["X-Auto-Response-Suppress"] == "All"
        assert mail.message["Precedence"] is None
        assert len(mail.message.keys()) == len(set(mail.message.keys()))


def test_it_can_be_stopped_in_one_click_when_it_can_be_stopped(mails):
    for mail in mails:
        there = [name for name in LISTED if mail.message[name]]
        assert there == (list(LISTED) if there or kind_of(mail.case.template).group else [])
        if there:
            assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert re.fullmatch(r"<https://[^>]+>, <mailto:[^>]+>", mail.message["List-Unsubscribe"].strip())


def test_it_has_two_parts_and_is_small(mails):
    for mail in mails:
        kinds = [part.get_content_type() for part in mail.message.walk() if not part.is_multipart()]
        assert kinds[:2] == ["text/plain", "text/html"]
        assert set(kinds[2:]) <= {"text/calendar", "application/ics"}
        assert len(mail.raw) < LARGEST


def test_it_has_no_address_without_encryption_and_no_picture(mails):
    for mail in mails:
        assert not re.search(r"http:|127\.0\.0\.1", mail.text + mail.html)
        assert not re.search(r"<(img|script|link|form)\b|url\(", mail.html)


def test_it_says_what_happened_what_to_do_what_comes_and_why(mails):
    for mail in mails:
        ahead, why = SAID[mail.case.language]
        headings = [words for _level, words in mail.seen.headings]
        assert mail.seen.language == mail.case.language
        assert [level for level, words in mail.seen.headings if words].count("h1") == 1
        assert headings.count(ahead) == 1
        assert mail.one_line.count(ahead) == 1
        assert f"{ahead} {why}" not in " ".join(mail.seen.words), "nothing is said about what happens next"


def test_it_has_one_main_button(mails):
    for mail in mails:
        # Somebody who is to type a code needs none.
        needless = kind_of(mail.case.template).sort == Sort.CODE and 'class="code"' in mail.html
        assert len(mail.seen.buttons) == 1 or (needless and not mail.seen.buttons)


def test_it_leads_to_the_preferences(mails):
    for mail in mails:
        assert any(address.startswith(PREFERENCES) for _words, address in mail.seen.links)
        assert PREFERENCES in mail.text


def test_the_text_says_what_the_html_says(mails):
    for mail in mails:
        assert [words for _level, words in mail.seen.headings if words not in mail.one_line] == []
        assert [words for words in mail.seen.buttons if words not in mail.one_line] == []
        led = {address for _words, address in mail.seen.links if address.startswith("https:")}
        assert led == set(ADDRESS.findall(mail.one_line))


def test_links_say_where_they_lead(mails):
    for mail in mails:
        assert [link for link in mail.seen.links if not link[0]] == []
        assert [link for link in mail.seen.links if not re.match(r"https://|mailto:|tel:", link[1])] == []


def test_it_is_written_as_the_house_writes(mails):
    for mail in mails:
        text = f"{mail.message['Subject']} {ADDRESS.sub('', mail.one_line)}"
        assert not re.search(r"!|\bhelaas\b|\bunfortunately\b|\{[{%]|%\(|\bNone\b|&[a-z]+;|&#", text, re.IGNORECASE)
        assert not re.search(r" ,| \.(\s|$)|\.\.|,,|\(\)", text)
