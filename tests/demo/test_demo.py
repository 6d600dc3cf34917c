import json
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from techfinder.accounts.models import User
from techfinder.accounts.queries import lacks_second_factor
from techfinder.activities.models import Activity
from techfinder.bookings.models import Booking
from techfinder.campaigns.actions import solve_round
from techfinder.campaigns.models import Round
from techfinder.matches.actions import match_request
from techfinder.matches.queries import why_not
from techfinder.organisations.models import Board, Membership, Provider, School
from techfinder.pages.demo.people import ADMINISTRATOR, COMPANY, MODERATOR, TEACHER
from techfinder.requests.models import Request
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Kind, Region, Theme

pytestmark = pytest.mark.django_db


def demo(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_country_in_small():
    started = time.monotonic()
    summary = json.loads(demo(json=True))
    assert time.monotonic() - started < 30
    assert summary["schools"] == School.objects.count() >= 200
    assert summary["providers"] == Provider.objects.count() >= 60
    assert summary["activities"] == Activity.objects.count() == 250
    assert summary["requests"] == Request.objects.count() == 120
    for sector_of in (School, Provider):
        provinces = sector_of.objects.values("municipality__parent").annotate(count=Count("id"))
        assert len(provinces) == Region.objects.filter(type=Region.Type.PROVINCE).count() == 12
    emails = [each["email"] for each in summary["accounts"]]
    assert emails == [TEACHER, COMPANY, MODERATOR, ADMINISTRATOR]


def test_rows_keep_the_rules_of_the_actions():
    demo()
    themes, kinds = set(Theme.objects.values_list("code", flat=True)), set(Kind.objects.values_list("code", flat=True))
    regions = set(Region.objects.values_list("code", flat=True))
    for activity in Activity.objects.select_related("provider"):
        assert activity.themes
        assert set(activity.themes) <= themes
        assert activity.kind in kinds
        assert set(activity.regions) <= regions
        assert activity.levels
        assert set(activity.levels) <= set(LEVEL_BY_CODE)
        assert (activity.status == "published") == (activity.published_at is not None)
        activity.full_clean(exclude=["provider"])
    for request in Request.objects.select_related("school"):
        assert request.levels
        request.full_clean(exclude=["school", "contact"])
    assert Activity.objects.values("slug").distinct().count() == 250
    assert not Activity.objects.filter(quiet=True).exists()
    assert not Request.objects.filter(quiet=True).exists()
    assert not Request.objects.exclude(matched_version=0).exists()


def test_reference_record_is_whole():
    demo()
    record = Activity.objects.get(slug="mini-zonnebootrace")
    assert (record.title, record.provider.name) == ("Mini-Zonnebootrace", "Huis van de Techniek")
    assert (record.venue_street, record.venue_house_number, record.venue_city) == (
        "Ritthemsestraat",
        "500",
        "Vlissingen",
    )
    assert (record.months, record.regions, record.levels) == ([6], ["NL-ZE"], ["po-6", "po-7", "po-8"])
    assert (record.preparation_amount, record.preparation_unit, record.preparation_by) == (
        1,
        "half_days",
        "guest_teacher",
    )
    assert [stage.title for stage in record.stages.all()] == [
        "Aanmelden", "Bouwpakket en gastles", "Hulp in de klas", "De race",
    ]  # fmt: skip
    assert [(session.date.month, session.date.day) for session in record.sessions.all()] == [(6, 18)]


def test_accounts_can_sign_in_with_their_second_step():
    printed = demo()
    accounts = json.loads(demo(accounts=True, json=True))["accounts"]
    for account in accounts:
        user = User.objects.get(email=account["email"])
        assert not lacks_second_factor(user)
        assert account["email"] in printed
        trusted = account["email"] in (MODERATOR, ADMINISTRATOR)
        assert bool(account["totp_secret"] and account["recovery_code"]) == trusted
    assert Membership.objects.get(user__email=TEACHER).school.city == "Vlissingen"
    assert Membership.objects.get(user__email=COMPANY).provider.slug == "huis-van-de-techniek"
    assert Request.objects.filter(contact__email=TEACHER, status="open").count() == 2


def test_bookings_wait_for_either_side_and_one_has_been():
    demo()
    assert sorted(Booking.objects.values_list("state", "turn")) == [
        ("asked", "provider"),
        ("asked", "school"),
        ("confirmed", ""),
        ("happened", ""),
        ("proposed", "school"),
    ]
    assert Booking.objects.get(state="asked", turn="provider").activity.slug == "mini-zonnebootrace"
    assert Booking.objects.get(state="asked", turn="school").request.contact.email == TEACHER


def test_a_second_time_adds_nothing_and_if_empty_leaves_others_alone():
    demo()
    before = School.objects.count()
    demo()
    assert School.objects.count() == before


def test_if_empty_does_nothing_beside_other_data():
    Provider.objects.create(name="Eigen", slug="eigen", email="a@b.example")
    assert demo(if_empty=True) == ""
    assert not School.objects.exists()


def test_never_on_a_real_site(settings, monkeypatch):
    monkeypatch.setattr("techfinder.pages.management.commands.demo.is_local", lambda: False)
    with pytest.raises(CommandError):
        demo()
    assert not User.objects.exists()


def test_the_same_on_every_run():
    demo()
    titles = list(Activity.objects.order_by("slug").values_list("title", flat=True))
    names = sorted(School.objects.values_list("name", "city", "levels"))
    asked = sorted(Request.objects.values_list("school__code", "title", "levels", "themes", "group_size"))
    Booking.objects.all().delete()
    Request.objects.all().delete()
    Activity.objects.all().delete()
    Membership.objects.all().delete()
    for model in (School, Provider, User):
        model.objects.all().delete()
    Board.objects.all().delete()
    demo()
    assert titles == list(Activity.objects.order_by("slug").values_list("title", flat=True))
    assert names == sorted(School.objects.values_list("name", "city", "levels"))
    assert asked == sorted(Request.objects.values_list("school__code", "title", "levels", "themes", "group_size"))


def test_the_newest_offers_are_of_different_kinds():
    demo()
    newest = list(Activity.objects.public().order_by("-published_at", "-id")[:3])
    assert newest[0].slug == "mini-zonnebootrace"
    assert len({activity.kind for activity in newest}) == 3


def test_most_questions_fit_and_one_of_the_teacher_nearly_does():
    demo()
    asked = list(Request.objects.open())
    for request in asked:
        match_request(request_id=request.pk)
    lonely = [request for request in asked if not request.matches.exists()]
    assert 15 <= len(lonely) <= 35
    (nearly,) = [request for request in lonely if request.contact_email == TEACHER]
    assert len(why_not(nearly).steps) >= 3


def test_the_campaign_has_a_round_with_places_and_some_without():
    demo()
    waiting = Round.objects.get()
    assert waiting.campaign.created_by.email == MODERATOR
    assert solve_round(round_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.awards.count() > 3
    assert waiting.unserved.exists()


def test_the_coordinator_has_written_the_page_of_zeeland(client):
    demo()
    page = client.get("/regio/zeeland/").content.decode()
    assert "Dan zoeken we mee." in page
    assert 'href="tel:0118000000"' in page
