"""smtplib, with one deadline for the whole conversation in place of a time-out per step."""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Deadline:
    """A moment by which everything must be over."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left; TimeoutError when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the attempt took too long")
        return left


class _Incoming(io.RawIOBase):
    """What the server says; each byte of it costs time of the same deadline, so that a slow drip ends as well."""

    def __init__(self, session: Timed) -> None:
        self.session = session

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        sock = self.session.timed_socket()
        return sock.recv_into(buffer)


class Timed(smtplib.SMTP):
    """One conversation after another on one connection, each under the deadline that is set for it."""

    def __init__(
        self, host: str, port: int, *, deadline: Deadline, connect_seconds: float, local_hostname: str
    ) -> None:
        self.deadline = deadline
        timeout = min(connect_seconds, deadline.left())
        super().__init__(host, port, local_hostname=local_hostname, timeout=timeout, **self.more())

    def more(self) -> dict[str, Any]:
        """What else the connection is made with."""
        return {}

    def timed_socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("please run connect() first")
        self.sock.settimeout(self.deadline.left())
        return self.sock

    def send(self, s: ReadableBuffer | str) -> None:
        if self.sock is not None:
            self.timed_socket()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = io.BufferedReader(_Incoming(self))
        return super().getreply()


class TimedTls(Timed, smtplib.SMTP_SSL):
    """The same, under TLS from the first byte on."""

    def more(self) -> dict[str, Any]:
        # By itself smtplib would talk to whoever answers.
        return {"context": ssl.create_default_context()}
