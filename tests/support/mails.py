"""What a test wants to know of a mail: its samples, the bytes that a mail server got, and what a reader sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser

from django.utils.functional import cached_property

from techfinder.mail import gallery
from tests.support.servers import Received

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Something signed: its parts, and last a signature of 43 characters.
SIGNED = re.compile(r"[\w.:~-]*[.:~][\w-]{43}(?![\w-])|(?:(?<=uit\+)|(?<=\bb\+)|(?<=antwoord\+))[\w.-]+")


@dataclass(frozen=True, slots=True)
class Case:
    """One sample in one language."""

    template: str
    sample: str
    language: str

    def __str__(self) -> str:
        return f"{self.template}-{self.sample}-{self.language}"

    @property
    def address(self) -> str:
        return f"{self.template}.{self.sample}.{self.language}@school.example"


def cases() -> list[Case]:
    return [
        Case(template, sample.name, language)
        for template, samples in sorted(gallery.samples().items())
        for sample in samples
        for language in gallery.LANGUAGES
    ]


TEMPLATES = sorted(gallery.samples())


def steady(text: str) -> str:
    """Without what differs by run: numbers of rows in the outbox, and what is signed with the site's secret."""
    return SIGNED.sub("<signed>", UUID.sub("<uuid>", text))


@dataclass
class Seen(HTMLParser):
    """The headings, links and words of an HTML mail, in order."""

    source: str
    language: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._in_button = 0
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "html":
            self.language = attributes.get("lang") or ""
        if tag == "table":
            self._in_button += self._in_button > 0 or "button" in (attributes.get("class") or "").split()
        if tag in ("h1", "h2", "h3", "a", "style", "title"):
            self._open.append((tag, attributes, []))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._in_button:
            self._in_button -= 1
        if not self._open or self._open[-1][0] != tag:
            return
        _tag, attributes, words = self._open.pop()
        said = " ".join("".join(words).split())
        if tag == "a":
            self.links.append((said, attributes.get("href") or ""))
            if self._in_button:
                self.buttons.append(said)
        elif tag.startswith("h"):
            self.headings.append((tag, said))

    def handle_data(self, data: str) -> None:
        for tag, _attributes, words in self._open:
            words.append(data)
            if tag in ("style", "title"):
                return
        self.words.extend(data.split())


@dataclass
class Mail:
    """One sample as it came over the wire."""

    case: Case
    received: Received

    @property
    def raw(self) -> bytes:
        return self.received.raw

    @cached_property
    def message(self) -> EmailMessage:
        return self.received.message

    @cached_property
    def text(self) -> str:
        return self.received.text

    @cached_property
    def one_line(self) -> str:
        """The text without the breaks of its lines."""
        return " ".join(self.text.split())

    @cached_property
    def html(self) -> str:
        return self.received.html

    @cached_property
    def seen(self) -> Seen:
        return Seen(self.html)
