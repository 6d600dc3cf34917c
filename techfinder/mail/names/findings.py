"""What is found, how bad it is, and what to do about it in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Grade(StrEnum):
    FINE = "fine"
    # Mail goes, but it can be better.
    WARNING = "warning"
    # Mail is refused, or nothing can come back.
    WRONG = "wrong"
    UNKNOWN = "unknown"


MARKS = {Grade.FINE: _("good"), Grade.WARNING: _("better"), Grade.WRONG: _("wrong"), Grade.UNKNOWN: _("not known")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `code` is stable, for scripts; `name` is the name that was asked for."""

    code: str
    grade: Grade
    name: str
    found: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def advice(self) -> str:
        return str(ADVICE[self.code]) % {"name": self.name, "found": self.found, **self.facts}

    def as_data(self) -> dict[str, str]:
        return {
            "code": self.code, "grade": str(self.grade), "name": self.name, "found": self.found, "advice": self.advice,
        }  # fmt: skip


ADVICE: dict[str, Promise] = {
    "dns": _(
        "The name server does not answer, so nothing can be said about %(name)s. Try again later, or name "
        "another one with --nameserver."
    ),
    "domain_none": _(
        "The domain %(name)s does not exist, or has no records at all. Look whether TECHFINDER_MAIL_FROM and "
        "TECHFINDER_REPLY_DOMAIN are written right."
    ),
    "mx": _("%(name)s takes mail: answers and mail that comes back can be received."),
    "mx_none": _(
        "%(name)s has no MX record: answers of schools and mail that comes back reach nobody. Point an MX "
        "record to the mail server that runs receive_mail."
    ),
    "mx_refuses": _(
        "%(name)s says by its MX record that it takes no mail at all (a null MX). Answers and mail that "
        "comes back reach nobody."
    ),
    "mx_dead": _(
        "The mail server %(host)s of %(name)s has no address. Make an A or AAAA record for it, or mend the MX record."
    ),
    "sender_mx_none": _(
        "%(name)s, the domain of the sender, takes no mail. Some receivers refuse mail from a domain that "
        "cannot be answered: give it an MX record."
    ),
    "spf": _("The SPF record of %(name)s is good: it takes %(lookups)s look-ups of the ten that are allowed."),
    "spf_none": _(
        "%(name)s has no SPF record, so anybody may send in its name and receivers distrust us. Add a TXT "
        "record that names your mail server, such as: v=spf1 mx ~all"
    ),
    "spf_bad": _("The SPF record of %(name)s cannot be read, so it counts as none: %(error)s"),
    "spf_lookups": _(
        "The SPF record of %(name)s takes %(lookups)s look-ups. More than ten count as an error: take out an "
        "include that you no longer need."
    ),
    "spf_void": _(
        "%(count)s names in the SPF record of %(name)s do not exist. More than two count as an error: take them out."
    ),
    "spf_everybody": _("The SPF record of %(name)s allows the whole world to send (+all). Write ~all at its end."),
    "spf_open_end": _("The SPF record of %(name)s does not say what to do with others. Write ~all at its end."),
    "spf_ip": _("%(ip)s may send for %(name)s."),
    "spf_ip_refused": _(
        "%(ip)s may not send for %(name)s by its SPF record (%(result)s). Add ip4: or ip6: with this "
        "address, or the include of your mail service."
    ),
    "spf_ip_unknown": _(
        "Whether %(ip)s may send for %(name)s cannot be said: it depends on more than the record says."
    ),
    "dkim": _("The DKIM key %(name)s is good (%(kind)s, %(bits)s bits)."),
    "dkim_none": _(
        "There is no DKIM key at %(name)s. Take over the TXT or CNAME record that your mail server or mail "
        "service gives you."
    ),
    "dkim_unknown": _(
        "No DKIM key was found under the usual names. Open a mail of ours, look for s= in its DKIM-Signature "
        "header, and give that name with --selector. Without such a header, turn on signing."
    ),
    "dkim_revoked": _(
        "The DKIM key %(name)s is empty: it was withdrawn. Sign with another selector, or publish the key again."
    ),
    "dkim_bad": _(
        "The DKIM record %(name)s cannot be read: %(error)s. Copy it again, on one line and without extra quotes."
    ),
    "dkim_weak": _("The DKIM key %(name)s has %(bits)s bits. Receivers ignore less than 1024; make one of 2048."),
    "dkim_short": _("The DKIM key %(name)s has %(bits)s bits. It still counts; make one of 2048 at the next change."),
    "dkim_new": _(
        "The DKIM key %(name)s is an Ed25519 key, which not all receivers know. Sign with an RSA key as well."
    ),
    "dkim_testing": _("The DKIM key %(name)s says that it is for testing (t=y). Take that out when signing works."),
    "dmarc": _("The DMARC record of %(name)s is good (policy %(policy)s, found at %(location)s)."),
    "dmarc_none": _(
        "%(name)s has no DMARC record. Outlook and Gmail refuse larger senders without one. Begin with a TXT "
        "record at _dmarc.%(name)s: v=DMARC1; p=none; rua=mailto:dmarc@%(name)s"
    ),
    "dmarc_bad": _("The DMARC record of %(name)s cannot be read, so it counts as none: %(error)s"),
    "dmarc_watching": _(
        "The DMARC policy of %(name)s only watches (p=none). When the reports show for some weeks that all "
        "our mail passes, write p=quarantine: then nobody else can write in our name."
    ),
    "dmarc_testing": _(
        "The DMARC record of %(name)s says t=y: receivers act one step milder than its policy. Take it out "
        "when you are done testing."
    ),
    "dmarc_removed": _(
        "The DMARC record of %(name)s has %(tags)s, which RFC 9989 took out: receivers ignore it. Take it "
        "out; for pct use t=y while testing."
    ),
    "dmarc_no_reports": _(
        "The DMARC record of %(name)s has no rua: nobody tells you when our mail fails. Add rua=mailto: with "
        "an address that somebody reads."
    ),
    "aligned_spf": _("SPF agrees with the sender: bounces go to %(envelope)s, which belongs to %(name)s."),
    "aligned_none": _(
        "SPF is checked at %(envelope)s, which is not %(name)s, and no good DKIM key of %(name)s was found. "
        "So DMARC fails on each mail. Set TECHFINDER_REPLY_DOMAIN to a domain below %(name)s, or sign with "
        "DKIM for it."
    ),
    "aligned_dkim_only": _(
        "SPF is checked at %(envelope)s, which does not agree with %(name)s: DMARC passes by DKIM alone, and "
        "fails when a signature breaks on the way. Better: TECHFINDER_REPLY_DOMAIN at or below %(name)s."
    ),
    "ptr": _("%(ip)s is called %(host)s, and that name leads back to it."),
    "ptr_none": _(
        "%(ip)s has no name that leads back to it (PTR). Gmail refuses mail from such an address: ask "
        "whoever gives you the address to set one."
    ),
}
