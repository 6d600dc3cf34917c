"""The waiting list and tasks as a browser shows them: no accessibility fault, narrow and wide, without scripts too."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.actions.waiting import look_at, sweep_waiting
from techfinder.bookings.links.waiting import waiting_url
from techfinder.bookings.models import Booking, Series, Task, Waiting
from techfinder.matches import actions
from techfinder.matches.near import misses
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.bookings import BookingFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def world():
    zeeland = Region.objects.get(code="NL-ZE")
    town = RegionFactory(code="GM0718", parent=zeeland, name="Vlissingen")
    provider = ProviderFactory(name="Huis van de Techniek", municipality=town)
    bus = ActivityFactory(provider=provider, title="Open Havendag", delivery=["at_provider"], months=[6])
    SessionFactory(activity=bus, seats=80)
    ActivityFactory(provider=provider, title="Kleine groep solderen", group_max=20)
    ActivityFactory(provider=provider, title="Kijk mee in de robotcel", delivery=["online"], group_max=12)
    teacher = UserFactory(name="Jonas de Wit")
    requests = [
        RequestFactory(
            school=SchoolFactory(name=name, municipality=town, lat=51.45 + number / 100, lon=3.57),
            contact=teacher if number == 1 else UserFactory(),
            title=f"Zonne-energie: zelf iets bouwen met groep {7 - number % 2}",
            delivery=["at_school"],
            confirmed_at=timezone.now() - dt.timedelta(days=40 - number),
        )
        for number, name in enumerate(("De Loefzijde", "Getijdencollege", "De Zeilwagen", "Het Peilschip"))
    ]
    actions.rematch(everything=True)
    misses.count_near_misses()
    sweep_waiting()
    noor = UserFactory(name="Noor Verhage", moderates=[zeeland])
    UserFactory(name="Drent", moderates=[Region.objects.get(code="NL-DR")])
    Authenticator.objects.create(user=noor, type=Authenticator.Type.TOTP, data={})
    waiting = Waiting.objects.get(request=requests[1])
    look_at(waiting_id=waiting.pk, by=noor, seen=None, words="Ik bel morgen met Huis van de Techniek.")
    booking = BookingFactory(activity=bus, request__school__municipality=town, provider_email="info@huis.example")
    task = open_task(kind=Task.Kind.CONCERN, about=booking, note="De gids was niet vriendelijk.")
    return {
        "teacher": teacher,
        "noor": noor,
        "asked": requests[1],
        "bus": bus,
        "task": task,
        "member": MembershipFactory(provider=provider, user=UserFactory(name="Mo")).user,
    }


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])


def looks_right(page, address):
    page.goto(address)
    name = page.url.split("/", 3)[3].strip("/").split("?")[0].replace("/", "-")[:60]
    assert faults_at(page, name, SIZES) == []


def test_coordinators_pages(world, page, live_server):
    sign_in(page, live_server, world["noor"])
    asked, slug = world["asked"].uuid, world["bus"].slug
    for address in (
        reverse("moderation:queue"),
        reverse("moderation:tasks"),
        reverse("moderation:task", args=[world["task"].pk]),
        reverse("moderation:waiting"),
        reverse("moderation:waiting_one", args=[asked]),
        reverse("moderation:broker", args=[asked]),
        reverse("moderation:broker_ask", args=[asked, slug]),
        reverse("moderation:together", args=[asked, slug]),
    ):
        looks_right(page, address)


def test_pages_of_the_school(world, page, live_server):
    looks_right(page, "/" + waiting_url(world["asked"]).split("/", 3)[3])
    sign_in(page, live_server, world["teacher"])
    looks_right(page, reverse("bookings:waiting", args=[world["asked"].uuid]))
    looks_right(page, reverse("matches:request", args=[world["asked"].uuid]))


def test_pages_of_the_company(world, page, live_server):
    sign_in(page, live_server, world["member"])
    looks_right(page, reverse("matches:dashboard"))
    looks_right(page, reverse("matches:activity", args=[world["bus"].slug]))


def test_neighbours_in_one_bus_without_scripts(world, page_without_scripts, live_server):
    page = page_without_scripts
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(page, live_server, world["noor"])
    page.goto(reverse("moderation:waiting"))
    page.get_by_role("link", name="Zonne-energie: zelf iets bouwen met groep 6").first.click()
    page.get_by_role("link", name="Vraag een activiteit aan").click()
    page.get_by_label("Zoek in al het aanbod").fill("havendag")
    page.get_by_role("button", name="Zoek", exact=True).click()
    page.get_by_role("link", name="Samen met buren").click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Vraag aan voor alle scholen").click()
    # A hundred and twelve pupils for eighty seats: nobody goes.
    page.get_by_text("te weinig plekken voor iedereen samen").first.wait_for()
    page.get_by_role("checkbox").nth(1).uncheck()
    page.get_by_role("checkbox").nth(2).uncheck()
    page.get_by_role("button", name="Vraag aan voor alle scholen").click()
    page.get_by_text("Iedereen krijgt een mail").wait_for()
    assert Series.objects.get().bookings.count() == Booking.objects.filter(series__isnull=False).count() == 2
