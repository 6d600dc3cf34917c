"""Reads about organisations that several callers share."""

import unicodedata

from techfinder.organisations.models import School, SchoolQuerySet


def plain(text: str) -> str:
    """Lower case, without accents, one space between words: how `School.search_name` is written."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(letters.casefold().split())


def search_schools(words: str) -> SchoolQuerySet:
    """Open schools whose name and town hold every word, in any order."""
    found = School.objects.open().select_related("municipality")
    wanted = plain(words).split()[:8]
    for word in wanted:
        found = found.filter(search_name__contains=word)
    return found.order_by("name", "code") if wanted else found.none()
