"""Translations without gettext on the machine: extract, fill, compile and check with Babel.

python tools/messages.py update          extract, and bring locale/*/LC_MESSAGES/django.po up to date
python tools/messages.py add FILE.json   the same, and fill in translations: {"msgid": "msgstr"}; for a plural
                                         {"msgid": ["singular", "plural"]}; with a context {"context|msgid": "..."}
                                         when the plain msgid does not occur. Without FILE, standard input.
                                         Several people may do this at once.
python tools/messages.py missing         as JSON, what has no translation yet
python tools/messages.py compile         write the .mo files, which are not in git
python tools/messages.py check           fail on what is missing, fuzzy, stale, or has lost a placeholder
"""

from __future__ import annotations

import argparse
import fcntl
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CODE = ("techfinder", "matching")
TEMPLATES = ("templates", "techfinder")
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg", ".xml"}
LANGUAGES = ("nl",)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")

UNWANTED_HEADERS = re.compile(
    r'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Generated-By|Last-Translator|Language-Team).*\n', re.MULTILINE
)


def sources() -> Iterator[tuple[Path, str]]:
    """Every file with texts, and its content as Python that Babel can read."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEMPLATE_SUFFIXES and path.is_file():
                yield path, _as_python(path)


def _as_python(path: Path) -> str:
    """A template as Django hands it to gettext: X for text, gettext(...) for what is to be translated."""
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # gettext reads this as C, which knows no indentation and no statements.
    calls = []
    for line in text.splitlines():
        found = re.search(r"\b(gettext|ngettext|pgettext|npgettext|_)\(.*", line)
        calls.append(found[0] if found else "")
    return "\n".join(calls)


def extracted() -> Catalog:
    """All texts of the source, without line numbers: those would change with every edit."""
    catalog = Catalog(project="Techfinder", charset="utf-8")
    for path, code in sources():
        place = (str(path.relative_to(ROOT)), 0)
        stream = io.BytesIO(code.encode("utf-8"))
        for _line, messages, comments, context in extract("python", stream, KEYWORDS, ("Translators:",), {}):
            catalog.add(messages, locations=[place], auto_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Techfinder", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def save(catalog: Catalog, language: str) -> None:
    catalog.header_comment = ""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    # Dates would make every update a conflict between two branches.
    text = UNWANTED_HEADERS.sub("", buffer.getvalue().decode("utf-8"))
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


@contextmanager
def alone() -> Iterator[None]:
    """One at a time: several people add their translations to one file."""
    lock = ROOT / ".local" / "messages.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def updated(language: str) -> Catalog:
    """What the source asks for, with the translations that there are. Nothing is guessed."""
    known = {(message.id, message.context): message.string for message in load(language)}
    catalog = Catalog(locale=language, project="Techfinder", charset="utf-8", fuzzy=False)
    for message in extracted():
        if message.id:
            string = known.get((message.id, message.context))
            places = sorted(set(message.locations))
            catalog.add(message.id, string, places, auto_comments=message.auto_comments, context=message.context)
    return catalog


def _key(id_: Any) -> str:
    """A text and its plural go by the singular."""
    return str(id_) if isinstance(id_, str) else str(id_[0])


def _name(message: Message) -> str:
    return _key(message.id) if message.context is None else f"{message.context}|{_key(message.id)}"


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return len(strings) == (2 if isinstance(message.id, tuple) else 1) and all(strings)


def update() -> int:
    with alone():
        for language in LANGUAGES:
            catalog = updated(language)
            save(catalog, language)
            print(f"{language}: {len(catalog)} texts, {len(faults(catalog))} without a good translation")
    return 0


def add(stream: Any) -> int:
    """Fill in translations; what names no text of the source is reported and left out."""
    entries: dict[str, str | list[str]] = json.load(stream)
    with alone():
        catalog = updated("nl")
        unknown = [name for name, translation in entries.items() if not _fill(catalog, name, translation)]
        save(catalog, "nl")
        _compile()
    for name in unknown:
        print(f"not in the source: {name!r}", file=sys.stderr)
    print(f"{len(entries) - len(unknown)} filled in; {len(faults(catalog))} left in the whole project")
    return 1 if unknown else 0


def _fill(catalog: Catalog, name: str, translation: str | list[str]) -> bool:
    filled = False
    for message in catalog:
        if message.id and name in (_key(message.id), _name(message)):
            wants_plural = isinstance(message.id, tuple)
            if wants_plural != isinstance(translation, list):
                print(f"{name!r} needs {'[singular, plural]' if wants_plural else 'one text'}", file=sys.stderr)
                continue
            message.string = tuple(translation) if isinstance(translation, list) else translation
            filled = True
    return filled


def faults(catalog: Catalog) -> list[str]:
    """What a reader of that language would see go wrong."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        name = repr(_name(message))
        if message.fuzzy:
            found.append(f"fuzzy: {name}")
        if not _is_translated(message):
            found.append(f"no translation: {name}")
        elif _placeholders(message.id) != _placeholders(message.string):
            found.append(f"other placeholders than in the translation: {name}")
    return found


def _placeholders(texts: Any) -> set[str]:
    """Of the last form: the singular may say "one"."""
    last: str = texts if isinstance(texts, str) else texts[-1]
    return set(PLACEHOLDER.findall(last))


def stale(language: str) -> list[str]:
    """Where the file and the source differ."""
    wanted = {(_key(message.id), message.context) for message in extracted() if message.id}
    there = {(_key(message.id), message.context) for message in load(language) if message.id}
    lines = [f"not in django.po yet: {name!r}" for name, _context in sorted(wanted - there, key=str)]
    return lines + [f"not in the source any more: {name!r}" for name, _context in sorted(there - wanted, key=str)]


def problems() -> list[str]:
    return [f"{language}: {fault}" for language in LANGUAGES for fault in (*stale(language), *faults(load(language)))]


def check() -> int:
    found = problems()
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print(f"{len(found)} faults: run `tools/messages.py missing`, then `tools/messages.py add`", file=sys.stderr)
    return 1 if found else 0


def missing() -> int:
    todo: dict[str, Any] = {}
    for message in updated("nl"):
        if message.id and not _is_translated(message):
            todo[_name(message)] = "" if isinstance(message.id, str) else ["", ""]
    json.dump(todo, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


def _compile() -> None:
    for language in LANGUAGES:
        path = po_path(language)
        if not path.exists():
            continue
        fresh = path.with_suffix(f".mo.{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, load(language))
        fresh.replace(path.with_suffix(".mo"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("update", "add", "missing", "compile", "check"))
    parser.add_argument("file", nargs="?", type=Path)
    options = parser.parse_args()
    if not settings.configured:
        settings.configure(USE_I18N=False)
    match options.command:
        case "add":
            if options.file is None:
                return add(sys.stdin)
            with options.file.open(encoding="utf-8") as stream:
                return add(stream)
        case "compile":
            with alone():
                _compile()
            return 0
        case "update":
            return update()
        case "missing":
            return missing()
    return check()


if __name__ == "__main__":
    sys.exit(main())
