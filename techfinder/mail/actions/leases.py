"""While a mail server thinks, the lease of the mail is renewed: it is short, and an answer may take long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import Error, connection
from django.utils import timezone

from techfinder.mail.actions.claiming import LEASE
from techfinder.mail.models import OutgoingMail
from techfinder.mail.transport import ATTEMPT_SECONDS

logger = logging.getLogger(__name__)

RENEW_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class _Held:
    pk: int
    attempts: int
    since: float


class Leases:
    """A thread for the length of a run. It ends with the process: then the lease ends too, and others take over."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="mail-leases", daemon=True)

    def __enter__(self) -> Leases:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def hold(self, mail: OutgoingMail) -> Iterator[None]:
        """Keep this mail for as long as the block lasts, but no longer than an attempt may."""
        self._held = _Held(mail.pk, mail.attempts, time.monotonic())
        try:
            yield
        finally:
            self._held = None

    def _renew(self) -> None:
        try:
            while not self._over.wait(RENEW_EVERY):
                self._renew_once(self._held)
        finally:
            connection.close()

    def _renew_once(self, held: _Held | None) -> None:
        if held is None or not RENEW_EVERY / 2 < time.monotonic() - held.since < ATTEMPT_SECONDS:
            return
        own = OutgoingMail.objects.filter(pk=held.pk, state=OutgoingMail.State.SENDING, attempts=held.attempts)
        try:
            own.update(lease_until=timezone.now() + LEASE)
        except Error as error:
            logger.warning("cannot renew the lease of mail %s: %s", held.pk, error)
            connection.close()
