"""Who takes a request back is suggested nothing more of it, also not what waits for the morning."""

import pytest

from techfinder.mail.kinds import Sort
from techfinder.mail.models import OutgoingMail
from techfinder.requests import actions
from tests.factories.mail import OutgoingMailFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


def test_what_waits_of_a_request_that_is_taken_back_goes_no_more():
    request, other = RequestFactory(), RequestFactory()
    state = OutgoingMail.State
    wanted = {
        OutgoingMailFactory(thread=request.thread, priority=Sort.SUGGESTION): state.OVERTAKEN,
        OutgoingMailFactory(thread=request.thread, priority=Sort.DIRECT): state.QUEUED,
        OutgoingMailFactory(thread=request.thread, priority=Sort.SUGGESTION, state=state.SENT): state.SENT,
        OutgoingMailFactory(thread=other.thread, priority=Sort.SUGGESTION): state.QUEUED,
    }
    actions.withdraw_request(request_id=request.pk, reason="no_time")
    for mail, expected in wanted.items():
        mail.refresh_from_db()
        assert mail.state == expected
