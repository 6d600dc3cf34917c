"""A mail server that misbehaves in ways that aiosmtpd cannot: it stops, drips, hangs up or says no at any step."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field

HANG_UP, RESET, DRIP = "hang up", "reset", "drip"
USUAL = {
    "greeting": "220 rude",
    "EHLO": "250 rude",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go",
    ".": "250 ok",
}


@dataclass
class RudeServer:
    """`says` replaces an answer by step (greeting, EHLO, MAIL, RCPT, DATA, "."); `taken` has each content it got."""

    says: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> RudeServer:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.socket.close()

    def _serve(self) -> None:
        while not self.over.is_set():
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            if not self._answer(client, "greeting"):
                return
            for line in lines:
                step = line[:4].decode("ascii", "replace").upper().strip()
                if not self._answer(client, step if step in USUAL else "MAIL"):
                    return
                if step == "DATA" and self.says.get("DATA", "354").startswith("354"):
                    self.taken.append(b"".join(iter(lambda: lines.readline(), b".\r\n")))
                    if not self._answer(client, "."):
                        return

    def _answer(self, client: socket.socket, step: str) -> bool:
        """Say what belongs to this step; whether the conversation goes on."""
        says = self.says.get(step, USUAL[step])
        if says == RESET:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if says in (RESET, HANG_UP):
            return False
        if says == DRIP:
            return self._drip(client)
        client.sendall(f"{says}\r\n".encode())
        return True

    def _drip(self, client: socket.socket) -> bool:
        """A byte now and then, for ever: each in time, the line never."""
        try:
            while not self.over.is_set():
                client.sendall(b"2")
                time.sleep(0.05)
        except OSError:
            pass
        return False
