"""Whom matches are noted for, whatever is known of who asked: once for each, in one go as one by one."""

import datetime as dt
import random

import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.matches.models import Match, Notification
from techfinder.matches.telling.notifications import _accounts_of_addresses, note
from techfinder.organisations.models import Membership
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.mail import choose
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
FREQUENCIES = ["instant", "daily", "weekly", "none"]


def people(lot):
    """Every way in which a request may say who asked."""
    known, gone = UserFactory(email="bekend@school.example"), UserFactory(email="weg@school.example", is_active=False)
    member = lot.choice(list(Membership.objects.order_by("pk"))).user
    nobody = {"contact": None}
    return [
        {"contact": known},
        {"contact": member},
        {"contact": gone},
        {**nobody, "contact_email": "nieuw@school.example"},
        {**nobody, "contact_email": "Nieuw@School.example"},
        {**nobody, "contact_email": known.email},
        {**nobody, "contact_email": gone.email.upper()},
        {**nobody, "contact_email": member.email},
        {**nobody, "contact_email": ""},
    ]


def make_matches(lot):
    providers = [ProviderFactory() for _ in range(2)]
    for provider in [*providers, providers[0]]:
        MembershipFactory(provider=provider)
    MembershipFactory(provider=providers[0], status="pending")
    activities = [ActivityFactory(provider=lot.choice(providers)) for _ in range(4)]
    now = timezone.now()
    for who in people(lot):
        posted = now - dt.timedelta(hours=lot.choice([0, 50]))
        request = RequestFactory(**who, confirmed_at=posted)
        for activity in activities:
            state = lot.choice(["open"] * 5 + ["withdrawn", "closed"])
            placed = lot.choice([now, now, now, None])
            match = Match.objects.create(request=request, activity=activity, score=5, state=state, placed_at=placed)
            if lot.random() < 0.1:
                told = lot.choice([now, None])
                Notification.objects.create(recipient=UserFactory(), side="school", match=match, told_at=told)
    for user in User.objects.order_by("pk"):
        if lot.random() < 0.5:
            choose([user], matches=lot.choice(FREQUENCIES))
    return list(Match.objects.order_by("pk").values_list("pk", flat=True))


def noted():
    names = "recipient__email", "side", "match", "is_answer", "at_once"
    return sorted(Notification.objects.filter(told_at=None).values_list(*names))


def in_turn(*parts):
    """What is noted when these are noted one after the other; it is undone."""
    with transaction.atomic():
        for part in parts:
            note(part)
        found = noted()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_all_at_once_is_one_by_one(seed):
    lot = random.Random(seed)
    ids = make_matches(lot)
    before = Notification.objects.count()
    one_by_one = in_turn(*[[pk] for pk in lot.sample(ids, len(ids))])
    halves = in_turn(ids[::2], ids, ids[1::3])
    written = note(ids)
    assert noted() == one_by_one == halves
    # Nobody had any of these before.
    assert written == Notification.objects.count() - before


@pytest.mark.parametrize("seed", range(2))
def test_both_sides_of_each_match_that_is_before_them(seed):
    ids = make_matches(random.Random(seed))
    Notification.objects.all().delete()
    note(ids)
    for match in Match.objects.select_related("request__contact", "activity"):
        address = (match.request.contact.email if match.request.contact else match.request.contact_email).lower()
        refused = match.request.matches.filter(state="withdrawn", activity__provider=match.activity.provider_id)
        members = Membership.objects.filter(provider=match.activity.provider_id, status="active")
        wanted = [(address, "school")] if address else []
        wanted += [] if refused.exists() else [(each.user.email, "provider") for each in members]
        before_people = match.state == "open" and match.placed_at is not None
        rows = Notification.objects.filter(match=match).values_list("recipient__email", "side")
        assert sorted(rows) == (sorted(wanted) if before_people else [])


def test_an_account_that_is_closed_gets_no_second_one():
    make_matches(random.Random(5))
    before = User.objects.count()
    note(list(Match.objects.values_list("pk", flat=True)))
    # Of the one address that nobody had.
    assert User.objects.count() == before + 1


def test_who_is_forgotten_meanwhile_gets_no_account():
    ids = make_matches(random.Random(6))
    Request.objects.update(contact=None, contact_email="", contact_name="")
    assert _accounts_of_addresses(ids) == {}
    assert not User.objects.filter(email="").exists()
