import re
import threading

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.urls import reverse

from techfinder.activities import actions as activities
from techfinder.activities.models import Activity
from techfinder.mail.models import OutgoingMail
from techfinder.moderation import actions
from techfinder.moderation.models import Decision
from techfinder.organisations.models import Attention, Membership, Provider
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def enter(client, user):
    """Moderators have a second factor; without it they see nothing but its set-up."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)
    return user


@pytest.fixture
def vlissingen():
    return RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"))


@pytest.fixture
def moderator(client, vlissingen):
    return enter(client, UserFactory(name="Marijke Moderator", moderates=[Region.objects.get(code="NL-ZE")]))


@pytest.fixture
def waiting(vlissingen):
    provider = ProviderFactory(municipality=vlissingen)
    MembershipFactory(provider=provider, user__email="bedrijf@example.com")
    return ActivityFactory(submitted=True, provider=provider, title="Windmolen", regions=["NL"])


def page_of(activity):
    return reverse("moderation:activity", args=[activity.slug])


def decide(client, activity, verdict, **more):
    seen = activity.submitted_at.isoformat() if activity.submitted_at else ""
    return client.post(page_of(activity), {"verdict": verdict, "seen": seen, **more})


def test_approve_makes_public_and_mails_the_members(client, moderator, waiting):
    assert client.get(waiting.get_absolute_url()).context["is_public"] is False
    assert decide(client, waiting, "approved", message="Mooi aanbod").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.status, waiting.version, waiting.submitted_at) == ("published", 2, None)
    client.logout()
    assert client.get(waiting.get_absolute_url()).status_code == 200
    mail = OutgoingMail.objects.get()
    assert mail.to == "bedrijf@example.com"
    assert "Windmolen" in mail.subject
    assert "Mooi aanbod" in mail.text
    assert "Mooi aanbod" in mail.html


@pytest.mark.parametrize("verdict", ["changes", "rejected"])
def test_a_question_and_a_no_can_be_answered_by_mail(client, moderator, waiting, verdict):
    decide(client, waiting, verdict, message="Hoe lang duurt het?", reason="unclear")
    mail = OutgoingMail.objects.get()
    assert mail.reply_to == moderator.email
    assert "antwoord gaat naar de moderator" in mail.text


def test_a_yes_asks_for_no_answer(client, moderator, waiting):
    decide(client, waiting, "approved")
    mail = OutgoingMail.objects.get()
    assert mail.reply_to == ""
    assert "antwoord gaat naar de moderator" not in mail.text


def test_ask_for_a_change_sends_it_back(client, moderator, waiting):
    assert decide(client, waiting, "changes").status_code == 422
    assert decide(client, waiting, "changes", message="Hoe lang duurt het?").status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "changes"
    assert "Hoe lang duurt het?" in OutgoingMail.objects.get().text
    assert activities.submit(activity=waiting)


def test_reject_needs_a_reason_and_other_needs_a_text(client, moderator, waiting):
    assert decide(client, waiting, "rejected").status_code == 422
    assert decide(client, waiting, "rejected", reason="other").status_code == 422
    assert decide(client, waiting, "nonsense").status_code == 422
    assert not Decision.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert decide(client, waiting, "rejected", reason="unclear").status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == "rejected"


def test_second_moderator_is_told_what_happened_and_by_whom(client, moderator, waiting):
    decide(client, waiting, "approved")
    enter(client, AdministratorFactory())
    response = decide(client, waiting, "rejected", reason="unclear")
    assert response.status_code == 409
    assert "Marijke Moderator" in response.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "published"
    assert OutgoingMail.objects.count() == Decision.objects.count() == 1


def test_decision_on_an_older_text_is_not_kept(client, moderator, waiting):
    activities.save_step(activity=waiting, values={"description": "Een andere tekst"})
    assert decide(client, waiting, "approved").status_code == 409
    waiting.refresh_from_db()
    assert waiting.status == "submitted"


@pytest.mark.parametrize(
    "seen", ["", "gisteren", "2026-11-20T10:00:00", "9999-99-99T00:00:00+00:00", "0001-01-01T00:00:00+14:00"]
)
def test_forged_moment_settles_nothing(client, moderator, waiting, seen):
    response = client.post(page_of(waiting), {"verdict": "approved", "seen": seen})
    assert response.status_code in (409, 422)
    waiting.refresh_from_db()
    assert waiting.status == "submitted"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_decision(waiting):
    users = [AdministratorFactory(), AdministratorFactory()]
    results = []

    def run(user):
        try:
            results.append(
                actions.decide_activity(
                    activity_id=waiting.pk, seen=waiting.submitted_at, moderator=user, verdict="approved"
                )
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result is None for result in results) == [False, True]
    assert Decision.objects.count() == OutgoingMail.objects.count() == 1


def test_change_of_what_is_public_waits_and_is_shown_as_a_difference(client, moderator, waiting):
    Activity.objects.update(status="published", submitted_at=None, levels=["po-7", "po-8"])
    session = SessionFactory(activity=waiting, taken=5)
    row = {"date": session.date, "start": None, "end": None, "seats": 50}
    changed = activities.save_step(
        activity=waiting,
        values={"levels": ["po-6", "po-7", "po-8"], "description": "Voor groep 7 en 8."},
        sessions=[row],
    )
    public = client.get(waiting.get_absolute_url()).content.decode()
    assert "Groep 7-8" in public
    assert "Groep 6-7-8" not in public
    assert "Voor groep 7 en 8." not in public
    body = client.get(page_of(waiting)).content.decode()
    assert "Voor <mark" in body
    assert "groep 6-8" in body
    assert decide(client, changed, "approved").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.levels, waiting.pending, waiting.version) == (["po-6", "po-7", "po-8"], None, 2)
    session.refresh_from_db()
    assert (session.seats, session.taken) == (50, 5)


def test_change_that_came_back_can_be_sent_again(client, moderator, waiting):
    Activity.objects.update(status="published", submitted_at=None)
    changed = activities.save_step(activity=waiting, values={"title": "Grote windmolen"})
    decide(client, changed, "changes", message="Hoe groot?")
    assert client.get(reverse("moderation:queue")).context["items"] == []
    client.force_login(waiting.provider.membership_set.get().user)
    assert client.post(reverse("activities:edit", args=[waiting.slug, "controle"])).status_code == 302
    waiting.refresh_from_db()
    assert waiting.submitted_at
    assert (waiting.status, waiting.pending) == ("published", {"title": "Grote windmolen"})


def test_rejected_change_leaves_the_public_text(client, moderator, waiting):
    Activity.objects.update(status="published", submitted_at=None)
    changed = activities.save_step(activity=waiting, values={"title": "Koop nu"})
    decide(client, changed, "rejected", reason="advertising")
    waiting.refresh_from_db()
    assert (waiting.title, waiting.status, waiting.pending) == ("Windmolen", "published", None)
    assert "blijft" in OutgoingMail.objects.get().text


def test_provider_is_verified_and_its_offers_become_public(client, moderator, vlissingen):
    provider = ProviderFactory(status=Provider.Status.PENDING, municipality=vlissingen)
    MembershipFactory(provider=provider)
    activity = ActivityFactory(provider=provider)
    url = reverse("moderation:provider", args=[provider.slug])
    assert client.get(url).status_code == 200
    assert client.get("/aanbod/").context["count"] == 0
    assert client.post(url, {"verdict": "approved"}).status_code == 302
    assert client.get("/aanbod/").context["count"] == 1
    activity.refresh_from_db()
    assert activity.version > 1
    assert client.post(url, {"verdict": "rejected", "reason": "unknown_party"}).status_code == 409
    assert OutgoingMail.objects.count() == 1


def test_claim_of_a_school_is_accepted(client, moderator, vlissingen):
    claim = MembershipFactory(school=SchoolFactory(municipality=vlissingen), status=Membership.Status.PENDING)
    url = reverse("moderation:claim", args=[claim.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"verdict": "approved"}).status_code == 302
    claim.refresh_from_db()
    assert claim.status == "active"
    assert OutgoingMail.objects.get().to == claim.user.email
    assert client.post(url, {"verdict": "approved"}).status_code == 409


def test_attention_is_settled_once(client, moderator, vlissingen):
    row = Attention.objects.create(provider=ProviderFactory(municipality=vlissingen), reason="last_member_left")
    queue = client.get(reverse("moderation:queue"), {"soort": "aandacht"})
    assert [item["settle"] for item in queue.context["items"]] == [row.pk]
    client.post(reverse("moderation:settle", args=[row.pk]))
    row.refresh_from_db()
    assert row.settled_by == moderator
    assert client.post(reverse("moderation:settle", args=[row.pk])).status_code == 302


def test_moderator_sees_only_own_regions_and_strangers_nothing(client, moderator, waiting):
    elsewhere = ActivityFactory(submitted=True, regions=["NL-DR"])
    offered_here = ActivityFactory(submitted=True, regions=["GM0718"])
    titles = {item["title"] for item in client.get(reverse("moderation:queue")).context["items"]}
    assert titles == {"Windmolen", offered_here.title}
    assert client.get(page_of(elsewhere)).status_code == 404
    assert decide(client, elsewhere, "approved").status_code == 404
    for stranger in (UserFactory(), None):
        client.logout()
        if stranger:
            client.force_login(stranger)
        for url in (reverse("moderation:queue"), page_of(waiting), waiting.get_absolute_url()):
            assert client.get(url).status_code == 404
    enter(client, AdministratorFactory())
    assert len(client.get(reverse("moderation:queue")).context["items"]) == 3


def test_history_says_who_did_what(client, moderator, waiting):
    decide(client, waiting, "approved")
    Activity.objects.filter(pk=waiting.pk).update(title="In bulk")
    events = client.get(page_of(waiting)).context["history"]
    assert [event.who for event in events if "gepubliceerd" in event.what] == ["Marijke Moderator"]
    assert "titel" in events[0].what


def test_text_of_a_provider_is_escaped_around_the_mark(client, moderator, waiting):
    Activity.objects.update(description="<script>alert(1)</script> groep 3 & 4")
    body = client.get(page_of(waiting)).content.decode()
    assert "<script>alert" not in body
    assert re.search(r"&lt;script&gt;alert.*<mark", body)


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_queue_is_constant(client, moderator, vlissingen, django_assert_num_queries, count):
    for _ in range(count):
        ActivityFactory(submitted=True, provider=ProviderFactory(municipality=vlissingen))
    with django_assert_num_queries(21):
        assert len(client.get(reverse("moderation:queue")).context["items"]) == count


def test_moderator_sees_the_picture_and_not_its_file_name(client, moderator, waiting):
    Activity.objects.update(picture="activities/0123.webp", picture_alt="Een windmolen")
    response = client.get(page_of(waiting))
    body = response.content.decode()
    assert 'src="/media/activities/0123.webp" alt="Een windmolen"' in body
    assert "activities/0123.webp" not in [row.new for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("posted", "faulty"),
    [
        ({}, ["verdict"]), ({"verdict": "x"}, ["verdict"]), ({"verdict": "rejected", "reason": "x"}, ["reason"]),
        ({"verdict": "changes", "message": "x" * 3000}, ["message"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_decision_is_said_once(client, moderator, waiting, posted, faulty):
    response = client.post(page_of(waiting), {"seen": waiting.submitted_at.isoformat(), **posted})
    assert response.status_code == 422
    assert {name: len(errors) for name, errors in response.context["form"].errors.items()} == {faulty[0]: 1}


def test_a_length_is_one_row_with_its_unit(client, moderator, waiting):
    Activity.objects.update(duration_amount=90, duration_unit="minutes")
    told = [row.new for row in client.get(page_of(waiting)).context["rows"]]
    assert "90 minuten" in told
    assert "minuten" not in told
    Activity.objects.update(status="published", pending={"duration_amount": "2", "duration_unit": "hours"})
    changed = client.get(page_of(waiting)).context["rows"]
    assert [(row.old, row.new) for row in changed] == [("90 minuten", "2 uur")]


def test_moderator_sees_the_logo_and_who_has_the_same_number(client, moderator, vlissingen):
    ProviderFactory(name="Zilt", city="Goes", kvk="12345678")
    pending = ProviderFactory(status="pending", municipality=vlissingen, kvk="12345678", logo="logos/1.webp")
    response = client.get(reverse("moderation:provider", args=[pending.slug]))
    assert "Zilt (Goes)" in dict(response.context["facts"])["Heeft ook dit nummer"]
    assert 'src="/media/logos/1.webp"' in response.content.decode()
    Provider.objects.exclude(pk=pending.pk).update(kvk="87654321")
    response = client.get(reverse("moderation:provider", args=[pending.slug]))
    assert "Heeft ook dit nummer" not in dict(response.context["facts"])
