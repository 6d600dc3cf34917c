"""SPF: whether the record can be read, and whether an address may send by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from checkdmarc.spf import check_spf

from techfinder.mail.names.asking import SECONDS_PER_QUESTION, Names
from techfinder.mail.names.findings import Finding, Grade

MOST_LOOKUPS, MOST_VOID = 10, 2
_UNDECIDED = ("exists", "ptr")
# The library leaves the length out of `a/24`: an address that is not the host itself may still be in its network.
_NETWORK = re.compile(r"[\s+?~-](a|mx)(:[^\s/]+)?/\d")


def look_at_spf(names: Names, domain: str, addresses: list[str]) -> Iterator[Finding]:
    """What receivers see at the domain of the envelope; and for each address of ours whether it may send."""
    found = check_spf(domain, resolver=names.resolver, timeout=SECONDS_PER_QUESTION)
    faults = list(_faults(names, domain, found))
    yield from faults or [Finding("spf", Grade.FINE, domain, found["record"], {"lookups": found["dns_lookups"]})]
    if found["valid"]:
        yield from (_of_address(names, domain, found, each) for each in addresses)


def _faults(names: Names, domain: str, found: dict[str, Any]) -> Iterator[Finding]:
    record, lookups, void = found["record"] or "", found.get("dns_lookups") or 0, found.get("void_dns_lookups") or 0
    if lookups > MOST_LOOKUPS:
        yield Finding("spf_lookups", Grade.WRONG, domain, record, {"lookups": lookups})
    elif void > MOST_VOID:
        yield Finding("spf_void", Grade.WRONG, domain, record, {"count": void})
    elif not found["valid"]:
        # Two records are no record, but that is another mistake.
        is_there = any(each.lower().startswith("v=spf1") for each in names.texts(domain))
        code = "spf_bad" if is_there else "spf_none"
        yield Finding(code, Grade.WRONG, domain, record, {"error": found["error"]})
    else:
        yield from _of_end(domain, record, found["parsed"]["all"])


def _of_end(domain: str, record: str, end: str | None) -> Iterator[Finding]:
    if end == "pass":
        yield Finding("spf_everybody", Grade.WRONG, domain, record)
    elif end not in ("fail", "softfail"):
        yield Finding("spf_open_end", Grade.WARNING, domain, record)


def _of_address(names: Names, domain: str, found: dict[str, Any], ip: str) -> Finding:
    result = result_of(names, found, ip)
    if result == "unknown":
        return Finding("spf_ip_unknown", Grade.UNKNOWN, domain, facts={"ip": ip})
    if result == "pass":
        return Finding("spf_ip", Grade.FINE, domain, facts={"ip": ip})
    return Finding("spf_ip_refused", Grade.WRONG, domain, facts={"ip": ip, "result": result})


def result_of(names: Names, found: dict[str, Any], ip: str) -> str:
    """pass, fail, softfail or neutral, as a receiver finds by RFC 7208; unknown when more than names decide.

    `found` has a record and what it is made of, as the library parses it.
    """
    parsed, undecided = found["parsed"], False
    for each in parsed["mechanisms"]:
        result = _of_mechanism(names, each, ip)
        if result == "match":
            return "unknown" if undecided else str(each["action"])
        undecided = undecided or result == "unknown"
    if undecided or _NETWORK.search(found["record"]):
        return "unknown"
    if parsed["redirect"]:
        return result_of(names, parsed["redirect"], ip)
    return str(parsed["all"] or "neutral")


def _of_mechanism(names: Names, each: dict[str, Any], ip: str) -> str:
    """match, unknown, or nothing."""
    kind = each["mechanism"]
    if kind in _UNDECIDED:
        return "unknown"
    if kind == "include":
        return {"pass": "match", "unknown": "unknown"}.get(result_of(names, each, ip), "")
    if kind in ("ip4", "ip6"):
        return "match" if ip_address(ip) in ip_network(each["value"], strict=False) else ""
    return "match" if ip in _hosts(names, each) else ""


def _hosts(names: Names, each: dict[str, Any]) -> set[str]:
    """The addresses of `a` and `mx`."""
    if each["mechanism"] == "a":
        return set(each.get("addresses", []))
    return {address for host in each.get("hosts", []) for address in names.addresses(host["hostname"])}
