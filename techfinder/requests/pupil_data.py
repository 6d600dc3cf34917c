"""Does a text look as if it names a pupil? A guess, to warn with: the writer decides."""

import re
from collections.abc import Iterator
from datetime import date

# "leerling Jan Jansen", "een meisje genaamd Fatima", "mijn zoon Daan". The word is lower case or starts the sentence,
# what follows has a capital: "leerlingen" and "kinderen" do not match, nor does "leerling uit groep 7".
PERSON = re.compile(
    r"\b(?i:leerling|kind|meisje|jongen|zoon|dochter|scholier)\s+(?i:(?:heet|genaamd|met de naam)\s+)?"
    r"([A-Z][a-zà-ÿ]{1,}(?:\s+(?:(?:van|de|der|den|ten|ter|el|al|het|'t)\s+)*[A-Z][a-zà-ÿ]+)*)"
)
BORN = re.compile(r"\b(?:geboren\s+(?:op|in|te)|geb\.|geboortedatum)", re.IGNORECASE)
FULL_DATE = re.compile(r"\b\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ](\d{4})\b", re.IGNORECASE)
NINE_DIGITS = re.compile(r"\b\d{9}\b")
# Children at school were born so long ago; a date for the lesson itself lies ahead.
AGES = (3, 23)


def suspicions(text: str, *, today: date) -> list[str]:
    """The parts of the text that look like data of a pupil, as written."""
    return list(dict.fromkeys(_found(text, today)))


def _found(text: str, today: date) -> Iterator[str]:
    yield from (match[0] for match in PERSON.finditer(text))
    yield from (match[0] for match in BORN.finditer(text))
    youngest, oldest = AGES
    for match in FULL_DATE.finditer(text):
        if youngest <= today.year - int(match[1]) <= oldest:
            yield match[0]
    yield from (match[0] for match in NINE_DIGITS.finditer(text) if _is_citizen_number(match[0]))


def _is_citizen_number(digits: str) -> bool:
    """The eleven-test of the burgerservicenummer."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total > 0 and total % 11 == 0
