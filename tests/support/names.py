"""A small name server: a real one, on a port of its own, for one zone that the test writes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class NameServer:
    """Answers over UDP from `records`: such as `example.nl. MX 10 mail.example.nl.`; all else is NXDOMAIN."""

    def __init__(self, records: Iterable[str] = ()) -> None:
        self.answers: dict[tuple[dns.name.Name, int], dns.rrset.RRset] = {}
        self.asked: list[str] = []
        self.rcode = dns.rcode.NOERROR
        self.silent = False
        self.add(*records)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.host, self.port = self.socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def add(self, *records: str) -> None:
        for record in records:
            name, kind, data = record.split(None, 2)
            one = dns.rrset.from_text(name, 60, "IN", kind, data)
            found = self.answers.setdefault((one.name, one.rdtype), one)
            found.update(one)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                wire, client = self.socket.recvfrom(4096)
                if not self.silent:
                    self.socket.sendto(self._answer(dns.message.from_wire(wire)).to_wire(max_size=65535), client)
            except OSError:
                return

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        asked = query.question[0]
        self.asked.append(f"{asked.name} {dns.rdatatype.to_text(asked.rdtype)}")
        answer = dns.message.make_response(query, recursion_available=True)
        answer.set_rcode(self.rcode)
        if self.rcode != dns.rcode.NOERROR:
            return answer
        name = asked.name
        while (alias := self.answers.get((name, dns.rdatatype.CNAME))) and asked.rdtype != dns.rdatatype.CNAME:
            answer.answer.append(alias)
            name = alias[0].target
        if found := self.answers.get((name, asked.rdtype)):
            answer.answer.append(found)
        elif not any(name == known for known, _kind in self.answers):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
