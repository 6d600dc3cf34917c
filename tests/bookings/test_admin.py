"""The administrator looks at everything, sees no secret, and changes the answer times of regions only."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin import site
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings import models
from techfinder.bookings.actions.clock import reschedule
from techfinder.bookings.models import Booking, ClockRule, DaySheet, ProviderRecord, Task, Waiting
from techfinder.celery import publisher
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory
from tests.factories.bookings import booking_in

pytestmark = pytest.mark.django_db
RULE = {"first_reminder": 2, "second_reminder": 4, "answer": 6, "expire": 3, "look": 10}
# Have nothing to see but what nobody may, or that a mail went.
NOT_SHOWN = {"ReplyAddress", "TaskTold"}
OF_A_BOOKING = {"Proposal", "BookingEvent"}


@pytest.fixture
def administrator(client):
    user = AdministratorFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user)
    return client


def url(model, page="changelist", *args):
    return reverse(f"admin:bookings_{model._meta.model_name}_{page}", args=args)


def every_model():
    return [getattr(models, name) for name in models.__all__ if isinstance(getattr(models, name), type)]


def shown():
    return [each for each in every_model() if each in site._registry]


def make_one_of_each():
    booking = booking_in("proposed")
    sheet = DaySheet.objects.create(booking=booking, place="Kade 1")
    record = ProviderRecord.objects.create(provider=booking.activity.provider)
    Task.objects.create(kind="silent", booking=booking)
    waiting, _made = Waiting.objects.get_or_create(
        request=booking.request, defaults={"since": timezone.now(), "look_on": timezone.localdate()}
    )
    side = {"booking": booking, "side": "school"}
    models.Series.objects.create(kind="row")
    models.Evaluation.objects.create(outcome="happened", **side)
    models.TermSurvey.objects.create(side="school", email="a@school.example", term="2026-1", bookings=1)
    partnership = models.Partnership.objects.create(
        school=booking.request.school, provider=booking.activity.provider, proposed_by="school"
    )
    models.Plan.objects.create(partnership=partnership, year=2026, activity=booking.activity)
    models.Message.objects.create(text="Geheim bericht", **side)
    models.CalendarFeed.objects.create(email="a@school.example", token="c" * 32)
    models.TakeOverCode.objects.create(email="b@school.example", code_hash="hash-of-a-code", **side)
    ClockRule.objects.create(region=Region.objects.get(code="NL"))
    return booking, sheet, record, waiting


def test_every_model_can_be_looked_at_and_only_the_rule_changed(administrator):
    make_one_of_each()
    assert {each.__name__ for each in every_model() if each not in shown()} - {"BookingQuerySet"} == (
        NOT_SHOWN | OF_A_BOOKING
    )
    for model in shown():
        [row] = model.objects.all()
        assert administrator.get(url(model)).status_code == 200, model
        page = administrator.get(url(model, "change", row.pk))
        assert page.status_code == 200, model
        for secret in ("Geheim bericht", "c" * 32, "hash-of-a-code"):
            assert secret not in page.content.decode()
        may_change = model is ClockRule
        assert (administrator.get(url(model, "add")).status_code == 200) == may_change, model
        assert (b'name="_save"' in page.content) == may_change, model


def test_nothing_of_a_booking_can_be_written(administrator):
    booking, *_rest = make_one_of_each()
    assert administrator.post(url(Booking, "change", booking.pk), {"state": "agreed"}).status_code == 403
    assert administrator.post(url(Booking, "delete", booking.pk), {"post": "yes"}).status_code == 403
    assert Booking.objects.get().state == "proposed"


def test_a_rule_moves_the_clocks_that_run(administrator, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(publisher, "publish", lambda name, args: woken.append((name, args)) or True)
    booking = booking_in("asked", days=200)
    before = booking.due_on
    with django_capture_on_commit_callbacks(execute=True):
        response = administrator.post(url(ClockRule, "add"), RULE | {"region": booking.request.school.municipality_id})
    assert response.status_code == 302
    assert ("bookings.reschedule", ()) in woken
    assert reschedule() == 1
    booking.refresh_from_db()
    assert booking.due_on < before


@pytest.mark.parametrize(
    "steps", [{"first_reminder": 4}, {"second_reminder": 6}, {"first_reminder": 0}, {"answer": 31}, {"expire": 0}]
)
def test_steps_out_of_order_are_refused(administrator, steps):
    region = Region.objects.get(code="NL")
    response = administrator.post(url(ClockRule, "add"), RULE | {"region": region.pk} | steps)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not ClockRule.objects.exists()
