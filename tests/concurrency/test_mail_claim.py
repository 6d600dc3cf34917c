"""Two deliverers at once, and one that dies: each mail goes once, or once more with the same Message-ID."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import delivering
from techfinder.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_deliverers_send_each_mail_once(smtp_sink):
    smtp_sink.delay = 0.005
    OutgoingMailFactory.create_batch(40)
    in_threads(4, actions.deliver_due)
    ids = Counter(message.message["Message-ID"] for message in smtp_sink.messages)
    assert len(ids) == 40
    assert set(ids.values()) == {1}
    assert OutgoingMail.objects.filter(state="sent").count() == 40


def test_the_same_key_from_four_transactions_is_one_row():
    def queue():
        actions.queue_mail(key="match:1", to="a@example.com", template="account_code", context={"code": "1"})

    in_threads(4, queue)
    assert OutgoingMail.objects.count() == 1


def test_a_deliverer_that_died_costs_one_duplicate_at_most(smtp_sink):
    OutgoingMailFactory()
    held = delivering.claim()  # ... and it dies here, before or after the mail server took it
    assert actions.deliver_due() == 0
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    actions.sweep()
    assert actions.deliver_due() == 1
    assert smtp_sink.messages[0].message["Message-ID"] == held.message_id
