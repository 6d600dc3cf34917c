import pytest
from django.utils import timezone

from techfinder.organisations import actions
from techfinder.organisations.access import organisations_of, school_ids_of
from techfinder.organisations.models import Attention, Membership
from tests.factories.accounts import UserFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db
ACTIVE, PENDING = Membership.Status.ACTIVE, Membership.Status.PENDING


def test_mail_of_the_schools_own_domain_is_verified_at_once(client):
    school = SchoolFactory(website="www.deschool.nl")
    user = UserFactory(email="juf@deschool.nl")
    client.force_login(user)
    assert client.post(f"/organisatie/school/{school.code}/", {"scope": "school"}).status_code == 302
    assert Membership.objects.get().status == ACTIVE
    assert organisations_of(user) == [school]


def test_other_mail_waits_for_a_moderator_and_opens_nothing(client):
    school = SchoolFactory(website="www.deschool.nl")
    user = UserFactory(email="juf@elders.nl")
    client.force_login(user)
    client.post(f"/organisatie/school/{school.code}/", {"scope": "school"})
    assert Membership.objects.get().status == PENDING
    assert (organisations_of(user), school_ids_of(user)) == ([], set())


def test_board_always_waits_and_then_acts_for_all_its_schools(client):
    board = BoardFactory()
    first, second = SchoolFactory.create_batch(2, board=board, website="www.deschool.nl")
    SchoolFactory()
    user = UserFactory(email="baas@deschool.nl")
    client.force_login(user)
    client.post(f"/organisatie/school/{first.code}/", {"scope": "board"})
    membership = Membership.objects.get()
    assert (membership.status, membership.board) == (PENDING, board)
    assert actions.verify_membership(membership=membership)
    assert school_ids_of(user) == {first.pk, second.pk}


def test_a_school_without_a_board_offers_no_board(client):
    school = SchoolFactory(board=None)
    client.force_login(UserFactory())
    response = client.post(f"/organisatie/school/{school.code}/", {"scope": "board"})
    assert response.status_code == 422
    assert not Membership.objects.exists()


def test_a_closed_school_cannot_be_claimed(client):
    school = SchoolFactory(closed_at=timezone.localdate())
    client.force_login(UserFactory())
    assert client.get(f"/organisatie/school/{school.code}/").status_code == 404
    with pytest.raises(actions.RefusedError):
        actions.claim_school(user=UserFactory(), school=school)


def test_claiming_twice_is_one_claim_and_a_refusal_stays():
    user, school = UserFactory(), SchoolFactory()
    first = actions.claim_school(user=user, school=school)
    assert actions.claim_school(user=user, school=school) == first
    assert actions.reject_membership(membership=first)
    assert actions.claim_school(user=user, school=school).status == Membership.Status.REJECTED


def test_claims_that_wait_are_limited():
    user = UserFactory()
    for _each in range(actions.MAX_WAITING_CLAIMS):
        actions.claim_school(user=user, school=SchoolFactory())
    with pytest.raises(actions.RefusedError):
        actions.claim_school(user=user, school=SchoolFactory())


def test_the_second_moderator_hears_that_it_was_decided():
    claim = actions.claim_school(user=UserFactory(), school=SchoolFactory())
    seen_by_other = Membership.objects.get(pk=claim.pk)
    assert actions.verify_membership(membership=claim)
    assert not actions.reject_membership(membership=seen_by_other)
    assert Membership.objects.get().status == ACTIVE


def test_leaving_tells_the_moderator_only_of_the_last(client):
    provider = ProviderFactory()
    first, second = MembershipFactory.create_batch(2, provider=provider)
    client.force_login(first.user)
    assert "laatste" not in client.get(f"/organisatie/aanbieder/{provider.slug}/mensen/verlaten/").content.decode()
    client.post(f"/organisatie/aanbieder/{provider.slug}/mensen/verlaten/")
    assert not Attention.objects.exists()
    actions.leave(membership=second)
    attention = Attention.objects.get()
    assert (attention.provider, attention.reason) == (provider, Attention.Reason.LAST_MEMBER_LEFT)


def test_taking_back_a_claim_is_no_matter_for_the_moderator():
    claim = actions.claim_school(user=UserFactory(), school=SchoolFactory())
    actions.leave(membership=claim)
    assert not Attention.objects.exists()


def test_search_finds_by_name_and_town_whatever_the_accents(client):
    school = SchoolFactory(
        name="Basisschool Het Één", city="Sint Annaland", search_name="basisschool het een sint annaland"
    )
    client.force_login(UserFactory())
    page = client.get("/organisatie/school/", {"q": "één annaland"}).content.decode()
    assert f"/organisatie/school/{school.code}/" in page


@pytest.mark.parametrize("query", ["", "   ", "'; DROP", "%", "x" * 500, "\x00"])
def test_search_takes_anything(client, query):
    SchoolFactory()
    assert client.get("/organisatie/scholen/zoeken/", {"q": query}).status_code == 200


def test_search_speaks_json_to_the_type_ahead(client):
    SchoolFactory(name="De Loefzijde", city="Arnemuiden", code="12AB00", search_name="de loefzijde arnemuiden")
    response = client.get("/organisatie/scholen/zoeken/", {"q": "loef"}, headers={"Accept": "application/json"})
    result = response.json()["results"][0]
    assert (result["id"], result["label"]) == ("12AB00", "De Loefzijde")
    assert "Arnemuiden" in result["detail"]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_number_of_queries(client, django_assert_num_queries, count):
    user = UserFactory()
    for _each in range(count):
        MembershipFactory(user=user, provider=ProviderFactory())
    client.force_login(user)
    client.get("/organisatie/")
    with django_assert_num_queries(5):
        client.get("/organisatie/")
