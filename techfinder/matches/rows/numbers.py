"""Codes as the numbers that the engine's masks are made of. A code keeps its number for good (table `Number`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection, transaction

from techfinder.matches.models import Number

LOCK = 0x7EC4F2  # the advisory lock of giving out numbers and areas


class TooManyCodesError(ValueError):
    """The engine's masks have no room for another code of this vocabulary."""


class Numbers:
    """The codes of one vocabulary by number, and the numbers by code.

    Also a code of no vocabulary (an old import) has a number, so that it is only equal to itself. Lives as long as one
    transaction: a number that is rolled back may go to another code.
    """

    def __init__(self, vocabulary: Number.Vocabulary, limit: int, given: dict[str, int]) -> None:
        """`given`: the numbers by code that `given_out` read of this vocabulary."""
        self.vocabulary, self.limit = vocabulary, limit
        self._number = given
        self._passing: dict[str, int] = {}
        self._code = {number: code for code, number in given.items()}
        self._may_read = True

    def of(self, code: str) -> int:
        """The number of a code. One without any gets a passing one, from the top: to read an item writes nothing."""
        if code in self._number:
            return self._number[code]
        if code not in self._passing:
            self._check_room([code])
            self._passing[code] = number = self.limit - 1 - len(self._passing)
            self._code[number] = code
        return self._passing[code]

    def ask_no_more(self) -> None:
        """From here on `code` reads nothing: on a connection that copies it would wait for itself."""
        self._may_read = False

    def code(self, number: int) -> str:
        """The code with this number, also when another process gave it out since; KeyError when nobody did."""
        if number not in self._code and self._may_read:
            self._read()
        return self._code[number]

    def in_mask(self, mask: int) -> list[str]:
        """The codes of the bits of a mask, in order of their numbers."""
        return [self.code(number) for number in range(mask.bit_length()) if mask >> number & 1]

    def give_out(self, codes: Iterable[str]) -> None:
        """Number these codes for good, where they are not yet; TooManyCodesError when there is no room."""
        missing = set(codes) - self._number.keys()
        if not missing:
            return
        self._passing.clear()
        with transaction.atomic():
            lock_giving_out()
            self._read()
            fresh = sorted(missing - self._number.keys())
            self._check_room(fresh)
            rows = [
                Number(vocabulary=self.vocabulary, code=code, number=number)
                for number, code in enumerate(fresh, start=len(self._number))
            ]
            Number.objects.bulk_create(rows)
        self._read()

    def _check_room(self, missing: Collection[str]) -> None:
        taken = len(self._number) + len(self._passing)
        if taken + len(missing) > self.limit:
            raise TooManyCodesError(
                f"no room for {', '.join(missing)}: the engine tells {self.limit} codes of vocabulary "
                f"{self.vocabulary.value!r} apart, and {taken} have a number"
            )

    def _read(self) -> None:
        self._number = given_out()[self.vocabulary]
        self._code = {number: code for code, number in (self._passing | self._number).items()}


def given_out() -> dict[str, dict[str, int]]:
    """The numbers by code of each vocabulary, in one query."""
    found: dict[str, dict[str, int]] = {vocabulary: {} for vocabulary in Number.Vocabulary.values}
    for vocabulary, code, number in Number.objects.values_list("vocabulary", "code", "number"):
        found[vocabulary][code] = number
    return found


def lock_giving_out() -> None:
    """One at a time, until the end of the transaction: two that give out in another order would wait for each other.

    Whoever also takes the lock of matching takes that one first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
