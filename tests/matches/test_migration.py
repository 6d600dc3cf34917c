"""What was matched and told before there were rows for the engine is matched anew, and told to nobody again."""

import pytest
from django.core.management import call_command
from django.db.models import F

from techfinder.activities.models import ActivityEvent
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import AskedRow, Match, Notification, OfferedRow
from techfinder.matches.telling import digest
from techfinder.requests.models import Request, RequestEvent
from tests.matches.steps import match_activity, match_request
from tests.matches.test_telling import MORNING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def migrate(*name):
    call_command("migrate", "matches", *name, verbosity=0)


def test_what_was_matched_before_is_matched_anew_and_told_to_nobody_again(make_activity, make_request, member):
    activity, request, lonely = make_activity(), make_request(), make_request(themes=["water"])
    match_activity(activity)
    match_request(request)
    actions.match_request(request_id=lonely.pk)
    mails = OutgoingMail.objects.count()
    events = ActivityEvent.objects.count(), RequestEvent.objects.count()
    assert Notification.objects.filter(told_at__isnull=False).count() == mails == 2

    migrate("0001")
    migrate()

    assert (ActivityEvent.objects.count(), RequestEvent.objects.count()) == events
    assert set(Request.objects.values_list("version", "matched_version")) == {(1, 0)}
    assert not AskedRow.objects.exists()

    actions.sweep()
    digest.send_digests(now=MORNING)

    assert (AskedRow.objects.count(), OfferedRow.objects.count()) == (2, 1)
    match = Match.objects.get()
    assert (match.state, match.placed_at, match.fingerprint == 0) == ("open", match.created_at, False)
    assert not Request.objects.exclude(version=F("matched_version")).exists()
    # Nobody was told so far that nothing fits.
    assert OutgoingMail.objects.filter(to=lonely.contact_email).count() == 1
    assert OutgoingMail.objects.count() == mails + 1
