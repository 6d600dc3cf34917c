"""Before two sides agree, nobody reads an address or a telephone number of the other, nor one in what it wrote."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
# 06-12345678, (0118) 12 34 56, +31 6 1234 5678; a date with a time is none.
_DATE = r"(?!\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d\b)"
_BETWEEN = r"[\s().-]{0,3}"
_NUMBER = rf"(?<![\d+])(?<!\d[-/.])(?:(?:\+|00)[1-9](?:{_BETWEEN}\d){{8,13}}|{_DATE}0(?:{_BETWEEN}\d){{9}})(?!\d)"
_FOUND = re.compile(f"{_ADDRESS}|{_NUMBER}")


def without_contacts(text: str) -> str:
    """The text with each mail address and telephone number replaced by a word that says so."""
    return _FOUND.sub(lambda found: _("[shared once you agree]"), text)
