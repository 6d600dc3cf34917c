"""The pages about mail that does not come, as somebody sees them."""

import pytest
from django.conf import settings
from django.urls import reverse

from techfinder.mail.models import Suppression
from techfinder.mail.tokens import address_token, again_token
from tests.factories.accounts import UserFactory
from tests.support.browser import sideways

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EMAIL = "elke.van-der-berg-jansen@basisschool-de-loefzijde.example"


@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_read_and_press_them(page, axe, client, live_server, width):
    page.set_viewport_size({"width": width, "height": 900})
    user = UserFactory(email=EMAIL)
    detail = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
    Suppression.objects.create(email=EMAIL, detail=detail)
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    chosen = reverse("mail:preferences", args=[address_token(EMAIL)])
    for path in ("/mijn/", chosen, reverse("mail:again", args=[again_token(EMAIL)])):
        page.goto(path)
        assert axe(page) == []
        assert sideways(page) <= 0
    page.get_by_role("button", name="Mail mij weer").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Onze mail komt weer"
    assert not Suppression.objects.exists()
