"""What the engine reads: rows through the tables are what the rows of the database say."""

import random
from dataclasses import fields

import numpy as np
import pytest

from matching import ActivityColumns, RequestColumns
from techfinder.activities.models import Activity
from techfinder.matches.rows import (
    World,
    activity_rows,
    load_activities,
    load_requests,
    refresh_activities,
    refresh_requests,
    request_rows,
)
from techfinder.organisations.models import Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.requests import RequestFactory
from tests.matches import countries

pytestmark = pytest.mark.django_db


def assert_same(made, expected):
    for field in fields(expected):
        ours, theirs = getattr(made, field.name), getattr(expected, field.name)
        assert ours.dtype == theirs.dtype, field.name
        np.testing.assert_array_equal(ours, theirs, err_msg=field.name)


@pytest.mark.parametrize("seed", range(8))
def test_columns_through_the_tables_are_those_of_the_rows(db, seed):
    countries.make(random.Random(seed), 60)
    world = World()
    assert refresh_requests(None, world) == 60
    assert refresh_activities(None, world) == 60
    requests = Request.objects.filter(status=Request.Status.OPEN)
    activities = Activity.objects.public()
    assert_same(load_requests(world).columns, RequestColumns.from_rows(request_rows(requests, world)))
    assert_same(load_activities(world).columns, ActivityColumns.from_rows(activity_rows(activities, world)))


# ------------------------------------------------- what belongs to others


def version_of(item):
    item.refresh_from_db()
    return item.version


def test_a_school_that_lies_elsewhere_raises_the_version_of_its_open_requests(make_request, school):
    here, gone, elsewhere = make_request(), make_request(status=Request.Status.WITHDRAWN), RequestFactory()
    School.objects.filter(pk=school.pk).update(lat=school.lat, lon=school.lon, name="Een andere naam", pupils=80)
    assert version_of(here) == 1
    School.objects.filter(pk=school.pk).update(lat=52.0)
    assert (version_of(here), version_of(gone), version_of(elsewhere)) == (2, 1, 1)
    School.objects.filter(pk=school.pk).update(municipality=elsewhere.school.municipality)
    assert version_of(here) == 3


def test_the_point_of_a_town_counts_for_those_who_have_none(make_request, make_activity, school, provider, vlissingen):
    request, lesson, visit = make_request(), make_activity(), make_activity(venue_lat=51.5, venue_lon=3.7)
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.6)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (1, 1, 1)
    School.objects.filter(pk=school.pk).update(lat=None)
    Provider.objects.filter(pk=provider.pk).update(lon=None)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (2, 2, 2)
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.6, name="Vlissingen aan Zee")
    assert version_of(request) == 2
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.7)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (3, 3, 2)
