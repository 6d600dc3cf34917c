"""Codes as the numbers that the engine's masks are made of. A code keeps its number for good (table `Number`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection, transaction

from techfinder.matches.models import Number

LOCK = 0x7EC4F2  # the advisory lock of giving out numbers and areas


class TooManyCodesError(ValueError):
    """The engine's masks have no room for another code of this vocabulary."""


class Numbers:
    """The codes of one vocabulary by number, and the numbers by code; a code that is new gets the next number.

    Also a code of no vocabulary (an old import) gets one, so that it is only equal to itself. Lives as long as one
    transaction: a number that is rolled back may go to another code.
    """

    def __init__(self, vocabulary: Number.Vocabulary, limit: int) -> None:
        self.vocabulary, self.limit = vocabulary, limit
        self.codes: list[str] = []
        self._number: dict[str, int] = {}
        self._read()

    def of(self, code: str) -> int:
        """The number of a code; TooManyCodesError when all are given out."""
        if code not in self._number:
            self.give_out([code])
        return self._number[code]

    def give_out(self, codes: Iterable[str]) -> None:
        """Number the codes that have no number yet, in one go; TooManyCodesError when there are not enough."""
        missing = sorted(set(codes) - self._number.keys())
        if not missing:
            return
        with transaction.atomic():
            lock_giving_out()
            self._read()
            missing = [code for code in missing if code not in self._number]
            self._check_room(missing)
            rows = [
                Number(vocabulary=self.vocabulary, code=code, number=number)
                for number, code in enumerate(missing, start=len(self.codes))
            ]
            Number.objects.bulk_create(rows)
        self._read()

    def _check_room(self, missing: Collection[str]) -> None:
        if len(self.codes) + len(missing) > self.limit:
            raise TooManyCodesError(
                f"no room for {', '.join(missing)}: the engine tells {self.limit} codes of vocabulary "
                f"{self.vocabulary.value} apart, and {len(self.codes)} have a number"
            )

    def _read(self) -> None:
        found = Number.objects.filter(vocabulary=self.vocabulary).values_list("code", "number")
        self._number = dict(found)
        self.codes = [""] * (max(self._number.values(), default=-1) + 1)
        for code, number in self._number.items():
            self.codes[number] = code


def lock_giving_out() -> None:
    """One at a time, until the end of the transaction: two that give out in another order would wait for each other.

    Whoever also takes the lock of matching takes that one first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
