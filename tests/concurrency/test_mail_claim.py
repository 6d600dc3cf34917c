"""Two deliverers at once, and one that dies: each mail goes once, or once more with the same Message-ID."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.actions import claiming
from techfinder.mail.models import MailLane, OutgoingMail
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
    held = claiming.claim()  # ... and it dies here, before or after the mail server took it
    assert actions.deliver_due() == 0
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    actions.sweep()
    assert actions.deliver_due() == 1
    assert smtp_sink.messages[0].message["Message-ID"] == held.message_id


def test_of_one_domain_so_many_at_once_and_no_more(smtp_sink, settings):
    settings.MAIL_PER_DOMAIN = 2
    smtp_sink.delay = 0.05
    at_once = Watch(smtp_sink)
    OutgoingMailFactory.create_batch(12, to="a@slow.example")
    OutgoingMailFactory.create_batch(4, to="a@other.example")
    in_threads(5, actions.deliver_due)
    actions.deliver_due()
    assert len(smtp_sink.messages) == 16
    assert at_once.most["slow.example"] == 2


def test_the_place_holds_when_two_claims_see_the_same_room(settings):
    """Claims of many at the same moment: as many as there are places, each of them taken once."""
    settings.MAIL_PER_DOMAIN = 3
    OutgoingMailFactory.create_batch(10, to="a@slow.example")
    claims = [each for each in in_threads(8, claiming.claim) if each]
    assert len(claims) == 3
    sending = OutgoingMail.objects.filter(state="sending")
    assert sorted(sending.values_list("slot", flat=True)) == [1, 2, 3]


def test_a_domain_that_asked_for_patience_is_tried_by_one_at_a_time():
    MailLane.objects.create(domain="slow.example", not_before=timezone.now() - timedelta(seconds=1))
    OutgoingMailFactory.create_batch(5, to="a@slow.example")
    assert len([each for each in in_threads(4, claiming.claim) if each]) == 1


def test_each_has_a_place_of_its_own_while_our_own_server_is_tried(settings):
    settings.MAIL_PER_DOMAIN = 3
    MailLane.objects.create(domain=MailLane.SERVER, not_before=timezone.now() - timedelta(seconds=1))
    OutgoingMailFactory.create_batch(10, to="a@slow.example")
    claims = [each for each in in_threads(8, claiming.claim) if each]
    assert sorted(each.slot for each in claims) == [1, 2, 3]
    assert all(each.is_trial for each in claims)


class Watch:
    """How many mails to each domain the mail server had in hand at once."""

    def __init__(self, sink):
        self.now, self.most = Counter(), Counter()
        taking = sink.handle_DATA

        async def take(server, session, envelope):
            domain = envelope.rcpt_tos[0].rpartition("@")[2]
            self.now[domain] += 1
            self.most[domain] = max(self.most[domain], self.now[domain])
            answer = await taking(server, session, envelope)
            self.now[domain] -= 1
            return answer

        sink.handle_DATA = take
