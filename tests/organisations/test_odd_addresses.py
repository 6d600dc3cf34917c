"""An address that no row can have is not found, also when the database could not hold it."""

import pytest

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["a%00b", "%20", "%E2%80%AEabc", "x" * 3000])
@pytest.mark.parametrize("url", ["/organisatie/school/{}/", "/organisatie/school/{}/mensen/"])
def test_not_found(client, code, url):
    client.force_login(UserFactory())
    assert client.get(url.format(code)).status_code == 404
