"""The register writes places in capitals and without accents; people do not."""

from __future__ import annotations

import re
import unicodedata

SMALL = {"a", "aan", "bij", "ca", "de", "den", "der", "en", "gem", "gem.", "het", "in", "of", "op", "te", "ter", "van"}
PROVINCES = {"DR", "FL", "FR", "FRL", "GE", "GLD", "GN", "GR", "LB", "LI", "NB", "NH", "OV", "UT", "ZE", "ZH", "ZLD"}
# What no rule can give back.
EXCEPTIONS = {"NUENEN CA": "Nuenen, Gerwen en Nederwetten", "REUSEL-DE MIERDEN": "Reusel-De Mierden"}
ACCENTS = {"SUDWEST": "Súdwest", "FRYSLAN": "Fryslân"}
# What a teacher types for a town that officially has another name.
ALSO_KNOWN_AS = {"s gravenhage": "den haag", "s hertogenbosch": "den bosch"}


def cased(text: str) -> str:
    """Write ALPHEN AAN DEN RIJN as Alphen aan den Rijn and S GRAVENHAGE as 's-Gravenhage."""
    if text in EXCEPTIONS:
        return EXCEPTIONS[text]
    text = re.sub(r"^'?S[ -](?=[A-Z])", "'s-", text)
    words = re.split(r"([ -])", text)
    last = len(words) - 1
    return "".join(_word(word, first=place == 0, last=place == last) for place, word in enumerate(words))


def _word(word: str, *, first: bool, last: bool) -> str:
    if word in ACCENTS:
        return ACCENTS[word]
    if word in ("'s", " ", "-") or (last and not first and word in PROVINCES):
        return word
    if word.lower() in SMALL and not first:
        return word.lower()
    if word.startswith("IJ"):
        return "IJ" + word[2:].lower()
    if word.startswith("'"):
        return word.lower()
    return word[:1] + word[1:].lower()


def folded(text: str) -> str:
    """Lower case, without accents, with single spaces for all that is no letter or digit."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.replace("ß", "ss").replace("ø", "o").replace("æ", "ae")).split())


def searchable(name: str, city: str) -> str:
    """What the type-ahead searches of a school."""
    town = folded(city)
    return f"{folded(name)} {town} {ALSO_KNOWN_AS.get(town, '')}".strip()[:260]
