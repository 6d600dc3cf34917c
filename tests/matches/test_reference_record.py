"""The reference record comes in by import_activities; who gets it, who does not, and what the page says of it."""

import csv
import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.models import Match
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory, SchoolFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("race")]

ROW = {
    "ref": "tf-1", "provider": "Huis van de Techniek", "provider_email": "info@huis.example",
    "title": "Mini-Zonnebootrace", "kind": "wedstrijd", "description": "Bouwen en racen.",
    "goals": "Leerlingen experimenteren met zonne-energie door zelf een boot te bouwen.",
    "levels": "po-6;po-7;po-8", "themes": "energie", "regions": "NL-ZE", "delivery": "at_provider",
    "audience": "pupils", "venue_lat": "51.4536", "venue_lon": "3.6208", "months": "6", "sessions": "", "cost": "0",
}  # fmt: skip


@pytest.fixture
def race(tmp_path, vlissingen):
    path = tmp_path / "race.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(ROW))
        writer.writeheader()
        writer.writerow(ROW)
    call_command("import_activities", str(path), stdout=StringIO())
    activity = Activity.objects.get()
    assert (activity.title, activity.levels, activity.months) == (ROW["title"], ["po-6", "po-7", "po-8"], [6])


@pytest.fixture
def told(client, make_request):
    """What the page says, once the request is matched."""

    def ask(**fields):
        today = timezone.localdate()
        year = {"date_from": today, "date_until": today + dt.timedelta(days=400)}
        request = make_request(themes=["energie"], **year, **fields)
        actions.match_request(request_id=request.pk)
        client.force_login(request.contact)
        return client.get(reverse("matches:request", args=[request.uuid])).content.decode()

    return ask


def test_groep_7_of_zeeland_gets_it(told):
    assert "Mini-Zonnebootrace" in told(levels=["po-7"])
    assert Match.objects.count() == 1


def test_drenthe_does_not_and_reads_that_it_is_the_region(told):
    assen = RegionFactory(code="GM0106", slug="assen", name="Assen", parent=Region.objects.get(code="NL-DR"))
    page = told(levels=["po-7"], school=SchoolFactory(municipality=assen))
    assert not Match.objects.exists()
    assert "Waarom nog geen match" in page
    assert "1 activiteit is niet bij jou in de buurt" in page


def test_vmbo_does_not_and_reads_that_it_is_the_level(told, vlissingen):
    school = SchoolFactory(municipality=vlissingen, sector="vo", levels=["vo-vmbo"])
    page = told(levels=["vo-vmbo-tl-2"], school=school)
    assert not Match.objects.exists()
    assert "1 activiteit is voor andere klassen" in page
