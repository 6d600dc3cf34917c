"""DMARC by RFC 9989, and whether SPF and DKIM speak of the same domain as the sender."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkdmarc.dmarc import check_dmarc
from checkdmarc.utils import get_base_domain

from techfinder.mail.names.asking import SECONDS_PER_QUESTION, Names
from techfinder.mail.names.dkim import tags_of
from techfinder.mail.names.findings import Finding, Grade

REMOVED = ("pct", "rf", "ri")


def look_at_dmarc(names: Names, domain: str) -> Iterator[Finding]:
    """The record that holds for the domain of the sender: its own, or one further up."""
    found: Any = check_dmarc(domain, resolver=names.resolver, timeout=SECONDS_PER_QUESTION)
    record = found["record"] or ""
    if not record and _is_missing(names, domain):
        yield Finding("dmarc_none", Grade.WRONG, domain)
    elif not found["valid"]:
        yield Finding("dmarc_bad", Grade.WRONG, domain, record, {"error": found["error"]})
    else:
        facts = {"policy": policy_of(found, domain), "location": f"_dmarc.{found['location']}"}
        yield from _weak(domain, record, found["tags"], facts) or [Finding("dmarc", Grade.FINE, domain, record, facts)]


def _is_missing(names: Names, domain: str) -> bool:
    """Two records are no record, but that is another mistake."""
    return not names.texts(f"_dmarc.{domain}")


def policy_of(found: Any, domain: str) -> str:
    """That of the domain itself, or what a record further up says for those below it."""
    tag = "p" if found["location"] == domain else "sp"
    return str(found["tags"][tag]["value"])


def _weak(domain: str, record: str, tags: Any, facts: dict[str, Any]) -> list[Finding]:
    written = tags_of(record)
    removed = [tag for tag in REMOVED if tag in written]
    found = []
    if facts["policy"] == "none":
        found.append(Finding("dmarc_watching", Grade.WARNING, domain, record, facts))
    if tags["t"]["value"] == "y":
        found.append(Finding("dmarc_testing", Grade.WARNING, domain, record, facts))
    if removed:
        found.append(Finding("dmarc_removed", Grade.WARNING, domain, record, {"tags": ", ".join(removed)}))
    if "rua" not in written:
        found.append(Finding("dmarc_no_reports", Grade.WARNING, domain, record, facts))
    return found


def look_at_alignment(names: Names, *, sender: str, envelope: str, is_signed: bool) -> Finding:
    """SPF counts for DMARC only when the envelope is of the sender's domain; DKIM is looked for there anyway."""
    found: Any = check_dmarc(sender, resolver=names.resolver, timeout=SECONDS_PER_QUESTION)
    strict = found["valid"] and found["tags"]["aspf"]["value"] == "s"
    facts = {"envelope": envelope}
    if sender == envelope or (not strict and get_base_domain(sender) == get_base_domain(envelope)):
        return Finding("aligned_spf", Grade.FINE, sender, facts=facts)
    if is_signed:
        return Finding("aligned_dkim_only", Grade.WARNING, sender, facts=facts)
    return Finding("aligned_none", Grade.WRONG, sender, facts=facts)
