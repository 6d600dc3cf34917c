"""What is prepared for one item looks rows up by key, also when it was planned before there were any."""

import re

import pytest
from django.db import connection, transaction

from techfinder.matches.actions import match_activity, match_request
from techfinder.matches.models import Match
from techfinder.matches.pairs.locks import alone_for_few, plan_for_many

pytestmark = pytest.mark.django_db
# Read as a whole: what changes seldom, and of which each row counts.
SMALL = {"matches_rematch", "matches_number", "matches_weightset", "taxonomy_region", "taxonomy_region_municipalities"}
STATEMENTS = "SELECT name, statement FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_advisory%'"


def ask(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def read_as_a_whole():
    """The tables that the plans of all prepared statements read from the first row to the last, by statement."""
    plans = {text: ask("EXPLAIN (GENERIC_PLAN) " + text) for _name, text in ask(STATEMENTS)}
    return {text: set(re.findall(r"Seq Scan on (\w+)", str(plan))) - SMALL for text, plan in plans.items()}


def test_one_item_reads_no_table_as_a_whole(make_request, make_activity):
    request, activity = make_request(), make_activity()
    with transaction.atomic():
        alone_for_few()
        match_request(request_id=request.pk)
        assert Match.objects.exists()
        Match.objects.all().delete()
        match_activity(activity_id=activity.pk)
        assert Match.objects.exists()
        found = read_as_a_whole()
        assert len(found) >= 10
        assert {text: tables for text, tables in found.items() if tables} == {}
        # The test of the test: planned as ever, such small tables are read as a whole.
        plan_for_many()
        assert any(read_as_a_whole().values())


def test_many_are_planned_as_ever():
    with transaction.atomic():
        alone_for_few()
        assert ask("SHOW enable_seqscan") == [("off",)]
    # In a test each transaction is part of a larger one.
    plan_for_many()
    assert ask("SHOW enable_seqscan") == [("on",)]
    assert ask("SHOW plan_cache_mode") == [("auto",)]
