"""What a mail said is kept for 90 days, that it went for 24 months."""

from datetime import timedelta

import pytest
from django.utils import timezone

from techfinder.mail.actions import retention
from techfinder.mail.models import MailEvent, MailHistory, MailLane, OutgoingMail
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


def aged(days, **fields):
    return OutgoingMailFactory(created_at=timezone.now() - timedelta(days=days), calendar="BEGIN", **fields)


def bodies(mail):
    mail.refresh_from_db()
    return {mail.text, mail.html, mail.calendar}


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.SUPPRESSED, State.OVERTAKEN, State.ASIDE])
def test_bodies_go_after_ninety_days_and_the_row_stays(state):
    old, young = aged(91, state=state), aged(89, state=state)
    assert retention.tidy() == retention.Tidied(emptied=1, deleted=0)
    assert bodies(old) == {""}
    assert "" not in bodies(young)
    assert old.subject == "Onderwerp"
    assert retention.tidy() == retention.Tidied(0, 0)


def test_what_still_waits_keeps_what_it_says():
    waiting = aged(800, state=State.QUEUED)
    assert retention.tidy() == retention.Tidied(0, 0)
    assert "" not in bodies(waiting)


def test_rows_go_after_two_years_with_what_is_known_of_them():
    old, young = aged(731, state=State.SENT), aged(729, state=State.SENT)
    for mail in (old, young):
        MailHistory.objects.create(mail=mail, what=MailHistory.What.WAITED)
        MailEvent.objects.create(mail=mail, source="dsn", event_id=str(mail.pk), email=mail.to, type="soft")
    assert retention.tidy().deleted == 1
    assert OutgoingMail.objects.get() == young
    assert MailHistory.objects.get().mail == young
    assert MailEvent.objects.get().mail == young


def test_many_go_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        aged(91, state=State.SENT)
    assert retention.tidy().emptied == 5


def test_a_domain_that_nothing_goes_to_is_forgotten():
    MailLane.objects.create(domain="gone.example", not_before=timezone.now() - timedelta(days=2))
    kept = MailLane.objects.create(domain="slow.example", not_before=timezone.now())
    retention.tidy()
    assert MailLane.objects.get() == kept
