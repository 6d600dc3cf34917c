"""What one test leaves in the database is gone before the next."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from techfinder.mail.models import OutgoingMail
from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region, Theme
from tests.factories.mail import OutgoingMailFactory
from tests.factories.organisations import SchoolFactory
from tests.support.pristine import Pristine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pristine(transactional_db):
    return Pristine(connection.settings_dict["NAME"])


def put_back(pristine):
    connections.close_all()
    return pristine.put_back()


def everything():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found[table] = cursor.fetchall()
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        return found, sorted(cursor.fetchall(), key=str)


def test_rows_and_numbers_are_as_before(pristine):
    before = everything()
    SchoolFactory.create_batch(3)
    OutgoingMailFactory()
    Region.objects.filter(code="NL-ZE").update(name="Elders")
    Theme.objects.order_by("pk")[0].delete()
    assert everything() != before

    assert put_back(pristine)
    assert everything() == before
    assert put_back(pristine)


def test_what_is_written_next_lies_in_the_order_in_which_it_came(pristine):
    SchoolFactory.create_batch(20)
    School.objects.filter(pk__gt=5).delete()
    assert put_back(pristine)

    first = [SchoolFactory().pk for _ in range(30)]
    assert list(School.objects.order_by().values_list("pk", flat=True)) == first
    assert first[0] == 1


def test_whoever_is_connected_goes(pristine):
    url = settings.LOCAL.database_url(connection.settings_dict["NAME"])
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE mail_outgoingmail")
        assert put_back(pristine)
        with pytest.raises(psycopg.OperationalError):
            other.execute("SELECT 1")
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_over (id int)",
        "ALTER TABLE taxonomy_region ADD COLUMN left_over int",
        "ALTER TABLE taxonomy_region ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE bookings_booking DISABLE TRIGGER USER",
        "CREATE INDEX left_over ON taxonomy_region (name)",
        "CREATE FUNCTION left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_more_than_rows_is_for_a_new_copy(pristine, change):
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert not put_back(pristine)
