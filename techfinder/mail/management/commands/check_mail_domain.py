import json
import sys
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from techfinder.mail.addresses import domain, reply_domain
from techfinder.mail.names.asking import Names, resolver
from techfinder.mail.names.findings import MARKS, Finding, Grade
from techfinder.mail.names.looking import Subject, look

WRONG, UNKNOWN = 1, 2


class Command(BaseCommand):
    help = (
        "Looks whether the names of our mail domain say what receivers want: MX, SPF, DKIM, DMARC (RFC 9989), and that "
        "they agree. Exit code 0: nothing wrong, 1: something is, 2: the name server does not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--domain", help="the domain of the sender (default: that of TECHFINDER_MAIL_FROM)")
        parser.add_argument(
            "--reply-domain", help="where mail comes back (default: TECHFINDER_REPLY_DOMAIN, or --domain)"
        )
        parser.add_argument("--selector", action="append", default=[], help="name of a DKIM key; may be given again")
        parser.add_argument(
            "--ip", action="append", default=[], help="an address that our mail leaves from; may be given again"
        )
        parser.add_argument("--nameserver", default="", metavar="HOST[:PORT]", help="ask this name server")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], help="of the advice")
        parser.add_argument("--json", action="store_true", help="print a summary for a machine")

    def handle(self, *args: Any, **options: Any) -> None:
        subject, names = _subject(options), _names(options["nameserver"])
        with translation.override(options["language"] or settings.LANGUAGE_CODE):
            found = look(names, subject)
            self.stdout.write(_as_json(subject, found) if options["json"] else _as_text(subject, found))
        if code := _exit_code(found):
            sys.exit(code)


def _subject(options: dict[str, Any]) -> Subject:
    sender = _domain(options["domain"] or domain())
    own = options["reply_domain"] or (sender if options["domain"] else reply_domain())
    try:
        addresses = [str(ip_address(each)) for each in options["ip"]]
    except ValueError as error:
        raise CommandError(f"--ip: {error}") from error
    return Subject(sender, _domain(own), options["selector"], addresses)


def _domain(given: str) -> str:
    """In lower case and as name servers write it; ß and é are letters of domains too."""
    try:
        return given.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise CommandError(f"{given!r} is not a domain") from error


def _names(nameserver: str) -> Names:
    try:
        return Names(resolver(nameserver))
    except ValueError as error:
        raise CommandError(f"--nameserver {nameserver}: {error}") from error


def _exit_code(found: list[Finding]) -> int:
    if any(each.code == "dns" for each in found):
        return UNKNOWN
    return WRONG if any(each.grade == Grade.WRONG for each in found) else 0


def _as_json(subject: Subject, found: list[Finding]) -> str:
    grades = {str(grade): sum(each.grade == grade for each in found) for grade in Grade}
    rows = [each.as_data() for each in found]
    return json.dumps({"domain": subject.sender, "reply_domain": subject.envelope, **grades, "findings": rows})


def _as_text(subject: Subject, found: list[Finding]) -> str:
    facts = {"sender": subject.sender, "envelope": subject.envelope}
    head = gettext("Mail from %(sender)s; answers and bounces go to %(envelope)s") % facts
    return "\n".join([head, "", *(_paragraph(each) for each in found)])


def _paragraph(each: Finding) -> str:
    mark = f"[{MARKS[each.grade]}]"
    return f"{mark:<12} {each.advice}" + (f"\n             {each.found}" if each.found else "")
