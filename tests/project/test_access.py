"""Every address of the site against every role. An address that is not in the table fails the test."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from techfinder import urls
from techfinder.activities.models import Favourite
from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.actions.waiting import renew_waiting
from techfinder.bookings.links.tokens import token as link_token
from techfinder.bookings.links.waiting import waiting_url
from techfinder.bookings.models import Booking, CalendarFeed, Partnership, Plan, Series, Task, TermSurvey
from techfinder.mail.kinds import Group
from techfinder.mail.tokens import address_token, again_token
from techfinder.matches.models import Match, WeightSet
from techfinder.organisations.actions import invite
from techfinder.organisations.models import Attention, Membership, Provider
from techfinder.requests.models import Request
from techfinder.requests.tokens import confirm_token
from techfinder.taxonomy.models import Region
from tests.activities.saved_steps import a_saved
from tests.bookings.after_steps import happened
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import BookingFactory
from tests.factories.campaigns import AwardFactory, CampaignFactory, CampaignRequestFactory, CampaignSessionFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.organisations import (
    BoardFactory,
    MembershipFactory,
    ProviderFactory,
    RegionFactory,
    SchoolFactory,
)
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous",
    "other_school",
    "own_school",
    "other_company",
    "own_company",
    "moderator",
    "other_moderator",
    "administrator",
)

# `in` is the sign-in page. What belongs to somebody is: a request of "own school", and activities, matches and
# colleagues of "own company". POST: only that is possible. After a bar: which of several objects.
#                                        anonymous
#                                        |    school       company      moderator    administrator
#                                        |    other own    other own    other here   |
TABLE = """
livez                              GET   200  200   200    200   200    200   200    200
readyz                             GET   200  200   200    200   200    200   200    200
pages:home                         GET   200  200   200    200   200    200   200    200
pages:help                         GET   200  200   200    200   200    200   200    200
pages:how                          GET   200  200   200    200   200    200   200    200
pages:privacy                      GET   200  200   200    200   200    200   200    200
pages:accessibility                GET   200  200   200    200   200    200   200    200
pages:regions                      GET   200  200   200    200   200    200   200    200
pages:region                       GET   200  200   200    200   200    200   200    200
pages:robots                       GET   200  200   200    200   200    200   200    200
pages:sitemap                      GET   200  200   200    200   200    200   200    200
pages:sitemap_section              GET   200  200   200    200   200    200   200    200
old-programme                      GET   301  301   301    301   301    301   301    301
set_language                       POST  302  302   302    302   302    302   302    302

activities:list                    GET   200  200   200    200   200    200   200    200
activities:points                   GET   200  200   200    200   200    200   200    200
activities:drawing                  GET   200  200   200    200   200    200   200    200
activities:country                  GET   200  200   200    200   200    200   200    200
activities:new                     GET   200  200   200    200   200    200   200    200
activities:detail                  GET   200  200   200    200   200    200   200    200
activities:detail|draft            GET   404  404   404    404   200    404   200    200
activities:region                  GET   200  200   200    200   200    200   200    200
activities:theme                   GET   200  200   200    200   200    200   200    200
activities:region_theme            GET   200  200   200    200   200    200   200    200
activities:compare                 GET   200  200   200    200   200    200   200    200
activities:edit_start              GET   in   404   404    404   200    404   404    404
activities:edit                    GET   in   404   404    404   200    404   404    404
activities:act                     POST  in   404   404    404   400    404   404    404

favourites:list                    GET   200  200   200    200   200    200   200    200
favourites:keep                    POST  302  302   302    302   302    302   302    302
favourites:keep|draft              POST  404  404   404    404   404    404   404    404
favourites:drop                    POST  302  302   302    302   302    302   302    302
favourites:drop|draft              POST  404  404   404    404   404    404   404    404
favourites:note                    POST  in   404   302    404   404    404   404    404
favourites:choose                  POST  in   302   302    404   404    404   404    404
favourites:move                    POST  in   302   302    404   404    404   404    404

saved:mine                         GET   in   200   200    200   200    200   200    200
saved:new                          GET   200  200   200    200   200    200   200    200
saved:sent                         GET   200  200   200    200   200    200   200    200
saved:manage                       GET   200  200   200    200   200    200   200    200
saved:manage|forged                GET   404  404   404    404   404    404   404    404
saved:act                          POST  400  400   400    400   400    400   400    400
saved:act|forged                   POST  404  404   404    404   404    404   404    404
saved:change                       GET   200  200   200    200   200    200   200    200
saved:change|forged                GET   404  404   404    404   404    404   404    404
saved:less                         GET   200  200   200    200   200    200   200    200
saved:less|forged                  GET   404  404   404    404   404    404   404    404
saved:confirm                      GET   200  200   200    200   200    200   200    200
saved:confirm|forged               GET   404  404   404    404   404    404   404    404
saved:pause                        GET   200  200   200    200   200    200   200    200
saved:pause|forged                 GET   404  404   404    404   404    404   404    404
saved:stop                         GET   200  200   200    200   200    200   200    200
saved:stop|forged                  GET   404  404   404    404   404    404   404    404
saved:wanted                       GET   200  200   200    200   200    200   200    200
saved:wanted|forged                GET   404  404   404    404   404    404   404    404

requests:new                       GET   200  200   200    200   200    200   200    200
requests:for_school                GET   200  200   200    200   200    200   200    200
requests:list                      GET   200  200   200    200   200    200   200    200
requests:confirm                   GET   200  200   200    200   200    200   200    200
requests:confirm|forged            GET   404  404   404    404   404    404   404    404
requests:resend                    POST  302  302   302    302   302    302   302    302
requests:resend|forged             POST  404  404   404    404   404    404   404    404
requests:detail                    GET   in   404   200    404   404    404   200    200
requests:edit                      GET   in   404   200    404   404    404   200    200
requests:extend                    GET   in   404   200    404   404    404   200    200
requests:withdraw                  GET   in   404   200    404   404    404   200    200

matches:dashboard                  GET   in   200   200    200   200    200   200    200
matches:request                    GET   in   404   200    404   404    404   200    200
matches:loosen                     POST  in   404   302    404   404    404   404    404
matches:put_back                   POST  in   404   302    404   404    404   404    404
matches:activity                   GET   in   404   404    404   200    404   200    200
matches:decline                    POST  in   404   302    404   404    404   404    404
matches:ask                        POST  in   404   302    404   404    404   404    404
matches:offer                      POST  in   404   404    404   302    404   404    404

bookings:list                      GET   in   200   200    200   200    200   200    200
bookings:ask                       GET   302  404   200    404   404    404   200    200
bookings:offer                     GET   in   404   404    404   200    404   404    404
bookings:detail                    GET   in   404   200    404   200    404   200    200
bookings:step                      GET   in   404   409    404   200    404   200    200
bookings:take_over                 POST  in   404   302    404   302    404   404    404
bookings:queue                     GET   in   404   404    404   200    404   404    404
bookings:sheet                     GET   in    404   200   404   200   404   200   200
bookings:booking_file              GET   in    404   200   404   200   404   200   200
bookings:link                      GET   200  200   200    200   200    200   200    200
bookings:link|forged               GET   404  404   404    404   404    404   404    404
bookings:link_done                 GET   302  302   302    302   302    302   302    302
bookings:link_done|forged          GET   404  404   404    404   404    404   404    404
bookings:link_colleague            GET   200  200   200    200   200    200   200    200
bookings:link_colleague|forged     GET   404  404   404    404   404    404   404    404
bookings:link_code                 GET   404  404   404    404   404    404   404    404
bookings:concern_by_link           GET   200  200   200    200   200    200   200    200
bookings:concern_by_link|forged    GET   404  404   404    404   404    404   404    404
bookings:messages                  GET   in   404   200    404   200    404   404    404
bookings:concern                   GET   in   404   200    404   200    404   404    404
bookings:sheet_by_link             GET   200   200   200   200   200   200   200   200
bookings:sheet_by_link|forged      GET   404   404   404   404   404   404   404   404
bookings:link_ask                  GET   302   302   302   302   302   302   302   302
bookings:link_ask|forged           GET   404   404   404   404   404   404   404   404
bookings:feed_by_link              GET   200   200   200   200   200   200   200   200
bookings:feed_by_link|forged       GET   404   404   404   404   404   404   404   404
bookings:calendar                  GET   in    200   200   200   200   200   200   200
bookings:feed                      GET   200   200   200   200   200   200   200   200
bookings:feed|forged               GET   404   404   404   404   404   404   404   404
bookings:feed_manage               GET   200   200   200   200   200   200   200   200
bookings:feed_manage|forged        GET   404   404   404   404   404   404   404   404
bookings:report                    GET   in   404   200    404   200    404   200    200
bookings:survey                    GET   200  200   200    200   200    200   200    200
bookings:survey|forged             GET   404  404   404    404   404    404   404    404
bookings:stop_surveys              GET   200  200   200    200   200    200   200    200
bookings:stop_surveys|forged       GET   404  404   404    404   404    404   404    404
bookings:again                     GET   in   404   200    404   404    404   200    200
bookings:again_by_link             GET   200  200   200    200   200    200   200    200
bookings:again_by_link|forged      GET   404  404   404    404   404    404   404    404
bookings:classes                   GET   in   404   200    404   404    404   200    200
bookings:row                       GET   in   404   200    404   404    404   200    200
bookings:classes_of_request        GET   in   404   200    404   404    404   200    200
bookings:row_of_request            GET   in   404   200    404   404    404   200    200
bookings:series                    GET   in   404   200    404   200    404   200    200
bookings:records                   GET   in   200   200    200   200    200   200    200
bookings:record                    GET   in   404   404    404   200    404   200    200
bookings:record|school             GET   in   404   200    404   404    404   200    200
bookings:record_file               GET   in   404   404    404   200    404   200    200
bookings:record_file|school        GET   in   404   200    404   404    404   200    200
bookings:partnerships              GET   in   200   200    200   200    200   200    200
bookings:propose_partnership       GET   in   404   302    404   302    404   404    404
bookings:partnership               GET   in   404   200    404   200    404   200    200
bookings:act_partnership           POST  in   404   400    404   400    404   404    404
bookings:drop_plan                 POST  in   404   302    404   302    404   404    404
bookings:ask_plan                  GET   in   404   200    404   404    404   404    404
bookings:waiting                   GET   in   404   200    404   404    404   200    200
bookings:waiting_link              GET   200  200   200    200   200    200   200    200
bookings:waiting_link|forged       GET   404  404   404    404   404    404   404    404

organisations:index                GET   in   200   200    200   200    200   200    200
organisations:school_search        GET   200  200   200    200   200    200   200    200
organisations:claim_school         GET   in   200   200    200   200    200   200    200
organisations:claim                GET   in   200   200    200   200    200   200    200
organisations:register_provider    GET   in   200   200    200   200    200   200    200
organisations:provider             GET   200  200   200    200   200    200   200    200
organisations:provider|waiting     GET   404  404   404    404   200    404   404    404
organisations:edit_provider        GET   in   404   404    404   200    404   404    404
organisations:pause_provider       POST  in   404   404    404   302    404   404    404
organisations:members              GET   in   404   404    404   200    404   404    404
organisations:leave                GET   in   404   404    404   200    404   404    404
organisations:withdraw_invitation  POST  in   404   404    404   302    404   404    404
organisations:accept_invitation    GET   200  200   200    200   200    200   200    200

moderation:queue                   GET   404  404   404    404   404    200   200    200
moderation:lacks                   GET   404  404   404    404   404    200   200    200
moderation:lacks_file              GET   404  404   404    404   404    200   200    200
moderation:sought                  GET   404  404   404    404   404    200   200    200
moderation:sought_file             GET   404  404   404    404   404    200   200    200
moderation:explain                 GET   404  404   404    404   404    200   200    200
moderation:activity                GET   404  404   404    404   404    404   200    200
moderation:provider                GET   404  404   404    404   404    404   200    200
moderation:claim                   GET   404  404   404    404   404    404   200    200
moderation:settle                  POST  404  404   404    404   404    302   302    302
moderation:tasks                   GET   404  404   404    404   404    200   200    200
moderation:task                    GET   404  404   404    404   404    404   200    200
moderation:waiting                 GET   404  404   404    404   404    200   200    200
moderation:waiting_one             GET   404  404   404    404   404    404   200    200
moderation:hand_over               POST  404  404   404    404   404    404   422    422
moderation:broker                  GET   404  404   404    404   404    404   200    200
moderation:broker_ask              GET   404  404   404    404   404    404   200    200
moderation:together                GET   404  404   404    404   404    404   200    200
moderation:region_pages            GET   404  404   404    404   404    200   200    200
moderation:region_page             GET   404  404   404    404   404    404   200    200
moderation:weights                 GET   404  404   404    404   404    404   404    200
moderation:weight_set              GET   404  404   404    404   404    404   404    200
moderation:apply_weights           POST  404  404   404    404   404    404   404    422
moderation:bring_back_weights      POST  404  404   404    404   404    404   404    302

campaigns:list                     GET   404  404   404    404   404    200   200    200
campaigns:new                      GET   404  404   404    404   404    200   200    200
campaigns:detail                   GET   404  404   404    404   404    404   200    200
campaigns:edit                     GET   404  404   404    404   404    404   200    200
campaigns:close                    GET   404  404   404    404   404    404   200    200
campaigns:sessions                 GET   404  404   404    404   404    404   200    200
campaigns:requests                 GET   404  404   404    404   404    404   200    200
campaigns:bounds                   GET   404  404   404    404   404    404   200    200
campaigns:start                    POST  404  404   404    404   404    404   302    302
campaigns:round                    GET   404  404   404    404   404    404   200    200
campaigns:drop                     POST  404  404   404    404   404    404   302    302
campaigns:publish                  GET   404  404   404    404   404    404   200    200
campaigns:award                    POST  404  404   404    404   404    404   302    302
campaigns:release                  POST  404  404   404    404   404    404   302    302

mail:unsubscribe                   GET   200  200   200    200   200    200   200    200
mail:unsubscribe|forged            GET   404  404   404    404   404    404   404    404
mail:preferences                   GET   200  200   200    200   200    200   200    200
mail:preferences|forged            GET   404  404   404    404   404    404   404    404
mail:ask_again                     POST  302  302   302    302   302    302   302    302
mail:ask_again|forged              POST  404  404   404    404   404    404   404    404
mail:again                         GET   200  200   200    200   200    200   200    200
mail:again|forged                  GET   404  404   404    404   404    404   404    404
mail:webhook                       POST  404  404   404    404   404    404   404    404
mail:own_preferences               GET   in   302   302    302   302    302   302    302

mail_desk:index                    GET   404  404   404    404   404    404   404    200
mail_desk:addresses                GET   404  404   404    404   404    404   404    200
mail_desk:detail                   GET   404  404   404    404   404    404   404    200
mail_desk:html                     GET   404  404   404    404   404    404   404    200
mail_desk:act                      POST  404  404   404    404   404    404   404    400
mail_desk:act_on_many              POST  404  404   404    404   404    404   404    400
mail_desk:act_on_address           POST  404  404   404    404   404    404   404    400
mail_desk:open_lane                POST  404  404   404    404   404    404   404    302

accounts:profile                   GET   in   200   200    200   200    200   200    200
accounts:export                    GET   in   200   200    200   200    302   302    302
accounts:delete                    GET   in   200   200    200   200    302   302    302
accounts:no_password               GET   404  404   404    404   404    404   404    404
account_change_password            GET   404  404   404    404   404    404   404    404
account_set_password               GET   404  404   404    404   404    404   404    404
account_reset_password             GET   404  404   404    404   404    404   404    404
account_reset_password_done        GET   404  404   404    404   404    404   404    404
account_reset_password_from_key    GET   404  404   404    404   404    404   404    404
account_reset_password_from_key_done GET 404  404   404    404   404    404   404    404
account_login                      GET   200  302   302    302   302    302   302    302
account_request_login_code         GET   200  302   302    302   302    302   302    302
account_confirm_login_code         GET   302  302   302    302   302    302   302    302
account_signup                     GET   200  302   302    302   302    302   302    302
account_logout                     GET   302  200   200    200   200    200   200    200
account_inactive                   GET   200  200   200    200   200    200   200    200
account_email_verification_sent    GET   in   302   302    302   302    302   302    302
account_reauthenticate             GET   in   403   403    403   403    302   302    302
account_email                      GET   in   200   200    200   200    200   200    200
usersessions_list                  GET   in   200   200    200   200    200   200    200
mfa_index                          GET   in   200   200    200   200    200   200    200
mfa_authenticate                   GET   in   302   302    302   302    302   302    302
mfa_reauthenticate                 GET   in   403   403    403   403    200   200    200
mfa_activate_totp                  GET   in   200   200    200   200    302   302    302
mfa_deactivate_totp                GET   in   404   404    404   404    302   302    302
mfa_view_recovery_codes            GET   in   404   404    404   404    404   404    404
mfa_generate_recovery_codes        GET   in   200   200    200   200    302   302    302
mfa_download_recovery_codes        GET   in   404   404    404   404    404   404    404
mfa_list_webauthn                  GET   in   200   200    200   200    200   200    200
mfa_add_webauthn                   GET   in   200   200    200   200    302   302    302
mfa_reauthenticate_webauthn        GET   in   403   403    403   403    302   302    302
mfa_remove_webauthn                GET   in   404   404    404   404    302   302    302
mfa_edit_webauthn                  GET   in   404   404    404   404    302   302    302
mfa_login_webauthn                 GET   in   302   302    302   302    302   302    302
"""


def rows():
    for line in filter(None, TABLE.splitlines()):
        name, method, *answers = line.split()
        # In the table the other moderator stands first, as with schools and companies.
        answers[5], answers[6] = answers[6], answers[5]
        yield name, method, dict(zip(ROLES, answers, strict=True))


QUERIES = {
    "requests:for_school": "?school={world.school.code}",
    "bookings:ask": "?vraag={world.unasked.uuid}",
}

# Only while developing; `test_post` of the mail looks at them.
DEVELOPMENT = ("post:",)


def names(patterns=None, spaces=()):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern) and each.name:
            yield ":".join((*spaces, each.name))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One for all: every answer takes back what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = make_world()
        found.sessions = {role: session_of(person) for role, person in found.people.items() if person}
        yield found
        transaction.set_rollback(True)


def session_of(person):
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def bare_404(monkeypatch):
    """Half of the answers; its page is drawn for every role in a test of its own."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponse(status=404), raising=False)


def make_world():
    here = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    board = BoardFactory()
    school = SchoolFactory(municipality=here, board=board)
    provider = ProviderFactory(municipality=here, kvk="12345678")
    owner = UserFactory()
    asked = RequestFactory(school=school, contact=UserFactory())
    public = ActivityFactory(provider=provider, regions=["NL-ZE"])
    mine = MembershipFactory(user=owner, provider=provider)
    unasked = RequestFactory(school=school, contact=UserFactory())
    Match.objects.create(request=unasked, activity=public, score=70, placed_at=timezone.now())
    renew_waiting(request_id=unasked.pk)
    waiting = ProviderFactory(municipality=here, status=Provider.Status.PENDING)
    MembershipFactory(user=owner, provider=waiting)
    return SimpleNamespace(
        school=school,
        provider=provider,
        waiting=waiting,
        asked=asked,
        unasked=unasked,
        task=open_task(kind=Task.Kind.WAITING, about=unasked),
        booking=BookingFactory(request=asked, activity=public),
        done=happened(
            request=RequestFactory(school=school, contact=asked.contact, status=Request.Status.FULFILLED),
            activity=public,
            series=Series.objects.create(kind=Series.Kind.ROW),
        ),
        plan=a_plan(school, public),
        survey=TermSurvey.objects.create(side="school", email="a@b.nl", term="2026-1", bookings=1),
        agreed=an_agreed(asked, public),
        feed=CalendarFeed.objects.create(email="juf@school.example"),
        fresh=RequestFactory(school=school, contact=None, status=Request.Status.UNCONFIRMED),
        public=public,
        draft=ActivityFactory(provider=provider, draft=True, regions=["NL-ZE"]),
        submitted=ActivityFactory(provider=provider, submitted=True, regions=["NL-ZE"]),
        match=Match.objects.create(request=asked, activity=public, score=80, placed_at=timezone.now()),
        weights=WeightSet.objects.create(values={"distance": 50}, note="Dichtbij eerst"),
        claim=MembershipFactory(school=school, status=Membership.Status.PENDING),
        attention=Attention.objects.create(provider=provider, reason=Attention.Reason.LAST_MEMBER_LEFT),
        invitation=invite(membership=mine, email="collega@elders.nl"),
        award=an_award(asked, public),
        alert=a_saved(),
        unconfirmed=a_saved(email="nieuw@school.example", state="unconfirmed"),
        favourite=Favourite.objects.create(school=school, activity=public, user=owner),
        mail=OutgoingMailFactory(),
        people=people(owner, school),
    )


def an_agreed(asked, public):
    """A booking of which the day is settled."""
    booking = BookingFactory(request=asked, activity=public, part=2, date=timezone.localdate())
    Booking.objects.filter(pk=booking.pk).update(state="agreed", turn="")
    booking.refresh_from_db()
    return booking


def a_plan(school, activity):
    """Of a partnership that stands."""
    partnership = Partnership.objects.create(
        school=school, provider=activity.provider, proposed_by="school", accepted_at=timezone.now()
    )
    return Plan.objects.create(partnership=partnership, year=2026, activity=activity)


def an_award(asked, activity):
    """A place that a campaign in the region gave."""
    campaign = CampaignFactory()
    session = CampaignSessionFactory(campaign=campaign, session__activity=activity).session
    CampaignRequestFactory(campaign=campaign, request=asked)
    return AwardFactory(round__campaign=campaign, request=asked, session=session, given=True)


def people(owner, school):
    trusted = {
        "moderator": UserFactory(moderates=[Region.objects.get(code="NL-ZE")]),
        "other_moderator": UserFactory(moderates=[Region.objects.get(code="NL-DR")]),
        "administrator": AdministratorFactory(),
    }
    for user in trusted.values():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return trusted | {
        "anonymous": None,
        "own_school": MembershipFactory(school=school).user,
        "other_school": MembershipFactory(school=SchoolFactory(), user=UserFactory()).user,
        "own_company": owner,
        "other_company": MembershipFactory(provider=ProviderFactory(), user=UserFactory()).user,
    }


def arguments(name, world):
    draft, colleagues = [world.draft.slug], ["aanbieder", world.provider.slug]
    asked, match = [world.asked.uuid], [world.match.pk]
    alert, forged = [world.alert.uuid], [uuid4()]
    campaign = [world.award.round.campaign.slug]
    proposal = [*campaign, world.award.round.number]
    return {
        "pages:region": ["zeeland"],
        "pages:sitemap_section": ["aanbod"],
        "activities:region": ["zeeland"],
        "activities:theme": ["robotica"],
        "activities:region_theme": ["zeeland", "robotica"],
        "moderation:region_page": ["zeeland"],
        "favourites:keep": [world.public.slug],
        "favourites:keep|draft": draft,
        "favourites:drop": [world.public.slug],
        "favourites:drop|draft": draft,
        "favourites:note": [world.public.slug],
        "old-programme": ["mini-zonnebootrace"],
        "activities:detail": [world.public.slug],
        "activities:detail|draft": draft,
        "activities:edit_start": draft,
        "activities:edit": [*draft, "wat"],
        "activities:act": draft,
        "saved:manage": alert,
        "saved:manage|forged": forged,
        "saved:act": alert,
        "saved:act|forged": forged,
        "saved:change": alert,
        "saved:change|forged": forged,
        "saved:less": [*alert, world.public.slug],
        "saved:less|forged": [*forged, world.public.slug],
        "saved:confirm": [world.unconfirmed.uuid],
        "saved:confirm|forged": forged,
        "saved:pause": alert,
        "saved:pause|forged": forged,
        "saved:stop": alert,
        "saved:stop|forged": forged,
        "saved:wanted": alert,
        "saved:wanted|forged": forged,
        "requests:confirm": [confirm_token(world.fresh.uuid)],
        "requests:confirm|forged": ["vals"],
        "requests:resend": [confirm_token(world.fresh.uuid)],
        "requests:resend|forged": ["vals"],
        "requests:detail": asked,
        "requests:edit": asked,
        "requests:extend": asked,
        "requests:withdraw": asked,
        "matches:request": asked,
        "matches:loosen": asked,
        "matches:put_back": asked,
        "matches:activity": [world.public.slug],
        "matches:decline": match,
        "matches:ask": match,
        "matches:offer": match,
        "bookings:ask": [world.public.slug],
        "bookings:offer": [world.unasked.uuid, world.public.slug],
        "bookings:detail": [world.booking.uuid],
        "bookings:step": [world.booking.uuid, "nee"],
        "bookings:take_over": [world.booking.uuid],
        "bookings:queue": [world.public.slug],
        "bookings:sheet": [world.agreed.uuid],
        "bookings:booking_file": [world.agreed.uuid],
        "bookings:link": [link_token(world.agreed, "school", "page")],
        "bookings:link|forged": ["vals"],
        "bookings:link_done": [link_token(world.agreed, "school", "page")],
        "bookings:link_done|forged": ["vals"],
        "bookings:link_colleague": [link_token(world.agreed, "school", "page")],
        "bookings:link_colleague|forged": ["vals"],
        "bookings:link_code": [link_token(world.agreed, "school", "page"), "vals"],
        "bookings:concern_by_link": [link_token(world.agreed, "school", "page")],
        "bookings:concern_by_link|forged": ["vals"],
        "bookings:messages": [world.agreed.uuid],
        "bookings:concern": [world.agreed.uuid],
        "bookings:sheet_by_link": [link_token(world.agreed, "school", "change")],
        "bookings:sheet_by_link|forged": ["vals"],
        "bookings:link_ask": [link_token(world.agreed, "school", "page")],
        "bookings:link_ask|forged": ["vals"],
        "bookings:feed_by_link": [link_token(world.agreed, "school", "page")],
        "bookings:feed_by_link|forged": ["vals"],
        "bookings:feed": [world.feed.token],
        "bookings:feed|forged": ["vals"],
        "bookings:feed_manage": [world.feed.token],
        "bookings:feed_manage|forged": ["vals"],
        "bookings:report": [world.done.uuid],
        "bookings:survey": [world.survey.uuid],
        "bookings:survey|forged": forged,
        "bookings:stop_surveys": [world.survey.uuid],
        "bookings:stop_surveys|forged": forged,
        "bookings:again": [world.done.uuid],
        "bookings:again_by_link": [link_token(world.done, "school", "page")],
        "bookings:again_by_link|forged": ["vals"],
        "bookings:classes": [world.done.uuid],
        "bookings:row": [world.done.uuid],
        "bookings:classes_of_request": [world.unasked.uuid, world.public.slug],
        "bookings:row_of_request": [world.unasked.uuid, world.public.slug],
        "bookings:series": [world.done.series_id],
        "bookings:record": colleagues,
        "bookings:record|school": ["school", world.school.code],
        "bookings:record_file": colleagues,
        "bookings:record_file|school": ["school", world.school.code],
        "bookings:propose_partnership": [world.done.uuid],
        "bookings:partnership": [world.plan.partnership.uuid],
        "bookings:act_partnership": [world.plan.partnership.uuid],
        "bookings:drop_plan": [world.plan.partnership.uuid, world.plan.pk],
        "bookings:ask_plan": [world.plan.partnership.uuid, world.plan.pk],
        "bookings:waiting": [world.unasked.uuid],
        "bookings:waiting_link": [waiting_url(world.unasked).split("/")[-2]],
        "bookings:waiting_link|forged": ["vals"],
        "organisations:claim": [world.school.code],
        "organisations:provider": [world.provider.slug],
        "organisations:provider|waiting": [world.waiting.slug],
        "organisations:edit_provider": [world.provider.slug],
        "organisations:pause_provider": [world.provider.slug],
        "organisations:members": colleagues,
        "organisations:leave": colleagues,
        "organisations:withdraw_invitation": [*colleagues, world.invitation.pk],
        "organisations:accept_invitation": [world.invitation.token],
        "moderation:activity": [world.submitted.slug],
        "moderation:provider": [world.waiting.slug],
        "moderation:claim": [world.claim.pk],
        "moderation:settle": [world.attention.pk],
        "moderation:task": [world.task.pk],
        "moderation:waiting_one": [world.unasked.uuid],
        "moderation:hand_over": [world.unasked.uuid],
        "moderation:broker": [world.unasked.uuid],
        "moderation:broker_ask": [world.unasked.uuid, world.public.slug],
        "moderation:together": [world.unasked.uuid, world.public.slug],
        "moderation:weight_set": [world.weights.pk],
        "moderation:apply_weights": [world.weights.pk],
        "moderation:bring_back_weights": [world.weights.pk],
        "campaigns:detail": campaign,
        "campaigns:edit": campaign,
        "campaigns:close": campaign,
        "campaigns:sessions": campaign,
        "campaigns:requests": campaign,
        "campaigns:bounds": [*campaign, world.award.round.campaign.asked.get().pk],
        "campaigns:start": campaign,
        "campaigns:round": proposal,
        "campaigns:drop": proposal,
        "campaigns:publish": proposal,
        "campaigns:award": [*proposal, world.award.pk],
        "campaigns:release": [*campaign, 1],
        "mail_desk:detail": [world.mail.uuid],
        "mail_desk:html": [world.mail.uuid],
        "mail_desk:act": [world.mail.uuid],
        "mail:unsubscribe": [address_token("a@b.nl", Group.MATCHES)],
        "mail:preferences": [address_token("a@b.nl")],
        "mail:unsubscribe|forged": ["vals"],
        "mail:preferences|forged": ["vals"],
        "mail:ask_again": [address_token("a@b.nl")],
        "mail:ask_again|forged": ["vals"],
        "mail:again": [again_token("a@b.nl")],
        "mail:again|forged": ["vals"],
        # No service is set: nobody is listened to.
        "mail:webhook": ["postmark"],
        "account_reset_password_from_key": ["1", "x"],
        "mfa_remove_webauthn": [1],
        "mfa_edit_webauthn": [1],
    }.get(name, [])


def answer(client, method, address):
    """What a visitor gets, written as in the table; what it did to the database is taken back."""
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    if response.headers.get("Location", "").split("?")[0] == reverse("account_login"):
        return "in"
    return str(response.status_code)


def clients(world):
    for role in ROLES:
        client = Client()
        if role in world.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
        yield role, client


@pytest.mark.usefixtures("bare_404")
@pytest.mark.parametrize(("name", "method", "expected"), [pytest.param(*row, id=row[0]) for row in rows()])
def test_every_role_gets_what_the_table_says(world, name, method, expected):
    """And what somebody cannot see, that person cannot change either."""
    address = reverse(name.partition("|")[0], args=arguments(name, world)) + QUERIES.get(name, "").format(world=world)
    found, changed = {}, {}
    for role, client in clients(world):
        found[role] = answer(client, method, address)
        if found[role] in ("404", "in"):
            changed[role] = answer(client, "POST", address)
    assert found == expected
    assert {role: each for role, each in changed.items() if each not in (expected[role], "405")} == {}


def test_what_is_not_there_is_a_page_for_every_role(world):
    for role, client in clients(world):
        response = client.get("/niets/")
        assert response.status_code == 404, role
        assert "404.html" in [template.name for template in response.templates], role


def test_settling_what_is_of_another_region_changes_nothing(world):
    client = dict(clients(world))["other_moderator"]
    client.post(reverse("moderation:settle", args=[world.attention.pk]))
    world.attention.refresh_from_db()
    assert world.attention.settled_at is None


def test_every_address_is_in_the_table():
    listed = {name.partition("|")[0] for name, _method, _expected in rows()}
    there = {name for name in names() if not name.startswith(("admin:", *DEVELOPMENT))}
    assert there - listed == set()
    assert listed - there == set()


def admin_addresses():
    return sorted({address for name in names() if name.startswith("admin:") if (address := _admin_address(name))})


def _admin_address(name):
    for args in ([], ["1"], [1, 1], ["auth"]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return None


@pytest.mark.usefixtures("bare_404")
def test_the_administration_is_for_administrators(world):
    lists = {reverse(name) for name in names() if name.startswith("admin:") and name.endswith("_changelist")}
    for role, client in clients(world):
        for address in admin_addresses():
            found = answer(client, "GET", address)
            if role == "anonymous":
                assert found in ("in", "302", "404"), (role, address)
            elif role != "administrator" and address != "/beheer/login/":
                assert found == "404", (role, address)
            elif address in lists:
                assert found == "200", address
