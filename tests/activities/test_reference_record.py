"""The one preserved page of the first Techfinder goes through the form without loss."""

import html
import re

import pytest
import time_machine
from django.urls import reverse

from techfinder.activities.models import Activity, Session, Stage
from tests.factories.organisations import MembershipFactory, ProviderFactory

pytestmark = pytest.mark.django_db

DESCRIPTION = (
    "De Mini-Zonnebootrace is een wedstrijd voor groep 7 en 8 van alle basisscholen in Zeeland. Na aanmelding krijgt "
    "je klas een lespakket en een bouwpakket. Medewerkers van de bedrijven van Vrienden voor Elektro in de klas "
    "helpen bij het bouwen. Op de Open Havendag, zaterdag 18 juni, varen de boten tegen elkaar."
)
GOALS = "Leerlingen experimenteren met zonne-energie door zelf een boot te bouwen."
STAGES = ["Aanmelden", "Lespakket en bouwpakket", "Hulp in de klas", "De race"]
STEPS = {
    "wat": {
        "title": "Mini-Zonnebootrace", "kind": "wedstrijd", "themes": ["energie"], "description": DESCRIPTION,
        "goals": GOALS, "co_providers": "bedrijven van Vrienden voor Elektro in de klas",
        "summary": "Bouw met je klas een boot die vaart op de zon.", "external_url": "",
    },
    "voor-wie": {
        "levels": ["po-6", "po-7", "po-8"], "audience": ["pupils"], "languages": ["nl"], "group_min": "",
        "group_max": "30", "splittable": "on", "supervisors": "1 per 10 leerlingen",
    },
    "waar": {
        "delivery": ["at_provider"], "regions": ["NL-ZE"], "municipalities": "", "venue_street": "Ritthemsestraat",
        "venue_house_number": "500", "venue_postcode": "4389pa", "venue_city": "Vlissingen", "venue_lat": "51,4525",
        "venue_lon": "3,6244", "venue_name": "", "max_travel_km": "",
    },
    "wanneer": {
        "months": ["6"], "period_note": "Vindt plaats op 18 juni", "available_from": "3 mei 2027",
        "available_until": "2027-07-02", "lead_days": "14", "duration_amount": "1", "duration_unit": "days",
        "sessions-TOTAL_FORMS": "2", "sessions-INITIAL_FORMS": "0", "sessions-0-date": "18-6-2027",
        "sessions-0-start": "9.30", "sessions-0-end": "15:00", "sessions-0-seats": "400", "sessions-1-date": "",
    },
    "praktisch": {
        "preparation_amount": "1", "preparation_unit": "half_days", "preparation_by": "guest_teacher", "cost": "",
        "cost_note": "", "school_arranges": "Vervoer naar de haven",
        "stages-TOTAL_FORMS": "4", "stages-INITIAL_FORMS": "0",
        **{f"stages-{at}-title": title for at, title in enumerate(STAGES)}, "stages-3-date": "18-6-2027",
    },
    "veilig": {
        "vog": "have", "vog_date": "3-2-2026", "never_alone": "on", "safety_note": "Zwemvesten aan", "picture_alt": "",
    },
}  # fmt: skip


@pytest.fixture
def member(client):
    membership = MembershipFactory(provider=ProviderFactory(name="Huis van de Techniek"))
    client.force_login(membership.user)
    return membership


def fill_in(client):
    response = client.post(reverse("activities:new"), {"provider": provider_id(client), "title": "Mini-Zonnebootrace"})
    assert response.status_code == 302
    for step, values in STEPS.items():
        url = reverse("activities:edit", args=["mini-zonnebootrace", step])
        response = client.post(url, values)
        errors = response.context and (response.context["form"].errors, response.context["rows"])
        assert response.status_code == 302, errors
    return Activity.objects.get(slug="mini-zonnebootrace")


def provider_id(client):
    return client.get(reverse("activities:new")).context["form"].fields["provider"].initial


def text_of(response):
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " ").split())


@time_machine.travel("2026-11-20 12:00:00+00:00", tick=True)
def test_every_value_comes_back_on_the_page(client, member):
    activity = fill_in(client)
    assert Session.objects.get().seats == 400
    assert [stage.title for stage in Stage.objects.all()] == STAGES
    check = client.get(reverse("activities:edit", args=[activity.slug, "controle"]))
    assert [warning.code for _url, warning in check.context["warnings"]] == ["groups", "weekday"]
    assert client.post(reverse("activities:edit", args=[activity.slug, "controle"])).status_code == 302
    Activity.objects.update(status="published")

    client.logout()
    page = text_of(client.get("/aanbod/mini-zonnebootrace/"))
    for value in (
        "Mini-Zonnebootrace", "Huis van de Techniek", "Vlissingen", "Ritthemsestraat 500", "4389 PA", "Juni",
        "Vindt plaats op 18 juni", "1 dagdeel", "de gastdocent", "Zeeland", DESCRIPTION, GOALS, "Kinderopvang",
        "n.v.t.", "Groep 6-7-8", "Basisonderwijs", "Voortgezet onderwijs", "Mbo", *STAGES, "18 juni 2027", "09.30",
        "15.00", "nog 400 plekken", "bedrijven van Vrienden voor Elektro in de klas", "Niet opgegeven",
        "Zwemvesten aan", "Vervoer naar de haven", "1 per 10 leerlingen", "14 dagen", "hoogstens 30 leerlingen",
        "3 februari 2026", "3 mei tot en met 2 juli", "1 dag",
    ):  # fmt: skip
        assert value in page, value


@time_machine.travel("2026-11-20 12:00:00+00:00", tick=True)
def test_each_step_shows_what_was_saved_and_saves_the_same_again(client, member):
    activity = fill_in(client)
    before = Activity.objects.values().get()
    for step in STEPS:
        url = reverse("activities:edit", args=[activity.slug, step])
        shown = client.get(url)
        assert client.post(url, fields_of(shown)).status_code == 302
    after = Activity.objects.values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"updated_at"}
    assert Session.objects.get().seats == 400
    assert [stage.title for stage in Stage.objects.all()] == STAGES


def fields_of(response):
    """What a browser without scripts would send back from the page as it is."""
    forms = [response.context["form"]]
    rows = response.context["rows"]
    if rows is not None:
        forms += [rows.management_form, *rows.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if bound.field.widget.__class__.__name__ == "CheckboxInput":
                data |= {bound.html_name: "on"} if value else {}
            elif isinstance(value, list):
                data[bound.html_name] = value
            elif value is not None and bound.field.widget.__class__.__name__ != "FileInput":
                data[bound.html_name] = bound.field.widget.format_value(value) if value != "" else ""
    return {name: value for name, value in data.items() if value is not None}
