"""A mail server as a process of its own: what it takes is in a file before it says 250, and it misbehaves on command.

    python -m tests.faults.sink PORT FILE CONTROL

FILE gets one line of JSON per message that it took. CONTROL is the path of a socket that takes one line of JSON, sets
what is named in it (`Behaviour`), and answers with what was counted.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

LIMIT = 4 * 1024 * 1024
# A connection closed with this ends in a reset, and nothing that was not read arrives.
RESET = struct.pack("ii", 1, 0)


@dataclass
class Behaviour:
    """What it does to the next messages; everything at rest is an ordinary mail server."""

    # An answer in place of yes: to a connection, to a sender, to a recipient, to the whole message.
    at_sender: str = ""
    at_recipient: str = ""
    at_data: str = ""
    # Recipients that have this in their address, whatever else holds: they do not exist.
    unknown: str = ""
    # So many messages are taken, and then the connection is reset in place of a yes.
    resets: int = 0
    # Seconds before a recipient is answered, and between taking a message and saying so.
    tarpit: float = 0
    gap: float = 0
    closed: bool = False


@dataclass
class Counted:
    taken: int = 0
    refused: int = 0
    resets: int = 0
    connections: int = 0
    unknown: list[str] = field(default_factory=list)


class Sink:
    """The handler of aiosmtpd, with its listening socket."""

    def __init__(self, port: int, path: str) -> None:
        self.port = port
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.behaviour = Behaviour()
        self.counted = Counted()
        self.server: asyncio.Server | None = None
        self.open: set[SMTP] = set()

    # ------------------------------------------------------------ the protocol

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.behaviour.at_sender:
            return self._refuse(server, answer)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.behaviour.tarpit:
            await asyncio.sleep(self.behaviour.tarpit)
        if self.behaviour.unknown and self.behaviour.unknown in address:
            self.counted.unknown.append(address)
            return self._refuse(server, "550 5.1.1 no such user")
        if answer := self.behaviour.at_recipient:
            return self._refuse(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.behaviour.at_data:
            return self._refuse(server, answer)
        self._keep(envelope)
        if self.behaviour.resets > 0:
            self.behaviour.resets -= 1
            self.counted.resets += 1
            _reset(server)
            return "421 never said"
        if self.behaviour.gap:
            await asyncio.sleep(self.behaviour.gap)
        return "250 OK"

    def _refuse(self, server: SMTP, answer: str) -> str:
        self.counted.refused += 1
        if answer.startswith("421"):
            asyncio.get_running_loop().call_later(0.05, _close, server)
        return answer

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        line = {
            "at": time.monotonic(),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "raw": base64.b64encode(raw).decode(),
        }
        os.write(self.file, json.dumps(line).encode() + b"\n")
        self.counted.taken += 1

    # ----------------------------------------------------------- the listener

    def _protocol(self) -> SMTP:
        self.counted.connections += 1
        protocol = SMTP(self, hostname="sink.example", data_size_limit=LIMIT, enable_SMTPUTF8=False)
        self.open.add(protocol)
        return protocol

    async def listen(self) -> None:
        if self.server is None:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(self._protocol, "127.0.0.1", self.port, reuse_address=True)

    def close(self) -> None:
        """Nobody gets in, and whoever is in falls out."""
        if self.server is not None:
            self.server.close()
            self.server = None
        for protocol in self.open:
            _close(protocol)
        self.open.clear()

    # ------------------------------------------------------------ the control

    async def command(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted: dict[str, Any] = json.loads(await reader.readline())
        for name, value in wanted.items():
            setattr(self.behaviour, name, value)
        if self.behaviour.closed:
            self.close()
        else:
            await self.listen()
        writer.write(json.dumps(vars(self.counted)).encode() + b"\n")
        await writer.drain()
        writer.close()


def _close(protocol: SMTP) -> None:
    if protocol.transport is not None:
        protocol.transport.abort()


def _reset(protocol: SMTP) -> None:
    transport = protocol.transport
    raw = transport.get_extra_info("socket") if transport is not None else None
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    _close(protocol)


async def main(port: int, path: str, control: str) -> None:
    sink = Sink(port, path)
    await sink.listen()
    async with await asyncio.start_unix_server(sink.command, control):
        await asyncio.Event().wait()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
