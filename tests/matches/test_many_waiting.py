"""Many that wait are matched together, by whoever is woken first; one that cannot be matched holds up no other."""

import pytest
from django.db.models import F
from django.utils import timezone

from techfinder.matches import actions
from techfinder.matches.actions import sweeping
from techfinder.matches.models import Match, Rematch
from techfinder.matches.pairs import sides
from techfinder.matches.pairs.sides import REQUESTS
from techfinder.matches.rows.compiled import Compiled
from techfinder.requests.models import Request
from tests.matches.worlds import Country, catch_up, expected, forget, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def country():
    country = Country(31)
    country.activities(20)
    country.requests(30)
    return country


def waiting():
    return Request.objects.filter(version__gt=F("matched_version")).count()


def test_who_is_woken_first_matches_all_that_wait(country):
    first, last = Request.objects.order_by("pk")[0], Request.objects.order_by("-pk")[0]
    assert actions.match_waiting_request(request_id=first.pk).created
    assert waiting() == 0
    assert not actions.match_waiting_request(request_id=last.pk).created
    catch_up()
    assert [row[:3] for row in stored()] == expected(timezone.localdate())


def test_few_are_matched_one_by_one(country):
    Request.objects.filter(pk__in=Request.objects.order_by("pk")[5:].values("pk")).update(matched_version=1)
    assert actions.match_waiting_request(request_id=Request.objects.order_by("pk")[0].pk)
    assert waiting() == 4


def test_so_many_at_most_in_one_transaction(country, monkeypatch):
    monkeypatch.setattr(sides, "MOST", 22)
    # Its SQL is made once per process, with the number in it.
    monkeypatch.setitem(sides._FIRST, REQUESTS.key, Compiled(sides._FIRST[REQUESTS.key]._make))
    actions.match_waiting_request(request_id=Request.objects.order_by("pk")[0].pk)
    assert waiting() == 8


def test_a_task_for_what_is_matched_does_nothing(country, django_assert_max_num_queries):
    actions.rematch()
    request = Request.objects.first()
    with django_assert_max_num_queries(6):
        assert actions.match_waiting_request(request_id=request.pk).created == 0


def test_one_that_cannot_be_matched_holds_up_no_other(country, monkeypatch):
    bad = Request.objects.order_by("pk")[3].pk
    match_items = sweeping.match_items

    def fail(side, ids, **options):
        if side.is_requests and bad in ids:
            raise ValueError("themes of another planet")
        return match_items(side, ids, **options)

    monkeypatch.setattr(sweeping, "match_items", fail)
    assert actions.sweep() == 49
    assert list(Request.objects.filter(version__gt=F("matched_version")).values_list("pk", flat=True)) == [bad]
    assert Match.objects.exists()


def test_a_flood_is_a_run_over_everything(country, monkeypatch):
    monkeypatch.setattr(sweeping, "FLOOD", 10)
    assert actions.sweep() == 0
    assert Rematch.objects.get().shards.count() == 13
    actions.rematch()
    assert Rematch.objects.get().state == Rematch.State.DONE
    whole = stored()
    forget()
    actions.rematch(everything=True)
    assert stored() == whole
    assert waiting() == 0
