"""The whole look, in the order in which one mends what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checkdmarc.utils import DNS_CACHE

from techfinder.mail.names.asking import FAILED, Names
from techfinder.mail.names.dkim import look_at_dkim
from techfinder.mail.names.dmarc import look_at_alignment, look_at_dmarc
from techfinder.mail.names.findings import Finding, Grade
from techfinder.mail.names.spf import look_at_spf

NULL_MX = "0 ."
# Keys with which a signature counts.
_SIGNING = ("dkim", "dkim_short", "dkim_new", "dkim_testing")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: the domain of the sender, that of the envelope (bounces, answers), and how we send."""

    sender: str
    envelope: str
    selectors: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def look(names: Names, subject: Subject) -> list[Finding]:
    """Everything that was found; one finding only when the name server fails."""
    # It is kept by name alone, whichever server was asked.
    DNS_CACHE.clear()
    try:
        return list(_look(names, subject))
    except FAILED as error:
        return [Finding("dns", Grade.UNKNOWN, subject.sender, str(error))]


def _look(names: Names, subject: Subject) -> Iterator[Finding]:
    missing = [each for each in dict.fromkeys((subject.sender, subject.envelope)) if not names.exists(each)]
    yield from (Finding("domain_none", Grade.WRONG, each) for each in missing)
    if missing:
        return
    yield from _receiving(names, subject)
    yield from look_at_spf(names, subject.envelope, subject.addresses)
    signed = list(look_at_dkim(names, subject.sender, subject.selectors))
    yield from signed
    yield from look_at_dmarc(names, subject.sender)
    is_signed = any(each.code in _SIGNING for each in signed)
    yield look_at_alignment(names, sender=subject.sender, envelope=subject.envelope, is_signed=is_signed)
    yield from (_of_address(names, each) for each in subject.addresses)


def _receiving(names: Names, subject: Subject) -> Iterator[Finding]:
    yield _of_mx(names, subject.envelope)
    if subject.sender != subject.envelope and not names.answers(subject.sender, "MX"):
        yield Finding("sender_mx_none", Grade.WARNING, subject.sender)


def _of_mx(names: Names, domain: str) -> Finding:
    found = sorted(names.answers(domain, "MX"))
    if not found:
        return Finding("mx_none", Grade.WRONG, domain)
    if found == [NULL_MX]:
        return Finding("mx_refuses", Grade.WRONG, domain, NULL_MX)
    hosts = [each.split()[-1].rstrip(".") for each in found]
    dead = [host for host in hosts if not names.addresses(host)]
    if dead:
        return Finding("mx_dead", Grade.WRONG, domain, ", ".join(found), {"host": ", ".join(dead)})
    return Finding("mx", Grade.FINE, domain, ", ".join(hosts))


def _of_address(names: Names, ip: str) -> Finding:
    host = names.reverse(ip)
    if host:
        return Finding("ptr", Grade.FINE, ip, host, {"ip": ip, "host": host})
    return Finding("ptr_none", Grade.WRONG, ip, facts={"ip": ip})
