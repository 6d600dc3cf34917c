"""The other way out: a mail service by its API, through django-anymail."""

import pytest
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.kinds import Sort
from techfinder.mail.models import MailLane, OutgoingMail, Suppression
from techfinder.mail.transport import Service, Smtp, open_transport
from techfinder.mail_env import MailService as Named
from tests.factories.mail import OutgoingMailFactory
from tests.support.mail_service import MailService
from tests.support.servers import free_port

State = OutgoingMail.State
pytestmark = pytest.mark.django_db


def use(settings, url):
    named = Named("postmark", "hush", url, "")
    settings.MAIL_SERVICE, settings.MAIL_KEEP_ONLY = named.name, False
    settings.EMAIL_BACKEND, settings.ANYMAIL = named.backend, named.settings()


@pytest.fixture
def service(settings):
    with MailService() as server:
        use(settings, server.url)
        yield server


def deliver(**fields):
    mail = OutgoingMailFactory(**fields)
    actions.deliver_due()
    mail.refresh_from_db()
    return mail


def header(message, name):
    return next((each["Value"] for each in message["Headers"] if each["Name"] == name), None)


def test_the_settings_choose_the_way_out(settings):
    settings.MAIL_KEEP_ONLY, settings.MAIL_SERVICE = False, ""
    assert isinstance(open_transport(), Smtp)
    use(settings, "http://127.0.0.1:1/")
    assert isinstance(open_transport(), Service)


def test_a_mail_goes_with_all_that_belongs_to_it(service):
    mail = deliver(
        kind="match_school", thread="request-12", reply_to="antwoord+x@techfinder.example", calendar="BEGIN:VCALENDAR",
        calendar_method="REQUEST",
    )  # fmt: skip
    assert (mail.state, mail.provider_id) == (State.SENT, "service-1")
    assert mail.reply.startswith("200 sent: ")
    message = service.taken[0]
    assert message["From"] == "Techfinder <desk@techfinder.example>"
    assert (message["To"], message["ReplyTo"], message["Subject"]) == (mail.to, mail.reply_to, mail.subject)
    assert (message["TextBody"], message["HtmlBody"]) == (mail.text, mail.html)
    assert message["Attachments"][-1]["Name"] == "afspraak.ics"
    assert message["Metadata"] == {"mail": str(mail.uuid)}
    assert header(message, "Message-ID") == mail.message_id
    assert header(message, "References") == "<request-12@techfinder.example>"
    assert header(message, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert header(message, "List-Id") == "<matches.techfinder.example>"


def test_many_go_over_one_connection(service):
    OutgoingMailFactory.create_batch(3)
    assert actions.deliver_due() == 3
    assert len(service.connections) == 1


def test_a_code_does_not_stay_behind(service):
    assert deliver(priority=Sort.CODE).text == ""


@pytest.mark.parametrize(
    ("answer", "fault_of_server"),
    [
        ((401, {"ErrorCode": 10, "Message": "no valid token"}), True),
        ((429, {"ErrorCode": 0, "Message": "too many"}), True),
        ((500, {"ErrorCode": 0, "Message": "broken"}), True),
        ((503, {}), True),
        ((400, {"ErrorCode": 402, "Message": "invalid JSON"}), False),
    ],
)
def test_refusals(service, answer, fault_of_server):
    service.answers = [answer]
    mail = deliver()
    assert mail.state == (State.QUEUED if fault_of_server else State.FAILED)
    assert str(answer[0]) in mail.reply
    assert MailLane.objects.filter(domain=MailLane.SERVER).exists() is fault_of_server


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Found inactive addresses: gone@example.com. Inactive recipients are ones that bounced.", "rejected"),
        ("Words that nobody foresaw.", "unknown"),
    ],
)
def test_an_address_that_the_service_does_not_mail_is_no_dead_address(service, said, status):
    service.answers = [(422, {"ErrorCode": 406, "Message": said})]
    mail = deliver(to="gone@example.com")
    assert mail.state == State.FAILED
    assert mail.reply.startswith(f"422 {status}: ")
    assert not Suppression.objects.exists()


def test_a_service_that_hangs_up_is_asked_again_with_the_same_number(service):
    service.answers = [None]
    mail = deliver()
    assert (mail.state, mail.attempts) == (State.QUEUED, 1)
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert actions.deliver_due() == 1
    assert header(service.taken[0], "Message-ID") == mail.message_id


def test_a_service_that_is_not_there_costs_no_mail(settings):
    use(settings, f"http://127.0.0.1:{free_port()}/")
    OutgoingMailFactory.create_batch(2)
    assert actions.deliver_due() == 0
    assert sorted(OutgoingMail.objects.values_list("state", "attempts")) == [(State.QUEUED, 0), (State.QUEUED, 1)]
    assert MailLane.objects.get().domain == MailLane.SERVER
