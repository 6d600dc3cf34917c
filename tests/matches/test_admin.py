"""The administrator looks at matches and mails, sees no code, and sends again what failed."""

import pytest
from allauth.mfa.models import Authenticator

from techfinder.matches import actions
from techfinder.matches.models import Match
from tests.factories.accounts import AdministratorFactory

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
