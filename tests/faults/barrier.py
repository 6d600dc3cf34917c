"""Processes that wait for each other at a barrier, and dispatchers that do so at every step.

    python -m tests.faults.barrier SOCKET

delivers the outbox until it is empty. Before each claim, and again with a mail in its hand, it waits for the other
dispatcher: both always claim at the same moment, and both always hold a mail while the other asks for one.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# The other one is busy with a pause, or at its end.
PATIENCE = 2.0


class Barrier:
    """Lets `parties` processes through together, or one alone after a while."""

    def __init__(self, path: str, parties: int) -> None:
        self.gate = threading.Barrier(parties)
        self.together = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        # A dispatcher that is ended takes no answer.
        with line, suppress(BrokenPipeError):
            while line.recv(1):
                try:
                    self.together += self.gate.wait(PATIENCE) == 0
                except threading.BrokenBarrierError:
                    self.gate.reset()
                line.sendall(b".")

    def close(self) -> None:
        self.listener.close()


def waiting_first(line: socket.socket, act: Callable[..., Any]) -> Callable[..., Any]:
    def wait_and_act(*args: Any, **kwargs: Any) -> Any:
        line.sendall(b".")
        line.recv(1)
        return act(*args, **kwargs)

    return wait_and_act


def main(path: str) -> None:
    import django

    django.setup()
    from techfinder.mail.actions import deliver_due, delivering

    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        delivering.claim = waiting_first(line, delivering.claim)
        delivering.attempt = waiting_first(line, delivering.attempt)
        while deliver_due():
            pass


if __name__ == "__main__":
    main(sys.argv[1])
