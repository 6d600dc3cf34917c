"""SPF: whether the record can be read, and whether an address may send by it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from checkdmarc.spf import check_spf

from techfinder.mail.names.asking import SECONDS_PER_QUESTION, Names
from techfinder.mail.names.findings import Finding, Grade

MOST_LOOKUPS, MOST_VOID = 10, 2
_UNDECIDED = ("exists", "ptr")


def look_at_spf(names: Names, domain: str, addresses: list[str]) -> Iterator[Finding]:
    """What receivers see at the domain of the envelope; and for each address of ours whether it may send."""
    found = check_spf(domain, resolver=names.resolver, timeout=SECONDS_PER_QUESTION)
    record = found["record"] or ""
    if not record:
        yield Finding("spf_none", Grade.WRONG, domain)
    elif not found["valid"]:
        yield Finding("spf_bad", Grade.WRONG, domain, record, {"error": found["error"]})
    else:
        yield from _of_record(domain, found) or [_good(domain, found)]
        yield from (_of_address(names, domain, found["parsed"], each) for each in addresses)


def _good(domain: str, found: dict[str, Any]) -> Finding:
    return Finding("spf", Grade.FINE, domain, found["record"], {"lookups": found["dns_lookups"]})


def _of_record(domain: str, found: dict[str, Any]) -> list[Finding]:
    record, end = found["record"], found["parsed"]["all"]
    faults = []
    if found["dns_lookups"] > MOST_LOOKUPS:
        faults.append(Finding("spf_lookups", Grade.WRONG, domain, record, {"lookups": found["dns_lookups"]}))
    if found["void_dns_lookups"] > MOST_VOID:
        faults.append(Finding("spf_void", Grade.WRONG, domain, record, {"count": found["void_dns_lookups"]}))
    if end == "pass":
        faults.append(Finding("spf_everybody", Grade.WRONG, domain, record))
    elif end not in ("fail", "softfail"):
        faults.append(Finding("spf_open_end", Grade.WARNING, domain, record))
    return faults


def _of_address(names: Names, domain: str, parsed: dict[str, Any], ip: str) -> Finding:
    result = result_of(names, parsed, ip)
    if result == "unknown":
        return Finding("spf_ip_unknown", Grade.UNKNOWN, domain, facts={"ip": ip})
    if result == "pass":
        return Finding("spf_ip", Grade.FINE, domain, facts={"ip": ip})
    return Finding("spf_ip_refused", Grade.WRONG, domain, facts={"ip": ip, "result": result})


def result_of(names: Names, parsed: dict[str, Any], ip: str) -> str:
    """pass, fail, softfail or neutral, as a receiver finds by RFC 7208; unknown when that needs a real mail."""
    undecided = False
    for each in parsed["mechanisms"]:
        if each["mechanism"] in _UNDECIDED:
            undecided = True
        elif _matches(names, each, ip):
            return "unknown" if undecided else str(each["action"])
    if undecided:
        return "unknown"
    if parsed["redirect"]:
        return result_of(names, parsed["redirect"]["parsed"], ip)
    return str(parsed["all"] or "neutral")


def _matches(names: Names, each: dict[str, Any], ip: str) -> bool:
    kind = each["mechanism"]
    if kind == "include":
        return result_of(names, each["parsed"], ip) == "pass"
    _name, _slash, length = each["value"].partition("/")
    if kind in ("ip4", "ip6"):
        return _is_within(ip, each["value"])
    hosts = each.get("addresses", [])
    if kind == "mx":
        hosts = [address for host in each["hosts"] for address in names.addresses(host["hostname"])]
    return any(_is_within(ip, _network(address, length)) for address in hosts)


def _network(address: str, length: str) -> str:
    """`a/24//64`: one length for each sort of address."""
    four, _slashes, six = length.partition("//")
    chosen = six if ":" in address else four
    return f"{address}/{chosen}" if chosen else address


def _is_within(ip: str, network: str) -> bool:
    try:
        return ip_address(ip) in ip_network(network, strict=False)
    except ValueError:
        return False
