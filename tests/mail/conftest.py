"""Every mail of the gallery as a mail server got it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from techfinder.mail import actions, gallery
from techfinder.mail.models import OutgoingMail
from tests.support.mails import Case, Mail, cases
from tests.support.servers import SmtpSink

# The day of the pictures that the looks are taken from.
MOMENT = dt.datetime(2027, 3, 2, 9, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
SITE = "https://techfinder.example"


@pytest.fixture(scope="session")
def post(django_db_setup: None, django_db_blocker: Any) -> dict[Case, Mail]:
    """Each sample in each language, sent once: by the dispatcher, over SMTP, on a fixed day."""
    with django_db_blocker.unblock(), transaction.atomic():
        # As in pytest-django's own tests: what asks for a transaction of its own is content with this one.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        received = _delivered(_written())
        transaction.set_rollback(True)
    return received


def _written() -> list[Case]:
    with time_machine.travel(MOMENT, tick=False), override_settings(BASE_URL=SITE):
        mails = [_draft(case) for case in cases()]
    OutgoingMail.objects.bulk_create(mails)
    return cases()


def _draft(case: Case) -> OutgoingMail:
    sample = next(each for each in gallery.samples()[case.template] if each.name == case.sample)
    mail = gallery.draft(case.template, sample, case.language)
    mail.to, mail.recipient = case.address, None
    mail.created_at = mail.next_attempt_at = MOMENT
    return mail


def _delivered(sent: list[Case]) -> dict[Case, Mail]:
    with time_machine.travel(MOMENT, tick=True):
        sink = SmtpSink()
        sink.start()
        with override_settings(
            BASE_URL=SITE,
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST=sink.host,
            EMAIL_PORT=sink.port,
            EMAIL_USE_TLS=False,
            MAIL_KEEP_ONLY=False,
        ):
            actions.deliver_due()
        sink.stop()
    by_address = {message.recipients[0]: message for message in sink.messages}
    assert len(by_address) == len(sink.messages) == len(sent)
    return {case: Mail(case, by_address[case.address]) for case in sent}
