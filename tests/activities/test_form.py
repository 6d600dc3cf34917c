import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from techfinder.activities import actions
from techfinder.activities.models import Activity, Session, Stage
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory, StageFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory

pytestmark = pytest.mark.django_db
STEPS = ("wat", "voor-wie", "waar", "wanneer", "praktisch", "veilig", "controle")
NO_ROWS = {"sessions-TOTAL_FORMS": "0", "sessions-INITIAL_FORMS": "0", "stages-TOTAL_FORMS": "0",
           "stages-INITIAL_FORMS": "0"}  # fmt: skip


@pytest.fixture
def draft(client):
    activity = ActivityFactory(draft=True)
    client.force_login(MembershipFactory(provider=activity.provider).user)
    return activity


def edit(activity, step):
    return reverse("activities:edit", args=[activity.slug, step])


def save(client, activity, step, **values):
    return client.post(edit(activity, step), {**NO_ROWS, **values})


def test_strangers_and_members_of_others_get_404(client, draft):
    for user in (None, UserFactory(), MembershipFactory(provider=ProviderFactory()).user):
        client.logout()
        if user:
            client.force_login(user)
        expected = 404 if user else 302
        for step in STEPS:
            assert client.get(edit(draft, step)).status_code == expected
            assert client.post(edit(draft, step)).status_code == expected
        assert client.post(reverse("activities:act", args=[draft.slug]), {"do": "archive"}).status_code == expected
        assert client.get(draft.get_absolute_url()).status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_colleague_who_left_gets_404(client):
    activity = ActivityFactory(draft=True)
    client.force_login(MembershipFactory(provider=activity.provider, status="left").user)
    assert client.get(edit(activity, "wat")).status_code == 404
    assert client.get(activity.get_absolute_url()).status_code == 404


def test_new_invites_who_acts_for_nobody(client):
    assert reverse("account_login") in client.get(reverse("activities:new")).content.decode()
    client.force_login(UserFactory())
    assert reverse("organisations:register_provider") in client.get(reverse("activities:new")).content.decode()
    assert client.post(reverse("activities:new"), {"title": "X"}).status_code == 200
    assert not Activity.objects.exists()


def test_new_takes_only_ones_own_provider(client, draft):
    other = ProviderFactory()
    response = client.post(reverse("activities:new"), {"title": "Gestolen", "provider": other.pk})
    assert response.status_code == 422
    assert not Activity.objects.filter(title="Gestolen").exists()


@pytest.mark.parametrize("title", ["Nieuw", "!!!", "Windmolen", "a" * 120])
def test_slug_is_free_and_never_that_of_the_form(client, draft, title):
    for _ in range(2):
        response = client.post(reverse("activities:new"), {"title": title, "provider": draft.provider_id})
        assert response.status_code == 302
    slugs = list(Activity.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == len(slugs) == 3
    assert "nieuw" not in slugs


@pytest.mark.parametrize("step", STEPS)
def test_any_step_can_be_opened_and_saved_empty_in_a_draft(client, draft, step):
    assert client.get(edit(draft, step)).status_code == 200
    if step != "controle":
        assert save(client, draft, step, title="Alleen een titel").status_code == 302


@pytest.mark.parametrize(
    ("step", "values", "field"),
    [
        ("wat", {"title": ""}, "title"),
        ("wat", {"title": "a" * 121}, "title"),
        ("wat", {"title": "x", "kind": "bestaat-niet"}, "kind"),
        ("wat", {"title": "x", "themes": ["energie", "y"]}, "themes"),
        ("wat", {"title": "x", "description": "a" * 6001}, "description"),
        ("wat", {"title": "x", "external_url": "javascript:alert(1)"}, "external_url"),
        ("wat", {"title": "x\x00"}, "title"),
        ("voor-wie", {"group_min": "30", "group_max": "10"}, "group_max"),
        ("voor-wie", {"group_max": "-1"}, "group_max"),
        ("voor-wie", {"group_max": "9" * 30}, "group_max"),
        ("voor-wie", {"levels": ["po-9"]}, "levels"),
        ("waar", {"venue_postcode": "abc"}, "venue_postcode"),
        ("waar", {"municipalities": "Nergenshuizen"}, "municipalities"),
        ("waar", {"regions": ["XX"]}, "regions"),
        ("waar", {"venue_lat": "52"}, "venue_lon"),
        ("waar", {"venue_lat": "nan", "venue_lon": "5"}, "venue_lat"),
        ("waar", {"venue_lat": "12", "venue_lon": "5"}, "venue_lat"),
        ("wanneer", {"available_from": "31-2-2027"}, "available_from"),
        ("wanneer", {"available_from": "3-5-2027", "available_until": "2-5-2027"}, "available_until"),
        ("wanneer", {"duration_amount": "2"}, "duration_unit"),
        ("wanneer", {"duration_amount": "-1", "duration_unit": "hours"}, "duration_amount"),
        ("wanneer", {"duration_amount": "0", "duration_unit": "hours"}, "duration_amount"),
        ("wanneer", {"months": ["13"]}, "months"),
        ("praktisch", {"cost": "veel"}, "cost"),
        ("praktisch", {"cost": "-1"}, "cost"),
        ("praktisch", {"cost": "1e9"}, "cost"),
        ("praktisch", {"preparation_amount": "1"}, "preparation_unit"),
        ("praktisch", {"preparation_amount": "-2", "preparation_unit": "days"}, "preparation_amount"),
        ("veilig", {"vog": "misschien"}, "vog"),
        ("veilig", {"vog": "have", "vog_date": "1-1-2999"}, "vog_date"),
    ],
)
def test_bad_values_are_said_at_the_field_and_nothing_is_saved(client, draft, step, values, field):
    before = Activity.objects.values().get()
    response = save(client, draft, step, **values)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Activity.objects.values().get() == before


@pytest.mark.parametrize(
    "rows",
    [
        {"sessions-TOTAL_FORMS": "1", "sessions-0-date": "gisteren?", "sessions-0-seats": "5"},
        {"sessions-TOTAL_FORMS": "1", "sessions-0-date": "3-5-2027", "sessions-0-seats": "0"},
        {"sessions-TOTAL_FORMS": "1", "sessions-0-date": "3-5-2027", "sessions-0-seats": ""},
        {"sessions-TOTAL_FORMS": "1", "sessions-0-date": "3-5-2027", "sessions-0-seats": "5",
         "sessions-0-start": "10.00", "sessions-0-end": "9.00"},
        {"sessions-TOTAL_FORMS": "2", "sessions-0-date": "3-5-2027", "sessions-0-seats": "5",
         "sessions-1-date": "3 mei 2027", "sessions-1-seats": "6"},
        {"sessions-TOTAL_FORMS": "x"}, {"sessions-TOTAL_FORMS": "1000000"},
    ],
)  # fmt: skip
def test_bad_dates_are_refused(client, draft, rows):
    assert save(client, draft, "wanneer", **rows).status_code == 422
    assert not Session.objects.exists()


def test_summary_names_the_faults_of_fields_and_rows(client, draft):
    rows = {"sessions-TOTAL_FORMS": "1", "sessions-0-date": "gisteren?", "sessions-0-seats": "0"}
    body = save(client, draft, "wanneer", duration_amount="2", **rows).content.decode()
    summary = body.split('id="error-summary"')[1].split("</ul>")[0]
    assert re.findall(r'href="#id_([\w-]+)"', summary) == ["duration_unit", "sessions-0-date", "sessions-0-seats"]


def test_check_shows_the_days_the_length_and_the_picture(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    save(client, draft, "veilig", picture=picture(), picture_alt="Een boot met een paneel")
    Activity.objects.update(duration_amount=2, duration_unit="hours")
    SessionFactory(activity=draft, seats=37)
    body = client.get(edit(draft, "controle")).content.decode()
    assert all(each in body for each in ("Een boot met een paneel", "2 uur", "nog 37 plekken"))


def test_missing_management_form_is_no_failure_of_the_site(client, draft):
    assert client.post(edit(draft, "wanneer"), {}).status_code == 422


def test_rows_can_be_taken_away_and_more_asked_for(client, draft):
    for position, title in enumerate(("Een", "Twee")):
        StageFactory(activity=draft, position=position, title=title)
    rows = {"stages-TOTAL_FORMS": "4", "stages-INITIAL_FORMS": "2", "stages-0-title": "Een", "stages-0-DELETE": "on",
            "stages-1-title": "Twee", "stages-2-title": "Drie"}  # fmt: skip
    response = save(client, draft, "praktisch", **rows, more="1")
    assert "rijen=2" in response["Location"]
    assert [stage.title for stage in Stage.objects.all()] == ["Twee", "Drie"]
    assert len(client.get(response["Location"]).context["rows"].forms) == 2 + 2 + 2


def test_date_with_places_taken_stays(client, draft):
    session = SessionFactory(activity=draft, seats=30, taken=20)
    row = {"sessions-TOTAL_FORMS": "1", "sessions-INITIAL_FORMS": "1", "sessions-0-date": session.date.isoformat()}
    assert save(client, draft, "wanneer", **row, **{"sessions-0-seats": "10"}).status_code == 422
    assert (
        save(client, draft, "wanneer", **row, **{"sessions-0-seats": "30", "sessions-0-DELETE": "on"}).status_code
        == 422
    )
    assert save(client, draft, "wanneer", **row, **{"sessions-0-seats": "40"}).status_code == 302
    session.refresh_from_db()
    assert (session.seats, session.taken) == (40, 20)


def test_venue_gets_a_point_and_loses_a_stale_one(client, draft):
    zeeland = Region.objects.get(code="NL-ZE")
    RegionFactory(name="Goes", parent=zeeland, lat=51.5, lon=3.9)
    RegionFactory(name="Tholen", parent=zeeland, lat=51.53, lon=4.22)
    save(client, draft, "waar", venue_city="Goes")
    draft.refresh_from_db()
    assert (draft.venue_lat, draft.venue_lon) == (51.5, 3.9)
    save(client, draft, "waar", venue_city="Tholen", venue_lat="51,5", venue_lon="3,9", municipalities="goes, Tholen")
    draft.refresh_from_db()
    assert (draft.venue_lat, draft.venue_lon) == (51.53, 4.22)
    assert len(draft.regions) == 2


def test_submit_needs_what_a_teacher_needs(client, draft):
    Activity.objects.update(description="", levels=[])
    response = client.post(edit(draft, "controle"))
    assert response.status_code == 422
    assert len(response.context["missing"]) == 2
    Activity.objects.update(description="Tekst", levels=["po"])
    assert client.post(edit(draft, "controle")).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "submitted"
    assert draft.submitted_at
    assert save(client, draft, "wat", title="X").status_code == 422


def picture(color="red", name="foto.png"):
    file = io.BytesIO()
    image = Image.new("RGB", (2400, 300), color)
    exif = Image.Exif()
    exif[0x010E] = "geheim"
    image.save(file, "PNG", exif=exif)
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def test_picture_is_drawn_anew_and_needs_words(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert save(client, draft, "veilig", picture=picture()).status_code == 422
    assert save(client, draft, "veilig", picture=picture(), picture_alt="Een boot").status_code == 302
    draft.refresh_from_db()
    with draft.picture.open() as file:
        assert b"geheim" not in file.read()
        assert Image.open(file).width == 1600
    assert save(client, draft, "veilig", picture_alt="Nog steeds een boot").status_code == 302
    name = draft.picture.name
    draft.refresh_from_db()
    assert draft.picture.name == name


def test_picture_can_be_taken_away(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert "picture_away" not in client.get(edit(draft, "veilig")).context["form"].fields
    save(client, draft, "veilig", picture=picture(), picture_alt="Een boot")
    # A new picture takes the place of the old one, also when somebody ticks the box.
    save(client, draft, "veilig", picture=picture("blue"), picture_alt="Nog een boot", picture_away="on")
    draft.refresh_from_db()
    assert (bool(draft.picture), draft.picture_alt) == (True, "Nog een boot")
    assert save(client, draft, "veilig", picture_alt="Nog een boot", picture_away="on").status_code == 302
    draft.refresh_from_db()
    assert (draft.picture.name, draft.picture_alt) == ("", "")


def test_taking_away_the_picture_of_a_public_offer_waits(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    save(client, draft, "veilig", picture=picture(), picture_alt="Een boot")
    Activity.objects.update(status="published")
    save(client, draft, "veilig", picture_alt="Een boot", picture_away="on")
    draft.refresh_from_db()
    assert draft.picture
    assert draft.pending == {"picture": "", "picture_alt": ""}
    actions.approve(activity_id=draft.pk, seen=draft.submitted_at)
    draft.refresh_from_db()
    assert (draft.picture.name, draft.picture_alt) == ("", "")


def test_refused_picture_is_not_shown_as_the_picture_now(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert "<img" not in save(client, draft, "veilig", picture=picture()).content.decode()
    save(client, draft, "veilig", picture=picture(), picture_alt="Een boot")
    draft.refresh_from_db()
    refused = save(client, draft, "veilig", picture=picture("blue"))
    assert refused.status_code == 422
    assert draft.picture.url in refused.content.decode()


@pytest.mark.parametrize("step", ["wanneer", "praktisch"])
def test_enter_saves_and_goes_on(client, draft, step):
    """Browsers press the first button of a form: it is not the one for more rows."""
    before, form = client.get(f"{edit(draft, step)}?rijen=2").content.decode().split('enctype="multipart/form-data"')
    # The #rijen of an address would go along to the next step.
    assert before.rstrip().endswith(f'action="{edit(draft, step)}"')
    assert 'name="' not in re.search(r"<button[^>]*>", form)[0]


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_refused(client, draft, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("foto.png", content, content_type="image/png")
    assert save(client, draft, "veilig", picture=upload, picture_alt="x").status_code == 422
    assert not list(tmp_path.rglob("*.*"))


def test_picture_of_a_public_offer_waits_too(client, draft, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Activity.objects.update(status="published")
    save(client, draft, "veilig", picture=picture(), picture_alt="Een boot")
    draft.refresh_from_db()
    assert not draft.picture
    assert draft.pending["picture_alt"] == "Een boot"
    assert draft.pending["picture"] in client.get(f"{draft.get_absolute_url()}?wijziging").content.decode()
    client.logout()
    assert draft.pending["picture"] not in client.get(f"{draft.get_absolute_url()}?wijziging").content.decode()


def test_saving_a_public_offer_as_it_is_leaves_nothing_waiting(client, draft):
    Activity.objects.update(status="published", languages=["nl"], levels=["po"], cost="12.50")
    data = {"cost": "€ 12,50", "preparation_by": ""}
    assert save(client, draft, "praktisch", **data).status_code == 302
    draft.refresh_from_db()
    assert draft.pending is None
    assert save(client, draft, "praktisch", **(data | {"cost": "13"})).status_code == 302
    draft.refresh_from_db()
    assert draft.pending == {"cost": "13"}
    assert draft.cost == 12.5


def test_pause_is_at_once_and_resume_brings_back(client, draft):
    Activity.objects.update(status="published")
    act = reverse("activities:act", args=[draft.slug])
    for do, status in (("pause", "paused"), ("pause", "paused"), ("resume", "published"), ("archive", "archived")):
        assert client.post(act, {"do": do}).status_code == 302
        draft.refresh_from_db()
        assert draft.status == status
    assert draft.version == 4
    assert client.post(act, {"do": "resume"}).status_code == 302
    assert client.post(act, {"do": "explode"}).status_code == 400
    assert client.get(act).status_code == 405
    assert client.get(edit(draft, "wat")).status_code == 404


def test_copy_is_a_draft_with_the_same_content(client, draft):
    Activity.objects.update(status="archived", ref="x-1", goals="Doel")
    StageFactory(activity=draft, title="Bouwen")
    SessionFactory(activity=draft, taken=3)
    client.post(reverse("activities:act", args=[draft.slug]), {"do": "copy"})
    made = Activity.objects.exclude(pk=draft.pk).get()
    assert (made.status, made.ref, made.goals, made.published_at) == ("draft", None, "Doel", None)
    assert made.stages.get().title == "Bouwen"
    assert made.sessions.get().taken == 0


def test_old_address_leads_to_the_offer(client):
    response = client.get("/programs/mini-zonnebootrace")
    assert (response.status_code, response["Location"]) == (301, "/aanbod/mini-zonnebootrace/")
