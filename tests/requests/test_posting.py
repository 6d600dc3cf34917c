import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts import codes
from techfinder.accounts.models import User
from techfinder.mail.models import OutgoingMail
from techfinder.requests import actions
from techfinder.requests.forms import NewRequestForm
from techfinder.requests.models import Request
from techfinder.requests.tokens import confirm_token
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import BoardFactory, MembershipFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return SchoolFactory(name="De Loefzijde", city="Arnemuiden", holiday_region="Zuid")


@pytest.fixture
def question(school):
    return {
        "school": school.code,
        "title": "Zonne-energie: zelf iets bouwen",
        "themes": ["energie"],
        "levels": ["po-7", "po-8"],
        "group_size": "28",
        "date_from": "3 mei 2027",
        "date_until": "2-7-2027",
        "email": "Elke@Deloefzijde.example",
        "name": "Elke",
    }


@pytest.fixture(autouse=True)
def _in_november(time_machine):
    time_machine.move_to("2026-11-20 12:00+01:00")


def code_in_mail():
    mail = OutgoingMail.objects.filter(kind="request_code").latest("id")
    return re.search(r"\b\d{6}\b", mail.text)[0]


def post(client, question, **changes):
    return client.post(reverse("requests:new"), {**question, **changes})


def test_stranger_posts_and_confirms_with_the_code(client, question, school):
    posted = post(client, question)
    request = Request.objects.get()
    assert posted.status_code == 302
    assert posted.url == reverse("requests:confirm", args=[confirm_token(request.uuid)])
    assert request.status == Request.Status.UNCONFIRMED
    assert (request.school, request.contact, request.contact_email) == (school, None, "elke@deloefzijde.example")
    assert (request.levels, request.group_size) == (["po-7", "po-8"], 28)
    assert (request.date_from.isoformat(), request.date_until.isoformat()) == ("2027-05-03", "2027-07-02")
    assert request.audience == ["pupils"]

    code = code_in_mail()
    assert code not in request.code_hash
    assert client.get(posted.url).status_code == 200
    request.refresh_from_db()
    assert request.status == Request.Status.UNCONFIRMED

    confirmed = client.post(posted.url, {"code": f"{code[:3]} {code[3:]}"})
    assert confirmed.status_code == 302
    assert str(request.uuid) in confirmed.url
    request.refresh_from_db()
    assert request.status == Request.Status.OPEN
    assert request.contact.email == "elke@deloefzijde.example"
    assert client.session["_auth_user_id"] == str(request.contact.pk)


def test_known_person_keeps_the_account(client, question):
    elke = UserFactory(email="elke@deloefzijde.example")
    confirmed = client.post(post(client, question).url, {"code": code_in_mail()})
    assert confirmed.status_code == 302
    assert Request.objects.get().contact == elke
    assert User.objects.count() == 1


@pytest.mark.parametrize("kind", ["moderator", "administrator", "inactive"])
def test_the_code_lets_nobody_in_who_needs_more(client, question, kind):
    make = AdministratorFactory if kind == "administrator" else UserFactory
    regions = [RegionFactory()] if kind == "moderator" else []
    make(email="elke@deloefzijde.example", moderates=regions, is_active=kind != "inactive")
    confirmed = client.post(post(client, question).url, {"code": code_in_mail()})
    assert confirmed.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert Request.objects.get().status == Request.Status.OPEN


def test_wrong_code_five_times_voids_it(client, question):
    url = post(client, question).url
    code = code_in_mail()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _attempt in range(codes.ATTEMPTS):
        assert client.post(url, {"code": wrong}).status_code == 422
    assert client.post(url, {"code": code}).status_code == 422
    assert Request.objects.get().status == Request.Status.UNCONFIRMED


def test_old_code_is_refused_and_a_new_one_works(client, question, time_machine):
    url = post(client, question).url
    first = code_in_mail()
    time_machine.shift(timedelta(minutes=61))
    assert client.post(url, {"code": first}).status_code == 422
    client.post(url + "opnieuw/")
    assert client.post(url, {"code": code_in_mail()}).status_code == 302


def test_new_code_at_most_once_a_minute_and_five_times(client, question, time_machine):
    url = post(client, question).url
    client.post(url + "opnieuw/")
    assert Request.objects.get().code_sends == 1
    for _minute in range(10):
        time_machine.shift(timedelta(seconds=61))
        client.post(url + "opnieuw/")
    assert Request.objects.get().code_sends == actions.SENDS_PER_REQUEST


def test_nobody_fills_a_mailbox(client, question):
    answers = [post(client, question).status_code for _time in range(actions.SENDS_PER_ADDRESS + 1)]
    assert answers == [302] * actions.SENDS_PER_ADDRESS + [429]
    assert OutgoingMail.objects.count() == actions.SENDS_PER_ADDRESS


def test_second_click_says_what_happened(client, question):
    url = post(client, question).url
    code = code_in_mail()
    client.post(url, {"code": code})
    client.logout()
    again = client.post(url, {"code": code})
    assert again.status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.get(url).status_code == 302


def test_forged_token_is_404(client):
    assert client.get(reverse("requests:confirm", args=["forged"])).status_code == 404
    gone = confirm_token(RequestFactory.build().uuid)
    assert client.get(reverse("requests:confirm", args=[gone])).status_code == 404


@pytest.mark.parametrize("through", ["school", "board"])
def test_verified_member_needs_no_code(client, question, school, through):
    school.board = BoardFactory()
    school.save()
    member = MembershipFactory(**{through: getattr(school, through) if through == "board" else school}).user
    client.force_login(member)
    posted = post(client, question, email="")
    request = Request.objects.get()
    assert request.status == Request.Status.OPEN
    assert request.contact == member
    assert str(request.uuid) in posted.url
    assert not OutgoingMail.objects.exists()


def test_member_whose_claim_waits_gets_a_code(client, question, school):
    member = MembershipFactory(school=school, status="pending").user
    client.force_login(member)
    post(client, question)
    assert Request.objects.get().status == Request.Status.UNCONFIRMED


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"school": ""}, "school", "Kies je school"),
        ({"school": "99ZZ99"}, "school", "Kies je school"),
        ({"title": " "}, "title", ""),
        ({"levels": []}, "levels", ""),
        ({"levels": ["vo-havo-3"]}, "levels", ""),
        ({"group_size": "0"}, "group_size", ""),
        ({"group_size": "veel"}, "group_size", ""),
        ({"date_from": "31-2-2027"}, "date_from", ""),
        ({"date_from": "1-11-2026"}, "date_from", ""),
        ({"date_until": "2-4-2027"}, "date_until", ""),
        ({"date_until": "2-4-2032"}, "date_until", ""),
        ({"themes": ["energie", "water", "bouw", "ict"]}, "themes", ""),
        ({"themes": ["bestaat-niet"]}, "themes", ""),
        ({"email": "elke"}, "email", ""),
        ({"max_cost": "-1"}, "max_cost", ""),
        ({"goals": "x" * 2001}, "goals", ""),
        ({"title": "nul\x00byte"}, "title", ""),
    ],
)
def test_bad_input_is_422_with_words_and_values(client, question, changes, field, message):
    answer = post(client, question, **changes)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert answer.content.decode().count(str(form.errors[field][0]).split("“")[0][:20]) >= 2
    assert not Request.objects.exists()
    assert "elke" in answer.content.decode().lower()


def test_text_about_a_pupil_is_warned_of_and_kept(client, question):
    text = "Graag hulp voor leerling Jan Jansen, geboren op 3-4-2016"
    answer = post(client, question, goals=text)
    assert answer.status_code == 422
    assert "Jan Jansen" in answer.content.decode()
    assert "no_pupil_data" in answer.content.decode()
    assert post(client, question, goals=text, no_pupil_data="on").status_code == 302
    assert Request.objects.get().goals == text


def test_school_is_found_without_scripts_and_all_is_kept(client, question, school):
    SchoolFactory(name="Een andere", city="Goes", search_name="een andere goes")
    found = post(client, question, school="", school_q="loefzijde", find="1")
    page = found.content.decode()
    assert found.status_code == 200
    assert f'value="{school.code}"' in page
    assert "Een andere" not in page
    assert "Zonne-energie: zelf iets bouwen" in page
    assert 'value="elke@deloefzijde.example"' in page.lower()
    chosen = post(client, question, school_q="loefzijde", choose="1")
    assert 'class="tf-school"' in chosen.content.decode()
    assert re.search(r'value="po-7"[^>]*checked|checked[^>]*value="po-7"', chosen.content.decode())
    assert "vo-havo-3" not in chosen.content.decode()
    assert not Request.objects.exists()


def test_fragment_has_the_classes_and_holidays_of_the_school(client, school):
    page = client.get(reverse("requests:for_school"), {"school": school.code, "levels": ["po-7"]}).content.decode()
    assert 'hx-swap-oob="true"' in page
    assert "De Loefzijde" in page
    assert "10-11" in page
    assert "Zuid" in page
    assert client.get(reverse("requests:for_school"), {"school": "99XX99"}).status_code == 404


def test_address_fills_in_the_form(client):
    page = client.get(reverse("requests:new"), {"thema": "water", "niveau": "vo-havo", "plaats": "Goes"})
    form = page.context["form"]
    assert form.initial["themes"] == ["water"]
    assert form.initial["levels"] == [f"vo-havo-{year}" for year in range(1, 6)]
    assert 'value="Goes"' in page.content.decode()


@pytest.mark.parametrize("value", ["'\"<script>", "abc\x00def", "x" * 5000, "%", "🤖🤖🤖"])
def test_strange_input_is_only_ignored(client, value):
    strange = dict.fromkeys(("thema", "niveau", "plaats", "soort", "activiteit", "regio", "page"), value)
    page = client.get(reverse("requests:new"), strange)
    assert page.status_code == 200
    assert '<script>"' not in page.content.decode()
    assert client.get(reverse("requests:list"), strange).status_code == 200
    assert client.get(reverse("requests:for_school"), {"school": value, "levels": value}).status_code == 404
    assert client.post(reverse("requests:new"), {"school_q": value, "find": "1"}).status_code == 200
    everything = dict.fromkeys((*NewRequestForm.base_fields, "title"), value)
    assert client.post(reverse("requests:new"), everything).status_code == 422


def test_unconfirmed_vanish_after_two_days_with_their_history(client, question, time_machine):
    post(client, question)
    confirmed = RequestFactory()
    time_machine.shift(timedelta(hours=47))
    assert actions.drop_unconfirmed() == 0
    time_machine.shift(timedelta(hours=2))
    assert actions.drop_unconfirmed() == 1
    assert list(Request.objects.all()) == [confirmed]
    assert not actions.history().filter(contact_email="elke@deloefzijde.example").exists()
    assert timezone.localdate().isoformat() == "2026-11-22"
