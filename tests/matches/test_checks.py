"""A mail about matches that had to wait says only what still holds when it goes."""

import datetime as dt

import pytest

from techfinder.activities.models import Activity
from techfinder.mail.actions import deliver_due
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling import digest
from techfinder.requests.models import Request
from tests.factories.mail import choose
from tests.factories.organisations import ProviderFactory
from tests.matches.steps import match_activity, match_all, match_request
from tests.matches.test_digest import clock, digests, local, something_new, told

__all__ = ["clock", "something_new", "told"]
pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=5)
State = OutgoingMail.State


def gone(activity):
    Match.objects.filter(activity=activity).update(state=Match.State.CLOSED)


@pytest.fixture
def queued(clock, told, something_new):
    """An overview of two activities, not sent yet. Gives it and both activities."""
    OutgoingMail.objects.update(state=State.SENT)
    first, second = something_new("Blijft staan"), something_new("Valt weg")
    clock.move_to(local(2026, 11, 25, 7))
    assert digest.send_digests() == 1
    return digests(told).get(), first, second


def test_what_goes_at_once_is_not_looked_at_again(queued, smtp_sink):
    mail, _, second = queued
    gone(second)
    assert deliver_due() == 1
    assert "Valt weg" in smtp_sink.messages[0].text
    assert Notification.objects.filter(mail=mail).count() == 2


def test_what_closed_meanwhile_is_left_out(clock, queued, smtp_sink):
    mail, _, second = queued
    gone(second)
    clock.shift(LATER)
    assert deliver_due() == 1
    (sent,) = smtp_sink.messages
    for part in (sent.text, sent.html):
        assert "Blijft staan" in part
        assert "Valt weg" not in part
    assert sent.message["Subject"] == "1 nieuwe match"
    mail.refresh_from_db()
    assert "Valt weg" not in mail.text
    assert Notification.objects.filter(mail=mail).count() == 1


def test_when_nothing_is_left_nothing_goes(clock, queued, smtp_sink):
    mail, first, second = queued
    gone(first)
    Activity.objects.filter(pk=second.pk).update(status=Activity.Status.PAUSED)
    clock.shift(LATER)
    assert deliver_due() == 0
    mail.refresh_from_db()
    assert (mail.state, smtp_sink.messages) == (State.OVERTAKEN, [])


def test_what_was_left_out_is_told_when_it_holds_again(clock, queued, smtp_sink, told):
    _, first, second = queued
    Activity.objects.filter(pk=second.pk).update(status=Activity.Status.PAUSED)
    clock.shift(LATER)
    deliver_due()
    Activity.objects.filter(pk=second.pk).update(status=Activity.Status.PUBLISHED)
    clock.move_to(local(2026, 11, 26, 7))
    assert digest.send_digests() == 1
    again = digests(told).last()
    assert second.title in again.text
    assert first.title not in again.text


def test_who_wants_none_any_more_gets_none(clock, queued, smtp_sink, told):
    choose([told], matches=Frequency.NONE)
    clock.shift(LATER)
    assert deliver_due() == 0
    assert smtp_sink.messages == []


def test_who_dies_while_looking_leaves_a_mail_that_says_what_is_so(clock, queued, smtp_sink, monkeypatch):
    mail, _, second = queued
    gone(second)
    clock.shift(LATER)
    monkeypatch.setattr("techfinder.mail.actions.settling.sent", lambda *args, **kwargs: None)
    monkeypatch.setattr("techfinder.mail.transport.Smtp.send", _die)
    with pytest.raises(KeyboardInterrupt):
        deliver_due()
    mail.refresh_from_db()
    assert "Valt weg" not in mail.text
    assert Notification.objects.filter(mail=mail).count() == 1


def _die(*args):
    raise KeyboardInterrupt


def test_mails_of_first_matches_too(clock, make_activity, make_request, member, smtp_sink):
    stays, goes = make_activity(title="Blijft staan"), make_activity(title="Valt weg")
    request, other = make_request(title="Blijft open"), make_request(title="Gaat dicht")
    match_all()
    assert OutgoingMail.objects.count() == 4
    gone(goes)
    Request.objects.filter(pk=other.pk).update(status=Request.Status.WITHDRAWN)
    clock.shift(LATER)
    deliver_due()
    to_school = [sent.text for sent in smtp_sink.to(request.contact.email)]
    to_company = [sent.text for sent in smtp_sink.to(member.email)]
    assert [("Blijft staan" in text, "Valt weg" in text) for text in to_school] == [(True, False)]
    assert all("Gaat dicht" not in text and "Valt weg" not in text for text in to_company)
    assert any("Blijft open" in text for text in to_company)
    assert smtp_sink.to(other.contact.email) == []
    assert stays.title in to_company[0]


def test_nothing_was_found_is_not_said_when_something_is(clock, make_activity, make_request, smtp_sink):
    lonely, other = make_request(themes=["water"]), make_request(themes=["chemie"])
    match_all()
    match_activity(make_activity(themes=["water"], provider=ProviderFactory()))
    match_request(lonely)
    clock.shift(LATER)
    deliver_due()
    kinds = dict(OutgoingMail.objects.filter(kind="match_none").values_list("to", "state"))
    assert kinds == {lonely.contact.email: State.OVERTAKEN, other.contact.email: State.SENT}
