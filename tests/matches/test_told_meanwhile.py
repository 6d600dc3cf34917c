"""What is found while somebody's mail is written goes into the next one, at once as the first."""

import datetime as dt

import pytest

from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.matches import actions
from techfinder.matches.telling import notifications
from tests.factories.mail import choose

pytestmark = pytest.mark.django_db


def test_what_comes_between_two_looks_is_told(make_activity, make_request, member, monkeypatch):
    choose([member], matches=Frequency.INSTANT)
    monkeypatch.setattr(notifications, "BUNDLE", dt.timedelta(0))
    make_activity()
    first, second = make_request(), make_request()
    actions.match_request(request_id=first.pk)
    look = notifications.due

    def look_and_match(people):
        found = list(look(people))
        monkeypatch.setattr(notifications, "due", look)
        actions.match_request(request_id=second.pk)
        return found

    monkeypatch.setattr(notifications, "due", look_and_match)
    notifications.tell_waiting()
    notifications.tell_waiting()
    assert OutgoingMail.objects.filter(recipient=member, kind="match_provider").count() == 2
