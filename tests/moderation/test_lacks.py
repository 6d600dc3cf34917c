"""What a region lacks: by rule and wish, of the own regions only, with who waits longest first, and as a file."""

import csv
import datetime as dt
import io

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.matches.actions import match_request
from techfinder.matches.near import misses
from techfinder.moderation.lacks import level_buckets
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


def enter(client, user):
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def assen():
    return RegionFactory(code="GM0106", name="Assen", parent=Region.objects.get(code="NL-DR"))


@pytest.fixture(autouse=True)
def moderator(client, vlissingen):
    enter(client, UserFactory(moderates=[Region.objects.get(code="NL-ZE")]))


@pytest.fixture
def ask(vlissingen):
    """A request of a school in Vlissingen, matched and counted."""

    def make(town=vlissingen, **fields):
        request = RequestFactory(**{"school": SchoolFactory(municipality=town, name="De Loefzijde"), **fields})
        match_request(request_id=request.pk)
        misses.count_near_misses()
        return request

    return make


def page(client, **query):
    return client.get(reverse("moderation:lacks"), query)


def sentences(response):
    return [each.sentence for each in response.context["shown"].findings]


# ------------------------------------------------------------------- findings


def test_each_rule_is_said_with_what_is_asked(client, ask):
    ActivityFactory(levels=["po-7"], themes=["energie"], kind="gastles", months=[1])
    ActivityFactory(levels=["po-7"], themes=["energie"], kind="gastles", cost=100, group_max=20)
    year = timezone.localdate().year + 1
    window = {"date_from": dt.date(year, 3, 1), "date_until": dt.date(year, 3, 31)}
    ask(levels=["po-5"], **window | {"date_from": dt.date(year, 1, 1)})
    ask(
        themes=["robotica"],
        group_size=10,
        kinds=["gastles"],
        date_from=dt.date(year, 1, 1),
        date_until=dt.date(year, 1, 31),
    )
    ask(kinds=["excursie"], group_size=10, **window)
    ask(group_size=10, max_cost=25, **window)
    ask(group_size=25, **window)
    found = sentences(page(client))
    for said in (
        "1 vraag mist een aanbod voor groep 5-6",
        "1 vraag mist een aanbod over robotica",
        "1 vraag mist een aanbod als excursie of techniekdag",
        "1 vraag mist een aanbod voor hoogstens €\N{NO-BREAK SPACE}50",
        "1 vraag mist een aanbod voor hoogstens 30 leerlingen",
    ):
        assert said in found


def test_months_come_in_the_order_of_the_school_year(client, ask):
    ActivityFactory(levels=["po-7"], months=[7])
    year = timezone.localdate().year + 1
    ask(date_from=dt.date(year, 10, 1), date_until=dt.date(year + 1, 2, 28))
    named = [each.rpartition(" ")[2] for each in sentences(page(client))]
    assert named == ["oktober", "november", "december", "januari", "februari"]


def test_place_says_what_is_far_and_what_is_elsewhere(client, ask, vlissingen):
    school = SchoolFactory(municipality=vlissingen, lat=51.44, lon=3.57)
    ActivityFactory(regions=["NL-ZE"], delivery=["at_provider"], venue_lat=51.6, venue_lon=3.57)
    ask(school=school, delivery=["at_provider"], max_travel_km=5)
    ask(school=school, delivery=["at_school"], group_size=10)
    ActivityFactory(regions=["NL-DR"], levels=["po-3"])
    ask(levels=["po-3"])
    found = sentences(page(client))
    assert "1 vraag: niets binnen de afstand" in found
    assert "1 vraag: alleen op een andere plek, of online" in found
    assert "1 vraag: alleen in andere regio's" in found


def test_what_finds_nothing_at_all_is_said_by_kind_and_theme(client, ask):
    for _ in range(2):
        ask(kinds=["gastles"], themes=["robotica"])
    response = page(client, regio="NL-ZE")
    assert response.context["shown"].combined == ["2 vragen: geen gastles over robotica in Zeeland"]


def test_levels_are_counted_as_teachers_say_them():
    assert level_buckets(["po-5", "po-6", "vo-vmbo-tl-3"]) == ["po-5", "vo-vmbo"]
    assert level_buckets(["po"]) == ["po-1", "po-3", "po-5", "po-7"]
    assert level_buckets(["mbo-2", "vso", "nonsense"]) == ["vso", "mbo"]


def test_tables_count_few_and_none(client, ask):
    ActivityFactory(levels=["po-7"])
    ask(levels=["po-7", "po-8"])
    ask(levels=["po-8"], themes=["water", "energie"])
    response = page(client)
    tables = {table.key: table.rows for table in response.context["shown"].tables}
    assert tables["klas"] == [("Groep 7-8", 2, 1)]
    assert tables["thema"] == [("Energie", 2, 1), ("Water", 1, 1)]
    assert (response.context["few"], response.context["none"]) == (2, 1)


# ----------------------------------------------------------------- the choice


def test_other_regions_are_not_shown(client, ask, assen):
    ask(town=assen, title="Ergens anders")
    ask(title="Hier")
    text = page(client).content.decode()
    assert "Hier" in text
    assert "Ergens anders" not in text
    assert "Ergens anders" not in page(client, regio="GM0106").content.decode()
    enter(client, AdministratorFactory())
    assert "Ergens anders" in page(client, regio="NL-DR").content.decode()
    assert "Ergens anders" not in page(client, regio="NL-ZE").content.decode()


def test_a_rule_leaves_only_what_it_holds_back(client, ask):
    ActivityFactory(group_max=20)
    ask(title="Te groot")
    ask(title="Iets anders", themes=["water"], group_size=20)
    assert [line.lack.request.title for line in page(client, regel="group").context["lines"]] == ["Te groot"]
    assert [line.lack.request.title for line in page(client, regel="theme").context["lines"]] == ["Iets anders"]
    assert "Niets met dit filter" in page(client, regel="cost").content.decode()


@pytest.mark.parametrize("query", [{"regio": "GM9999"}, {"regel": "live"}, {"regel": "\x00"}, {"page": "x"}])
def test_what_cannot_be_chosen_chooses_nothing(client, ask, query):
    ask(title="Hier")
    response = page(client, **query)
    assert response.status_code == 200
    assert "Hier" in response.content.decode()


def test_a_deleted_region_chooses_nothing(client, ask, vlissingen):
    Region.objects.filter(code="RPA07").delete()
    ask(title="Hier")
    assert "Hier" in page(client, regio="RPA07").content.decode()


# --------------------------------------------------------------------- the list


def test_who_waits_longest_comes_first(client, ask):
    now = timezone.localtime()
    ask(title="Nieuw", confirmed_at=now)
    ask(title="Oud", confirmed_at=now - dt.timedelta(days=40))
    ask(title="Ouder", confirmed_at=None, created_at=now - dt.timedelta(days=50))
    response = page(client)
    assert [line.lack.request.title for line in response.context["lines"]] == ["Ouder", "Oud", "Nieuw"]
    assert "Wacht 50 dagen" in response.content.decode()


def test_it_is_paged(client, ask, vlissingen):
    school = SchoolFactory(municipality=vlissingen)
    for request in [RequestFactory(school=school) for _ in range(21)]:
        match_request(request_id=request.pk)
    misses.count_near_misses()
    assert len(page(client).context["lines"]) == 20
    assert len(page(client, page=2).context["lines"]) == 1


def test_nothing_lacks(client):
    response = page(client)
    assert response.status_code == 200
    assert "Hier ontbreekt niets" in response.content.decode()


# --------------------------------------------------------------------- the file


def rows_of(client, **query):
    response = client.get(reverse("moderation:lacks_file"), query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_the_file_has_what_is_asked_and_nobody(client, ask, assen):
    contact = UserFactory(name="Jonas de Wit", email="jonas@school.example")
    ask(contact=contact, title='=HYPERLINK("http://x")', themes=["water"])
    ask(town=assen)
    header, row = rows_of(client)
    cells = dict(zip(header, row, strict=True))
    assert cells["vraag"] == '\'=HYPERLINK("http://x")'
    assert (cells["school"], cells["gemeente"], cells["themas"]) == ("De Loefzijde", "Vlissingen", "water")
    assert "Jonas" not in "".join(row)
    assert "jonas@" not in "".join(row)


def test_the_file_follows_the_choice(client, ask):
    ActivityFactory(group_max=20)
    ask(title="Te groot")
    ask(title="Iets anders", themes=["water"], group_size=20)
    assert [row[0] for row in rows_of(client, regel="group")[1:]] == ["Te groot"]


@pytest.mark.parametrize("name", ["moderation:lacks", "moderation:lacks_file"])
def test_strangers_find_nothing(client, name):
    client.force_login(UserFactory())
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("each", [1, 3])
def test_the_queries_stay_the_same(client, ask, each):
    ActivityFactory(group_max=20)
    ActivityFactory(cost=75)
    for _ in range(each):
        ask(max_cost=0)
    page(client)
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) == 25, [query["sql"] for query in queries]
