"""The administrator looks at matches and mails, sees no code, and sends again what failed."""

import pytest
from allauth.mfa.models import Authenticator

from techfinder.mail.kinds import Sort
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import Match
from tests.factories.accounts import AdministratorFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = AdministratorFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    return client


def test_matches_can_be_looked_at(administrator, make_activity, make_request):
    make_activity()
    actions.match_request(request_id=make_request().pk)
    assert administrator.get("/beheer/matches/match/").status_code == 200
    assert administrator.get(f"/beheer/matches/match/{Match.objects.get().pk}/change/").status_code == 200


def test_a_code_is_not_shown(administrator):
    mail = OutgoingMailFactory(priority=Sort.CODE, text="geheim 123456", html="geheim 123456")
    page = administrator.get(f"/beheer/mail/outgoingmail/{mail.pk}/change/")
    assert page.status_code == 200
    assert "geheim" not in page.content.decode()


def test_failed_mail_is_sent_again(administrator):
    mail = OutgoingMailFactory(state=OutgoingMail.State.FAILED)
    administrator.post("/beheer/mail/outgoingmail/", {"action": "retry", "_selected_action": [mail.pk]})
    mail.refresh_from_db()
    assert mail.state == OutgoingMail.State.QUEUED
