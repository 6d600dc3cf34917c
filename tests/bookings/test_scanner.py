"""Mail scanners open every link of a mail, with GET and with HEAD: nothing may come of it."""

import re
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from techfinder.bookings.actions.messages import send_message
from techfinder.bookings.actors import Actor
from techfinder.bookings.links import tokens
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import PARTIES, Side, State
from techfinder.mail.models import OutgoingMail
from tests.bookings.mail_scenes import SCENES, play
from tests.factories.bookings import Parties, booking_in, in_days

pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r'https?://[^\s"<>)]+')
ONE_OF_EACH = list({scene.partition(":")[0]: scene for scene in SCENES}.values())


def everything():
    """All rows of all tables."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


def links_of_mails():
    """The paths on our own site in all mails; of those that differ by nothing but the booking, one per kind of mail."""
    found = {}
    for mail in OutgoingMail.objects.order_by("-pk"):
        for address in ADDRESS.findall(mail.text + mail.html):
            if address.startswith(settings.BASE_URL):
                parts = urlsplit(address.replace("&amp;", "&"))
                shape = re.sub(r"/l/\d+\.(\w+\.\w+)[^/]*|[0-9a-f-]{32,}|\d+", r"\1", parts.path)
                found[mail.kind, shape] = parts.path + (f"?{parts.query}" if parts.query else "")
    return sorted(set(found.values()))


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing():
    for scene in ONE_OF_EACH:
        play(scene)
    settled = booking_in(State.CONFIRMED, days=3)
    moved = Parties().do("propose_change", booking_in(State.AGREED), Side.COORDINATOR, date=in_days(70))
    booking_in(State.CANCELLED_EARLY)
    happened = booking_in(State.HAPPENED)
    for booking in (settled, moved, happened):
        send_message(booking_id=booking.pk, by=Actor(Side.SCHOOL, email="x@y.example"), text="Hallo")
    links = links_of_mails()
    kinds = {mail.kind for mail in OutgoingMail.objects.all()}
    assert len(links) > 60
    assert {"booking_asked", "booking_agreed", "booking_message", "booking_declined"} <= kinds
    before = everything()
    for link in links:
        for method in ("get", "head"):
            response = getattr(Client(), method)(link)
            # The desk of a coordinator is there for nobody else.
            assert response.status_code < 400 or link.startswith("/moderatie/"), (method, link)
    after = everything()
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize("state", [State.QUEUED, State.PROPOSED, State.AGREED, State.HAPPENED])
def test_every_purpose_in_every_state_only_shows(state):
    booking = booking_in(state)
    links = [
        urlsplit(tokens.link(booking, side, purpose)).path + rest
        for side in PARTIES
        for purpose in Purpose
        for rest in ("", "klaar/")
    ]
    before = everything()
    for link in links:
        for method in ("get", "head"):
            assert getattr(Client(), method)(link).status_code in (200, 302), link
    after = everything()
    assert [name for name in before if before[name] != after[name]] == []
