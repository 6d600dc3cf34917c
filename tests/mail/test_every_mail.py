"""What holds of every mail, read from the bytes that a mail server got."""

import re

import pytest

from techfinder.mail.kinds import Sort, kind_of
from tests.support.mails import Seen, cases

# Gmail shows no more of a mail than about 102 kB.
LARGEST = 100_000
SAID = {"nl": ("Wat er daarna gebeurt", "Waarom krijg je deze mail?"), "en": ("What happens next", "Why do you get")}
LISTED = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
ADDRESS = re.compile(r"https?://[^\s<>\"]+")

each_mail = pytest.mark.parametrize("case", cases(), ids=str)


def one_line(text):
    return " ".join(text.split())


@each_mail
def test_it_has_the_headers_that_receivers_ask_for(post, case):
    message = post[case].message
    for header in ("From", "To", "Subject", "Date", "Message-ID"):
        assert message[header].strip()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] is None
    assert [message.get_all(header) or [] for header in message] == [[message[header]] for header in message]


@each_mail
def test_it_can_be_stopped_in_one_click_when_it_can_be_stopped(post, case):
    message, kind = post[case].message, kind_of(case.template)
    there = [header for header in LISTED if message[header]]
    assert there == (list(LISTED) if there or kind.group else [])
    if there:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(r"<https://[^>]+>, <mailto:[^>]+>", message["List-Unsubscribe"])


@each_mail
def test_it_has_two_parts_and_is_small(post, case):
    received = post[case]
    kinds = [part.get_content_type() for part in received.message.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert set(kinds[2:]) <= {"text/calendar", "application/ics"}
    assert len(received.raw) < LARGEST


@each_mail
def test_it_has_no_address_without_encryption_and_no_picture(post, case):
    for part in (post[case].text, post[case].html):
        assert "http:" not in part
        assert "127.0.0.1" not in part
    assert not re.search(r"<(img|script|link|form)\b|url\(", post[case].html)


@each_mail
def test_it_says_what_happened_what_to_do_what_comes_and_why(post, case):
    seen = Seen(post[case].html)
    ahead, why = SAID[case.language]
    assert seen.language == case.language
    first = [words for level, words in seen.headings if level == "h1"]
    assert len(first) == 1
    assert first[0]
    assert [words for _level, words in seen.headings].count(ahead) == 1
    words = " ".join(seen.words)
    assert not re.search(rf"{re.escape(ahead)} {re.escape(why)}", words), "nothing is said about what happens next"
    # Somebody who is to type a code needs no button.
    assert len(seen.buttons) == 1 or (kind_of(case.template).sort == Sort.CODE and 'class="code"' in post[case].html)


@each_mail
def test_it_leads_to_the_preferences(post, case):
    path = "https://techfinder.example/uit/mail/"
    assert sum(address.startswith(path) for _words, address in Seen(post[case].html).links) == 1
    assert post[case].text.count(path) == 1


@each_mail
def test_the_text_says_what_the_html_says(post, case):
    seen, text = Seen(post[case].html), one_line(post[case].text)
    assert [words for _level, words in seen.headings if words not in text] == []
    assert [words for words in seen.buttons if words not in text] == []
    assert {address for _words, address in seen.links if address.startswith("https:")} == set(ADDRESS.findall(text))


@each_mail
def test_links_say_where_they_lead(post, case):
    for words, address in Seen(post[case].html).links:
        assert words
        assert re.match(r"https://|mailto:", address)


@each_mail
def test_it_is_written_as_the_house_writes(post, case):
    text = f"{post[case].message['Subject']} {ADDRESS.sub('', post[case].text)}"
    assert not re.search(r"!|\bhelaas\b|\bunfortunately\b|\{[{%]|%\(|\bNone\b|&[a-z]+;|&#", text, re.IGNORECASE)
    assert not re.search(r" ,| \.(\s|$)|\.\.|,,|\(\)", text)
