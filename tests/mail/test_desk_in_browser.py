"""The desk of mail, as an administrator uses it: search, open, send again."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from techfinder.mail.models import Heartbeat, MailEvent, OutgoingMail, Suppression
from techfinder.mail.standing import SENDER
from tests.factories.accounts import AdministratorFactory
from tests.factories.mail import OutgoingMailFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EMAIL = "elke.van-der-berg-jansen@basisschool-de-loefzijde.example"
State = OutgoingMail.State


@pytest.fixture
def desk(page, client, live_server):
    """Signed in as an administrator."""
    user = AdministratorFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def test_three_clicks_from_a_question_to_a_new_mail(desk):
    OutgoingMailFactory(to=EMAIL, subject="Een bedrijf past", state=State.SENT, sent_at=timezone.now())
    desk.goto(reverse("mail_desk:index"))
    desk.get_by_label("Wie kreeg niets?").fill(EMAIL)
    desk.get_by_role("button", name="Zoek").click()
    desk.get_by_role("link", name="Een bedrijf past").click()
    assert desk.frame_locator("iframe").get_by_text("Tekst").is_visible()
    desk.get_by_role("button", name="Opnieuw versturen als nieuwe mail").click()
    assert desk.get_by_text("als de nieuwe mail die je hier ziet").is_visible()
    assert OutgoingMail.objects.filter(to=EMAIL, state=State.QUEUED).count() == 1


def test_everybody_can_read_and_press_it(desk):
    Heartbeat.objects.create(name=SENDER)
    mail = OutgoingMailFactory(to=EMAIL, state=State.ASIDE, crashes=3, reply="x" * 300)
    MailEvent.objects.create(
        source="dsn", event_id="1", mail=mail, email=EMAIL, type="hard", detail="550 5.1.1 unknown"
    )
    Suppression.objects.create(email=EMAIL, detail="550 5.1.1 unknown")
    index = reverse("mail_desk:index")
    for path in (
        index, f"{index}?q={EMAIL}", f"{index}?stand=aside",
        reverse("mail_desk:detail", args=[mail.uuid]), reverse("mail_desk:addresses"),
    ):  # fmt: skip
        desk.goto(path)
        assert faults_at(desk, path, [(360, 900), (1280, 900)]) == []
