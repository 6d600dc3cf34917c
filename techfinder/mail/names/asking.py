"""Questions to the name server."""

from __future__ import annotations

import dns.exception
import dns.resolver
import dns.reversename

SECONDS_PER_QUESTION = 3.0
# These say that the name server failed, and nothing about the name.
FAILED = (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, OSError)
_NOTHING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.DNSException, ValueError)


def resolver(nameserver: str = "") -> dns.resolver.Resolver:
    """The one of this machine, or that at HOST, HOST:PORT or [HOST]:PORT. ValueError for what is no such thing."""
    if not nameserver:
        made = dns.resolver.Resolver()
    else:
        host, port = _split(nameserver)
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = [host], port
    made.timeout = made.lifetime = SECONDS_PER_QUESTION
    return made


def _split(nameserver: str) -> tuple[str, int]:
    if nameserver.startswith("["):
        host, _bracket, port = nameserver[1:].partition("]")
        return host, int(port.lstrip(":") or 53)
    host, _colon, port = nameserver.partition(":") if nameserver.count(":") == 1 else (nameserver, "", "")
    return host, int(port or 53)


class Names:
    """Answers as texts; a name that does not exist and one without such a record are both nothing."""

    def __init__(self, resolver: dns.resolver.Resolver) -> None:
        self.resolver = resolver

    def answers(self, name: str, kind: str) -> list[str]:
        """Raises one of `FAILED` when the name server does."""
        try:
            found = self.resolver.resolve(name, kind, raise_on_no_answer=False)
        except FAILED:
            raise
        except _NOTHING:
            return []
        return [row.to_text() for row in found]

    def texts(self, name: str) -> list[str]:
        """TXT records, their parts joined as receivers do."""
        try:
            found = self.resolver.resolve(name, "TXT", raise_on_no_answer=False)
        except FAILED:
            raise
        except _NOTHING:
            return []
        return [b"".join(row.strings).decode("utf-8", "replace") for row in found]

    def addresses(self, name: str) -> set[str]:
        return {*self.answers(name, "A"), *self.answers(name, "AAAA")}

    def exists(self, name: str) -> bool:
        """Whether there is such a name at all."""
        try:
            self.resolver.resolve(name, "SOA", raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return False
        return True

    def reverse(self, ip: str) -> str:
        """The name of an address, when that leads back to it."""
        for host in self.answers(dns.reversename.from_address(ip).to_text(), "PTR"):
            if ip in self.addresses(host):
                return host.rstrip(".")
        return ""
