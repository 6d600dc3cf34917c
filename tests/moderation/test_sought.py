"""What schools seek and do not find: of the own regions only, in words, small numbers not exactly, and as a file."""

import csv
import datetime as dt
import io

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Sought
from techfinder.moderation.seeking import first_day
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db


def enter(client, user):
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def goes():
    return RegionFactory(code="GM0664", name="Goes", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def assen():
    return RegionFactory(code="GM0106", name="Assen", parent=Region.objects.get(code="NL-DR"))


@pytest.fixture(autouse=True)
def moderator(client, vlissingen):
    enter(client, UserFactory(moderates=[Region.objects.get(code="NL-ZE")]))


@pytest.fixture
def seek(vlissingen):
    def make(text="", town=vlissingen, *, ago=0, times=5, results=0, **criteria):
        return Sought.objects.create(
            day=timezone.localdate() - dt.timedelta(days=ago),
            fingerprint=str(Sought.objects.count()),
            municipality=town,
            text=text,
            criteria=criteria,
            results=results,
            times=times,
        )

    return make


def page(client, **query):
    return client.get(reverse("moderation:sought"), query)


def told(client, **query):
    return [(line.words, line.filters, line.times, line.towns) for line in page(client, **query).context["lines"]]


def test_equal_searches_of_towns_and_days_are_one_line(client, seek, goes):
    seek("lassen", times=2)
    seek("lassen", times=2, ago=1)
    seek("lassen", goes, times=3)
    seek("drone", times=4)
    assert told(client) == [("lassen", "", "7", "Goes en Vlissingen"), ("drone", "", "4", "Vlissingen")]


def test_filters_are_said_in_words(client, seek):
    seek(
        "", level=["po-7", "po-8"], theme=["robotica"], kind=["gastles"], month=[3, 4], groep=30, free=1, straal=10,
        delivery=["at_school"], audience=["teachers"], region=["NL-ZE"], room=1, van="2027-03-01", tot="2027-04-30",
    )  # fmt: skip
    (line,) = page(client).context["lines"]
    assert line.filters == (
        "Groep 7-8; Robotica en automatisering; Gastles; Zeeland; Binnen 10 km; Op school; Leraren; Maart en april; "
        "Hoogstens 30 leerlingen; Gratis; Met plek; Maart tot en met april"
    )
    seek("", private=True, times=9)
    assert told(client)[0][1] == "Woorden die we niet bewaren"


def test_the_line_leads_to_the_search(client, seek):
    seek("lassen", level=["vo-vmbo"], free=1)
    (line,) = page(client).context["lines"]
    assert line.url == "/aanbod/?q=lassen&plaats=Vlissingen&free=1&level=vo-vmbo"


def test_small_numbers_have_no_day_and_no_count(client, seek):
    seek("lassen", times=2)
    (line,) = page(client).context["lines"]
    assert line.times == "minder dan 3"
    assert not any(character.isdigit() for character in line.last.replace(str(timezone.localdate().year), ""))
    (row,) = rows_of(client)[1:]
    assert row[2] == "minder dan 3"


def test_only_the_own_towns_and_without_a_place_apart(client, seek, assen):
    seek("hier")
    seek("daar", assen)
    seek("overal", None)
    seek("wel gevonden", results=3, times=9)
    assert [words for words, *_ in told(client)] == ["hier"]
    assert [words for words, *_ in told(client, deel="meest")] == ["wel gevonden", "hier"]
    assert [words for words, *_ in told(client, deel="land")] == ["overal"]
    enter(client, AdministratorFactory())
    assert {words for words, *_ in told(client)} == {"hier", "daar"}
    context = page(client).context
    assert (context["every"], context["nothing"]) == (19, 10)


def test_a_longer_period_shows_more(client, seek):
    seek("nu")
    seek("voor kort", ago=40)
    seek("te lang", ago=500)
    assert [words for words, *_ in told(client)] == ["nu"]
    assert {words for words, *_ in told(client, periode="90")} == {"nu", "voor kort"}
    assert first_day("jaar", dt.date(2026, 11, 21)) == dt.date(2026, 8, 1)
    assert first_day("jaar", dt.date(2027, 7, 31)) == dt.date(2026, 8, 1)
    assert first_day("30", dt.date(2026, 11, 30)) == dt.date(2026, 11, 1)


@pytest.mark.parametrize("query", [{"periode": "x"}, {"deel": "\x00"}, {"page": "x"}, {"page": "99"}])
def test_what_cannot_be_chosen_chooses_the_first(client, seek, query):
    seek("hier")
    assert [words for words, *_ in told(client, **query)] == ["hier"]


def test_it_is_paged(client, seek):
    for number in range(26):
        seek(f"woord {number}")
    assert len(told(client)) == 25
    assert len(told(client, page=2)) == 1


def test_nothing_sought(client):
    assert "Alles wat gezocht is, is gevonden" in page(client).content.decode()
    assert "In deze periode is niets gezocht" in page(client, deel="meest").content.decode()


def rows_of(client, **query):
    response = client.get(reverse("moderation:sought_file"), query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_the_file_is_no_formula(client, seek, assen):
    seek('=hyperlink("http://x")', level=["po-7"])
    seek("daar", assen)
    header, row = rows_of(client)
    assert header == ["woorden", "filters", "aantal", "laatst", "gemeenten", "gevonden"]
    assert row[:3] == ['\'=hyperlink("http://x")', "Groep 7", "5"]
    assert [each[0] for each in rows_of(client, deel="land")[1:]] == []


def test_the_desk_and_what_is_lacking_lead_here(client):
    for name in ("moderation:queue", "moderation:lacks"):
        assert reverse("moderation:sought") in client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", ["moderation:sought", "moderation:sought_file"])
def test_strangers_find_nothing(client, name):
    client.force_login(UserFactory())
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("each", [1, 3])
def test_the_queries_stay_the_same(client, seek, each):
    for number in range(each):
        seek(f"woord {number}", theme=["ict"], kind=["gastles"], region=["NL-ZE"])
    page(client)
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) == 10, [query["sql"] for query in queries]
