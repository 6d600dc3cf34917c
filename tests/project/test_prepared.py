"""A prepared statement is planned once per connection, whatever the numbers, and is a query like any other."""

import json

import pghistory
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from techfinder.prepared import FEW, cursor_for, prepared_cursor

pytestmark = pytest.mark.django_db
MARK = "/* of this test */"
STATEMENT = f"SELECT count(*) {MARK} FROM taxonomy_region WHERE id = ANY(%s)"
PREPARED = "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"


def run(cursor, ids):
    with cursor:
        cursor.execute(STATEMENT, [ids])
        return cursor.fetchone()[0]


def times():
    """How often each statement of this test was run as prepared."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, [f"SELECT count(*) {MARK}%"])
        return [number for (number,) in cursor.fetchall()]


def test_one_statement_for_small_numbers_and_large_ones():
    for number in (1, 40_000, 2**40):
        run(prepared_cursor(), [number])
    assert times() == [3]


def test_many_items_have_a_plan_of_their_own():
    assert run(cursor_for(FEW), []) == 0
    assert times() == [1]
    assert run(cursor_for(FEW + 1), []) == 0
    assert times() == [1]


def test_it_is_seen_and_fails_like_any_query():
    with CaptureQueriesContext(connection) as queries:
        run(prepared_cursor(), [1])
    assert [query["sql"] for query in queries] == [STATEMENT]
    with pytest.raises(DataError), transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [0])
    assert run(prepared_cursor(), [1]) in (0, 1)


def test_who_changed_a_row_is_known_of_prepared_statements_too():
    with pghistory.context(user=7), prepared_cursor() as cursor:
        cursor.execute("WITH now AS (SELECT 1) SELECT current_setting('pghistory.context_metadata')")
        assert json.loads(cursor.fetchone()[0]) == {"user": 7}


def test_no_other_cursor_prepares():
    for _ in range(8):
        run(connection.cursor(), [1])
    assert times() == []
