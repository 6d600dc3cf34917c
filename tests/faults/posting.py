"""Requests and offers come in while things break: most as the view commits them, some through the web server.

Whoever gets no answer looks whether it was committed and else tries again, as a person does. What counts is what was
committed.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.activities import actions as offering
from techfinder.activities.models import Activity
from techfinder.requests.actions import post_request
from techfinder.requests.models import Request
from tests.faults.country import Ask, Country, Offer

PATIENCE = 120
TOKEN = "f" * 32


@dataclass
class Posting:
    """Posts all of a country, in `seconds` when that is possible; `join` waits until all is committed."""

    country: Country
    port: int
    seconds: float
    answers: Counter[int] = field(default_factory=Counter)
    broken_off: int = 0
    # Seconds of each post over the web.
    took: list[float] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    committed: int = 0

    def start(self) -> None:
        self.began = time.monotonic()
        self.offered = [threading.Event() for _ in range(self.country.towns)]
        self.addresses = itertools.cycle(f"127.0.1.{n}" for n in range(1, 250))
        by_web = [ask for ask in self.country.asks if ask.by_web]
        direct = [ask for ask in self.country.asks if not ask.by_web]
        self.threads = [
            threading.Thread(target=self._run, args=(run,), daemon=True)
            for run in (self._offers, lambda: self._asks(direct, self._commit), lambda: self._asks(by_web, self._send))
        ]
        for thread in self.threads:
            thread.start()

    def is_going(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def join(self) -> None:
        for thread in self.threads:
            thread.join(self.seconds + 10 * PATIENCE)
        assert not self.is_going(), "posting does not come to an end"
        if self.errors:
            raise self.errors[0]

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()

    def _paced(self, count: int) -> Iterator[int]:
        """Positions, each when its turn has come."""
        for n in range(count):
            wait = self.began + self.seconds * n / count - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            yield n

    # -------------------------------------------------------------- offers

    def _offers(self) -> None:
        offers = self.country.offers
        for n in self._paced(len(offers)):
            offer = offers[n]
            until_committed(lambda: Activity.objects.filter(title=offer.title).exists(), lambda: self._offer(offer))  # noqa: B023
            self.committed += 1
            if n + 1 == len(offers) or offers[n + 1].town != offer.town:
                self.offered[offer.town].set()

    @transaction.atomic
    def _offer(self, offer: Offer) -> None:
        draft = offering.create_draft(provider=self.country.providers[offer.provider], **offer.fields(self.country))
        offering.submit(activity=draft)
        draft.refresh_from_db()
        assert draft.submitted_at is not None
        offering.approve(activity_id=draft.pk, seen=draft.submitted_at)

    # ------------------------------------------------------------ requests

    def _asks(self, asks: list[Ask], post: Callable[[Ask], None]) -> None:
        for n in self._paced(len(asks)):
            ask = asks[n]
            assert self.offered[ask.town].wait(10 * PATIENCE), "the offers of a town are not committed"
            until_committed(lambda: Request.objects.filter(title=ask.title).exists(), lambda: post(ask))  # noqa: B023
            self.committed += 1

    def _commit(self, ask: Ask) -> None:
        person = self.country.people[ask.email]
        post_request(
            school=self.country.schools[ask.school],
            email=ask.email,
            name=person.name,
            fields=ask.fields(self.country),
            proven=person,
        )

    def _send(self, ask: Ask) -> None:
        person = self.country.people[ask.email]
        fields = {
            **ask.fields(self.country),
            "school": self.country.schools[ask.school].code,
            "email": ask.email,
            "name": person.name,
            "csrfmiddlewaretoken": TOKEN,
        }
        status = self._post(urlencode(fields, doseq=True), _cookies(person))
        self.answers[status] += 1
        if status not in (302, 303):
            raise NoAnswerError(status)

    def _post(self, body: str, cookies: str) -> int:
        """From an address of its own: so many questions an hour are allowed to each."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(next(self.addresses), 0))
        began = time.monotonic()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        try:
            line.request("POST", reverse("requests:new"), body, headers)
            return line.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            self.broken_off += 1
            raise NoAnswerError from error
        finally:
            self.took.append(time.monotonic() - began)
            line.close()


class NoAnswerError(Exception):
    """The site did not say that it took the question."""


def _cookies(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def until_committed(is_there: Callable[[], bool], post: Callable[[], None]) -> None:
    """Post until it is there; once."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            post()
            return
        except (DatabaseError, NoAnswerError):
            if time.monotonic() > deadline:
                raise
        while time.monotonic() < deadline:
            try:
                connection.close()
                if is_there():
                    return
                break
            except DatabaseError:
                time.sleep(0.2)
        time.sleep(0.1)
