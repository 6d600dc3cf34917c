"""What the engine reads: rows through the tables are what the rows of the database say."""

import datetime as dt
import random
from dataclasses import fields

import numpy as np
import pytest
from django.utils import timezone

from matching import ActivityColumns, RequestColumns
from techfinder.activities.models import Activity
from techfinder.matches.models import Area, AskedRow, Number, OfferedRow
from techfinder.matches.rows import (
    World,
    activity_rows,
    load_activities,
    load_requests,
    refresh_activities,
    refresh_requests,
    request_rows,
)
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
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
