"""DKIM: whether the key is there with which our mail is signed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from techfinder.mail.names.asking import Names
from techfinder.mail.names.findings import Finding, Grade

# What the usual mail servers and mail services call their keys.
USUAL = ("default", "dkim", "mail", "selector1", "selector2", "s1", "s2", "k1", "k2", "key1", "google", "mandrill",
         "pm", "smtp", "mailjet", "mg", "brevo", "scaleway", "resend", "zoho", "protonmail")  # fmt: skip
LEAST_BITS, GOOD_BITS = 1024, 2048
ED25519_BITS = 256


def look_at_dkim(names: Names, domain: str, selectors: list[str]) -> Iterator[Finding]:
    """The keys of these selectors; without any, those under the usual names."""
    if selectors:
        for each in selectors:
            yield from _of_selector(names, each, domain) or [Finding("dkim_none", Grade.WRONG, _name(each, domain))]
        return
    found = [finding for each in USUAL for finding in _of_selector(names, each, domain)]
    yield from found or [Finding("dkim_unknown", Grade.UNKNOWN, f"_domainkey.{domain}")]


def _name(selector: str, domain: str) -> str:
    return f"{selector}._domainkey.{domain}"


def _of_selector(names: Names, selector: str, domain: str) -> list[Finding]:
    name = _name(selector, domain)
    return [_of_record(name, record) for record in names.texts(name)][:1]


def _of_record(name: str, record: str) -> Finding:
    try:
        return _of_tags(name, record, tags_of(record))
    except (ValueError, KeyError, binascii.Error, UnsupportedAlgorithm) as error:
        return Finding("dkim_bad", Grade.WRONG, name, record, {"error": str(error) or type(error).__name__})


def tags_of(record: str) -> dict[str, str]:
    """`a=1; b=2` as a table; ValueError when it is not written so."""
    pairs = [part.partition("=") for part in record.split(";") if part.strip()]
    if not all(sign for _tag, sign, _value in pairs):
        raise ValueError(record)
    return {tag.strip().lower(): "".join(value.split()) for tag, _sign, value in pairs}


def _of_tags(name: str, record: str, tags: dict[str, str]) -> Finding:
    if not tags["p"]:
        return Finding("dkim_revoked", Grade.WRONG, name, record)
    kind = tags.get("k", "rsa").lower()
    facts: dict[str, Any] = {"kind": kind, "bits": bits_of(kind, tags["p"])}
    if kind == "ed25519":
        return Finding("dkim_new", Grade.WARNING, name, record, facts)
    if facts["bits"] < LEAST_BITS:
        return Finding("dkim_weak", Grade.WRONG, name, record, facts)
    if "y" in tags.get("t", "").split(":"):
        return Finding("dkim_testing", Grade.WARNING, name, record, facts)
    if facts["bits"] < GOOD_BITS:
        return Finding("dkim_short", Grade.WARNING, name, record, facts)
    return Finding("dkim", Grade.FINE, name, record, facts)


def bits_of(kind: str, key: str) -> int:
    """How long the public key is; ValueError for what is none."""
    raw = base64.b64decode(key, validate=True)
    if kind == "ed25519":
        return ED25519_BITS
    found = load_der_public_key(raw)
    if not isinstance(found, RSAPublicKey):
        raise ValueError(type(found).__name__)
    return found.key_size
