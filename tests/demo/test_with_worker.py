"""The demo only commits rows: a real worker matches them and mails both sides."""

import pytest
from django.core.management import call_command

from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match, NothingFound, Notification
from techfinder.pages.demo.people import COMPANY, TEACHER
from techfinder.requests.models import Request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_worker_matches_and_mails_the_demo(celery_worker_process, smtp_sink, wait_until):
    call_command("demo", verbosity=0)
    wait_until(lambda: not Request.objects.filter(matched_version=0).exists(), timeout=60)
    # Mails are composed in a step of their own.
    wait_until(lambda: not Notification.objects.filter(told_at=None, at_once=True).exists(), timeout=60)
    wait_until(lambda: not NothingFound.objects.filter(told_at=None).exists(), timeout=60)
    wait_until(lambda: not OutgoingMail.objects.exclude(state="sent").exists(), timeout=60)
    perfect = Request.objects.get(contact__email=TEACHER, title__startswith="Zonne-energie")
    assert "mini-zonnebootrace" in perfect.matches.values_list("activity__slug", flat=True)
    assert not Match.objects.filter(request__title__startswith="Een raketmotor").exists()
    told = set(OutgoingMail.objects.filter(kind__startswith="match_").values_list("to", flat=True))
    assert {TEACHER, COMPANY} <= told
    assert len(smtp_sink.messages) == OutgoingMail.objects.count()
