"""SQL that is made once gives what the query itself gives, in any language and time zone, and for no items too."""

import random
from types import MappingProxyType

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone, translation

from techfinder.activities.models import Activity
from techfinder.matches.pairs.sides import ACTIVITIES, MOST, REQUESTS, first_waiting
from techfinder.matches.rows import asked, offered
from techfinder.matches.rows.compiled import Compiled
from techfinder.requests.models import Request
from tests.matches import countries
from tests.matches.worlds import Country

pytestmark = pytest.mark.django_db
READ = MappingProxyType({"requests": (asked.READ, Request), "activities": (offered.READ, Activity)})


@pytest.fixture
def country():
    countries.make(random.Random(9), 60)


@pytest.mark.parametrize("side", READ)
def test_the_rows_are_those_of_the_query(country, side):
    read, items = READ[side]
    ids = list(items.objects.order_by("pk").values_list("pk", flat=True))
    rows, wanted = read.rows(ids), list(read._make(ids))
    assert len(wanted) > 10
    assert rows == wanted
    assert [list(map(type, row.values())) for row in rows] == [list(map(type, row.values())) for row in wanted]
    assert read.rows([]) == []
    assert read.rows(ids[:1] * 3) == wanted[:1]
    assert read.rows([0, -5, 2**40]) == []


@pytest.mark.parametrize("side", READ)
def test_nothing_of_the_moment_goes_into_the_sql(side):
    read, _items = READ[side]
    with translation.override("nl"), timezone.override("Pacific/Auckland"), override_settings(DEBUG=True):
        again = Compiled(read._make)._compiled
    with translation.override("en"), timezone.override("UTC"):
        assert Compiled(read._make)._compiled == again


@pytest.mark.parametrize("side", [REQUESTS, ACTIVITIES])
def test_what_waits_is_what_the_query_says(side):
    country = Country(12)
    country.requests(30)
    country.activities(30)
    # Some were matched, some are not there yet, some belong to who is away.
    Request.objects.filter(
        pk__in=random.Random(1).sample(list(Request.objects.values_list("pk", flat=True)), 8)
    ).update(status="unconfirmed")
    some = list(side.items.objects.values_list("pk", flat=True))[::3]
    side.items.objects.filter(pk__in=some).update(matched_version=1)
    country.providers[0].paused = True
    country.providers[0].save()
    with transaction.atomic():
        wanted = list(side.waiting().order_by("pk").values_list("pk", flat=True)[:MOST])
        assert 0 < len(wanted) < 30
        assert list(first_waiting(side)) == wanted
