"""The coordinator's way over the pages, with what goes wrong on it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.campaigns import actions
from techfinder.campaigns.models import Campaign, CampaignRequest, Pin, Round
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.campaigns.conftest import DAY, a_round
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory


def url(name, *args):
    return reverse(f"campaigns:{name}", args=args)


def form_of(**changes):
    today = timezone.localdate()
    values = {
        "title": "Girls' Day in Zeeland",
        "region": Region.objects.get(code="NL-ZE").pk,
        "first_day": str(today + 30 * DAY),
        "last_day": str(today + 60 * DAY),
        "parts_max": 2,
        "part_min": 10,
        "providers_max": 2,
    }
    return values | changes


# ---------------------------------------------------------------- the campaign


def test_from_nothing_to_published(as_coordinator, coordinator):
    town = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    day = SessionFactory(
        activity=ActivityFactory(provider=ProviderFactory(municipality=town), regions=["NL-ZE"]),
        date=timezone.localdate() + 45 * DAY,
    )
    asked = RequestFactory(school=SchoolFactory(municipality=town))
    made = as_coordinator.post(url("new"), form_of())
    campaign = Campaign.objects.get()
    assert made.url == url("sessions", campaign.slug)
    as_coordinator.post(made.url, {f"seats-{day.pk}": "30"})
    as_coordinator.post(url("requests", campaign.slug), {"fitting": "1"})
    started = as_coordinator.post(url("start", campaign.slug))
    assert b"hx-get" in as_coordinator.get(started.url).content
    actions.solve_round(round_id=Round.objects.get().pk)
    page = as_coordinator.get(started.url).content.decode()
    assert asked.title in page
    assert "Met dit voorstel krijgt 1 van de 1 vragen een plek" in page
    confirm = as_coordinator.get(url("publish", campaign.slug, 1)).content.decode()
    assert "2 mails" in confirm
    as_coordinator.post(url("publish", campaign.slug, 1))
    day.refresh_from_db()
    asked.refresh_from_db()
    assert (day.taken, asked.status) == (28, Request.Status.FULFILLED)
    assert campaign.asked.get().outcome == CampaignRequest.Outcome.PLACED


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Vul in: Naam van de campagne"),
        ("title", "!!!", "letters of cijfers"),
        ("title", "x" * 121, "120"),
        ("region", "", "Kies: Regio"),
        ("region", "abc", "Kies een regio."),
        ("first_day", "gisteren", "Schrijf de dag als"),
        ("last_day", "1-1-2020", "Deze dag is voorbij"),
        ("last_day", "1-1-2099", "te ver vooruit"),
        ("parts_max", "0", "Schrijf 1 of meer"),
        ("part_min", "twaalf", "Schrijf een heel getal"),
        ("providers_max", "99", "Schrijf hoogstens 10"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(as_coordinator, field, value, said):
    answer = as_coordinator.post(url("new"), form_of(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Campaign.objects.exists()


def test_the_last_day_is_not_before_the_first(as_coordinator):
    tomorrow = str(timezone.localdate() + DAY)
    answer = as_coordinator.post(url("new"), form_of(last_day=tomorrow))
    assert "De laatste dag is vóór de eerste" in answer.content.decode()


def test_a_campaign_is_held_in_an_own_region_only(as_coordinator):
    elsewhere = Region.objects.get(code="NL-DR")
    assert as_coordinator.post(url("new"), form_of(region=elsewhere.pk)).status_code == 422
    assert not Campaign.objects.exists()


def test_two_campaigns_of_one_name_have_addresses_of_their_own(coordinator):
    values = {"region": Region.objects.get(code="NL-ZE"), "first_day": dt.date.today(), "last_day": dt.date.today()}
    slugs = [actions.create_campaign(user=coordinator, title=title, **values).slug for title in ("Nieuw", "Nieuw")]
    assert len(set(slugs)) == 2
    assert "nieuw" not in slugs


def test_the_dates_still_hold_the_chosen_days(as_coordinator, fair):
    fair.day(after=45)
    late = form_of(first_day=str(timezone.localdate() + 50 * DAY))
    answer = as_coordinator.post(url("edit", "week"), late)
    assert answer.status_code == 422
    assert "1 gekozen dag ligt buiten deze data" in answer.content.decode()


def test_a_closed_campaign_mails_nobody_and_is_over(as_coordinator, fair, reload):
    world = a_round(fair)
    as_coordinator.post(url("close", "week"))
    assert reload(fair.campaign).state == Campaign.State.CLOSED
    assert reload(world.found).state == Round.State.DROPPED
    answer = as_coordinator.post(url("start", "week"), follow=True)
    assert "Deze campagne is gesloten" in answer.content.decode()


# ----------------------------------------------------------------------- days


def test_days_are_found_in_the_region_and_the_period(as_coordinator, fair):
    town, today = fair.town, timezone.localdate()
    local = {"provider": ProviderFactory(municipality=town), "regions": ["NL-ZE"]}
    there = SessionFactory(activity=ActivityFactory(title="Hier en dan", **local), date=today + 40 * DAY)
    for title, fields, session in (
        ("Elders", {"provider": ProviderFactory(), "regions": ["NL-DR"]}, {}),
        ("Te vroeg", local, {"date": today + 2 * DAY}),
        ("Te laat", local, {"date": today + 200 * DAY}),
        ("Vol", local, {"taken": 30}),
        ("Concept", local | {"draft": True}, {}),
    ):
        SessionFactory(activity=ActivityFactory(title=title, **fields), **session)
    page = as_coordinator.get(url("sessions", "week")).content.decode()
    assert there.activity.title in page
    for title in ("Elders", "Te vroeg", "Te laat", "Vol", "Concept"):
        assert f">{title}<" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=zonneboot", True), ("q=lassen", False), ("theme=energie", True), ("theme=water", False),
     ("kind=gastles", True), ("kind=excursie", False), ("theme=bestaat-niet", True), ("van=3-5-2099", False),
     ("tot=1-1-2020", False), ("van=onzin", True)],
)  # fmt: skip
def test_the_list_of_days_is_narrowed(as_coordinator, fair, query, found):
    fair.day(title="Zonneboot bouwen")
    page = as_coordinator.get(f"{url('sessions', 'week')}?{query}").content.decode()
    assert ("Zonneboot bouwen" in page) is found


NO_SEATS = "Schrijf een heel getal van 0 tot en met 10.000"


@pytest.mark.parametrize(
    ("value", "said"), [("31", "Er zijn maar 30 plekken vrij"), ("-1", NO_SEATS), ("veel", NO_SEATS), ("1.5", NO_SEATS)]
)
def test_seats_that_are_no_number_or_not_free_are_refused(as_coordinator, fair, value, said):
    day = fair.day()
    answer = as_coordinator.post(url("sessions", "week"), {f"seats-{day.pk}": value})
    assert answer.status_code == 422
    assert f'value="{value}"' in answer.content.decode()
    assert said in answer.content.decode()
    assert fair.campaign.places.get().seats == 30


def test_seats_for_a_day_that_the_list_does_not_have_are_refused(as_coordinator, fair):
    day = fair.day()
    answer = as_coordinator.post(url("sessions", "week"), {f"seats-{day.pk}": "20", "seats-999999": "3"})
    assert answer.status_code == 422
    assert "Een dag staat niet meer in deze lijst. Er is niets opgeslagen" in answer.content.decode()
    assert fair.campaign.places.get().seats == 30
    assert as_coordinator.post(url("sessions", "week"), {"seats-x": " ", f"seats-{day.pk}": "20"}).status_code == 302
    assert fair.campaign.places.get().seats == 20


def test_empty_seats_take_a_day_out(as_coordinator, fair):
    day = fair.day()
    as_coordinator.post(f"{url('sessions', 'week')}?gekozen=1", {f"seats-{day.pk}": ""})
    assert not fair.campaign.places.exists()


def test_all_found_days_come_in_with_their_free_seats(as_coordinator, fair):
    local = {"provider": ProviderFactory(municipality=fair.town), "regions": ["NL-ZE"]}
    for after in (35, 40):
        SessionFactory(activity=ActivityFactory(**local), date=timezone.localdate() + after * DAY, taken=10)
    as_coordinator.post(url("sessions", "week"), {"all": "1"})
    assert list(fair.campaign.places.values_list("seats", flat=True)) == [20, 20]


# -------------------------------------------------------------------- requests


def test_requests_come_from_the_region_and_its_days(as_coordinator, fair):
    there = RequestFactory(school=SchoolFactory(municipality=fair.town))
    others = [
        RequestFactory(),
        RequestFactory(school=there.school, status=Request.Status.WITHDRAWN),
        RequestFactory(school=there.school, date_from=timezone.localdate() + 400 * DAY),
    ]
    page = as_coordinator.get(url("requests", "week")).content.decode()
    assert there.title in page
    assert not [each for each in others if f"{each.title}<" in page]


def test_ticked_requests_take_part_and_forged_ones_do_not(as_coordinator, fair):
    ticked = RequestFactory(school=SchoolFactory(municipality=fair.town))
    elsewhere = RequestFactory()
    as_coordinator.post(url("requests", "week"), {"request": [ticked.pk, elsewhere.pk, "x", "9" * 30, "²"]})
    assert [each.request for each in fair.campaign.asked.all()] == [ticked]


def test_all_that_fit_leaves_out_what_no_day_suits(as_coordinator, fair):
    fair.day()
    suits = RequestFactory(school=SchoolFactory(municipality=fair.town))
    RequestFactory(school=suits.school, levels=["po-1"])
    as_coordinator.post(url("requests", "week"), {"fitting": "1"})
    assert [each.request for each in fair.campaign.asked.all()] == [suits]


def test_priorities_and_bounds_are_kept_and_bad_ones_refused(as_coordinator, fair, reload):
    fair.ask()
    own = fair.campaign.asked.get()
    chosen = f"{url('requests', 'week')}?gekozen=1"
    assert as_coordinator.post(chosen, {f"priority-{own.pk}": "9"}).status_code == 422
    as_coordinator.post(chosen, {f"priority-{own.pk}": "3"})
    assert reload(own).priority == 3
    bounds = url("bounds", "week", own.pk)
    assert as_coordinator.post(bounds, {"priority": "2", "parts_max": "0"}).status_code == 422
    as_coordinator.post(bounds, {"priority": "2", "parts_max": "3", "part_min": "", "providers_max": "2"})
    assert (reload(own).priority, own.parts_max, own.part_min, own.providers_max) == (2, 3, None, 2)
    as_coordinator.post(chosen, {"out": own.pk})
    assert not fair.campaign.asked.exists()


# ---------------------------------------------------------------------- rounds


def test_a_second_start_says_that_one_is_running(as_coordinator, fair):
    fair.day(), fair.ask()
    as_coordinator.post(url("start", "week"))
    answer = as_coordinator.post(url("start", "week"), follow=True)
    assert "Ronde 1 wordt al uitgerekend" in answer.content.decode()
    assert Round.objects.count() == 1


def test_starting_without_days_or_requests_says_what_to_choose(as_coordinator, fair):
    answer = as_coordinator.post(url("start", "week"), follow=True).content.decode()
    assert "Kies eerst activiteiten" in answer
    fair.day()
    answer = as_coordinator.post(url("start", "week"), follow=True).content.decode()
    assert "Kies eerst vragen" in answer


def test_the_campaign_says_what_is_left_out(as_coordinator, fair):
    archived, lost = fair.day(title="Weg ermee"), fair.day(title="Zonder regio")
    Activity.objects.filter(pk=archived.activity_id).update(status=Activity.Status.ARCHIVED)
    Activity.objects.filter(pk=lost.activity_id).update(regions=["NW-BESTAAT-NIET"])
    asked = fair.ask(title="Toch maar niet")
    Request.objects.filter(pk=asked.pk).update(status=Request.Status.WITHDRAWN)
    page = as_coordinator.get(url("detail", "week")).content.decode()
    assert "Niet meer openbaar en daarom niet in de verdeling: Weg ermee." in page
    assert "De regio bestaat niet meer van: Zonder regio." in page
    assert "1 vraag staat niet meer open en doet niet mee: Toch maar niet." in page


def test_each_pair_of_a_proposal_leads_to_why_it_fits(as_coordinator, fair):
    award = a_round(fair).found.awards.select_related("request", "activity").first()
    page = as_coordinator.get(award.round.get_absolute_url()).content.decode()
    why = f"{reverse('moderation:explain')}?vraag={award.request.uuid}&amp;aanbod={award.activity.slug}"
    assert why in page
    assert as_coordinator.get(why.replace("&amp;", "&")).status_code == 200


def test_a_day_of_another_year_says_so(as_coordinator, fair):
    fair.campaign.last_day = timezone.localdate() + 400 * DAY
    fair.campaign.save()
    day = fair.day(after=380)
    fair.ask(date_until=timezone.localdate() + 390 * DAY)
    page = as_coordinator.get(fair.solve().get_absolute_url()).content.decode()
    assert f" {day.date.year} " in page


def test_a_published_campaign_leads_to_who_goes_where(as_coordinator, fair):
    found = a_round(fair).found
    fair.publish(found)
    page = as_coordinator.get(url("detail", "week")).content.decode()
    assert "Bekijk wie waarheen gaat" in page
    assert "Gepubliceerd op" in page


def test_a_proposal_that_serves_nobody_says_so(as_coordinator, fair):
    fair.day(levels=["po-1"])
    fair.ask(levels=["po-8"])
    page = as_coordinator.get(fair.solve().get_absolute_url()).content.decode()
    assert "Niemand krijgt een plek" in page
    fair.day(levels=["po-8"])
    Campaign.objects.update(version=2)
    page = as_coordinator.get(fair.solve().get_absolute_url()).content.decode()
    assert "Niemand krijgt een plek" not in page


def test_closing_is_asked_first(as_coordinator, fair, reload):
    asked = as_coordinator.get(url("close", "week")).content.decode()
    assert "Dit kun je niet terugdraaien." in asked
    assert reload(fair.campaign).is_draft
    done = as_coordinator.post(url("close", "week"), follow=True).content.decode()
    assert "De campagne is gesloten." in done
    assert reload(fair.campaign).state == Campaign.State.CLOSED
    assert as_coordinator.get(url("close", "week")).url == url("detail", "week")


@pytest.mark.parametrize("view", ["", "vragen", "aanbod", "zonder", "vast", "onzin"])
def test_a_proposal_is_shown_from_every_side(as_coordinator, fair, view):
    a_round(fair)
    answer = as_coordinator.get(f"{url('round', 'week', 1)}?zicht={view}&page=99")
    assert answer.status_code == 200


def test_who_gets_nothing_and_what_would_help(as_coordinator, fair):
    fair.day(lead_days=300)
    fair.ask()
    fair.solve()
    page = as_coordinator.get(f"{url('round', 'week', 1)}?zicht=zonder").content.decode()
    assert "1 dag valt buiten de dagen van de vraag" in page
    assert "Voeg activiteiten toe die passen" in page


def test_a_pair_is_locked_refused_and_released_from_the_page(as_coordinator, fair):
    world = a_round(fair)
    first, second = world.found.awards.all()
    back = as_coordinator.post(url("award", "week", 1, first.pk), {"do": "lock", "zicht": "aanbod", "page": "1"})
    assert back.url == f"{url('round', 'week', 1)}?zicht=aanbod&page=1"
    as_coordinator.post(url("award", "week", 1, second.pk), {"do": "refuse", "zicht": "//elders"})
    assert sorted(Pin.objects.values_list("pupils", flat=True)) == [0, 28]
    page = as_coordinator.get(url("round", "week", 1)).content.decode()
    assert "Vastgezet" in page
    assert "Uitgesloten" in page
    assert "Start een nieuwe ronde om te publiceren" in page
    for pin in Pin.objects.all():
        as_coordinator.post(url("release", "week", pin.pk), {"ronde": "1"})
    assert not Pin.objects.exists()


def test_an_award_of_another_campaign_is_not_found(as_coordinator, fair):
    world = a_round(fair)
    CampaignFactory(slug="anders", region=Region.objects.get(code="NL-ZE"))
    award = world.found.awards.first()
    assert as_coordinator.post(url("award", "anders", 1, award.pk)).status_code == 404


def test_publishing_twice_says_so(as_coordinator, fair):
    a_round(fair)
    as_coordinator.post(url("publish", "week", 1))
    answer = as_coordinator.post(url("publish", "week", 1), follow=True)
    assert "Niemand krijgt twee keer mail" in answer.content.decode()


def test_what_was_skipped_is_said_after_publishing(as_coordinator, fair):
    world = a_round(fair)
    leaver = world.found.awards.first().request
    Request.objects.filter(pk=leaver.pk).update(status=Request.Status.WITHDRAWN)
    assert (
        "1 vraag van dit voorstel staat niet meer open"
        in as_coordinator.get(url("publish", "week", 1)).content.decode()
    )
    as_coordinator.post(url("publish", "week", 1))
    page = as_coordinator.get(f"{url('round', 'week', 1)}?zicht=zonder").content.decode()
    assert "1 vraag van het voorstel kreeg toch geen plek" in page
    assert "Overgeslagen bij het publiceren" in page
    assert "De vraag staat niet meer open" not in page


def test_a_failed_round_says_why(as_coordinator, fair):
    day = fair.day(seats=60)
    fair.ask(), fair.ask()
    for award in fair.solve().awards.all():
        actions.lock_award(award_id=award.pk)
    day.taken = 30
    day.save()
    fair.solve()
    page = as_coordinator.get(url("round", "week", 2)).content.decode()
    assert "Je zette meer leerlingen vast dan er plekken zijn" in page
    assert day.activity.title in page


# --------------------------------------------------------------------- queries


def cost(client, address, number, check):
    # The first look at a page notes when the session was seen.
    client.get(address)
    with check(number, info=address):
        client.get(address)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_campaigns_costs_the_same(as_coordinator, count, django_assert_num_queries):
    CampaignFactory.create_batch(count)
    cost(as_coordinator, url("list"), 9, django_assert_num_queries)


@pytest.mark.parametrize(
    ("name", "query", "number"),
    [("sessions", "", 20), ("sessions", "gekozen=1", 16), ("requests", "", 14), ("requests", "gekozen=1", 12)],
)
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_to_choose_from_costs_the_same(
    as_coordinator, fair, name, query, number, count, django_assert_num_queries
):
    for _ in range(count):
        fair.day(), fair.ask()
        RequestFactory(school=SchoolFactory(municipality=fair.town))
    cost(as_coordinator, f"{url(name, 'week')}?{query}", number, django_assert_num_queries)


@pytest.mark.parametrize(("view", "number"), [("vragen", 17), ("aanbod", 17), ("zonder", 16), ("vast", 15)])
@pytest.mark.parametrize("count", [1, 3])
def test_a_proposal_costs_the_same(as_coordinator, fair, view, number, count, django_assert_num_queries):
    for _ in range(count):
        fair.day(), fair.ask(), fair.ask()
    for award in fair.solve().awards.all():
        actions.lock_award(award_id=award.pk)
    cost(as_coordinator, f"{url('round', 'week', 1)}?zicht={view}", number, django_assert_num_queries)


@pytest.mark.parametrize("count", [1, 3])
def test_a_campaign_costs_the_same(as_coordinator, fair, count, django_assert_num_queries):
    for _ in range(count):
        fair.day(), fair.ask()
        fair.solve()
    cost(as_coordinator, url("detail", "week"), 17, django_assert_num_queries)
