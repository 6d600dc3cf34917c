from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from techfinder.celery import publisher
from techfinder.organisations import actions
from techfinder.organisations.models import Membership, Provider, School
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Zilt Elektrotechniek",
    "kvk": "1234 5678",
    "description": "Wij leggen stroom aan.",
    "email": "info@zilt.nl",
    "website": "www.zilt.nl",
    "street": "Kade",
    "house_number": "1a",
    "postcode": "4461ab",
    "city": "Goes",
    "size": "small",
}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def user(client):
    user = UserFactory()
    client.force_login(user)
    return user


def picture(kind="PNG", size=(900, 300), **options):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return SimpleUploadedFile(f"../../logo.{kind.lower()}", out.getvalue())


def test_register_and_wait(client, user):
    near = SchoolFactory(postcode="4461 ZZ")
    response = client.post("/organisatie/aanmelden/", FIELDS)
    provider = Provider.objects.get()
    assert response.headers["Location"] == "/organisatie/aanbieder/zilt-elektrotechniek/"
    assert (provider.status, provider.kvk, provider.postcode) == (Provider.Status.PENDING, "12345678", "4461 AB")
    assert (provider.website, provider.municipality) == ("https://www.zilt.nl", near.municipality)
    assert Membership.objects.get(provider=provider).user == user


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "--"), ("name", "x" * 161),
        ("kvk", ""), ("kvk", "1234567"), ("kvk", "123456789"), ("kvk", "1234567a"), ("kvk", "00000000"),
        ("kvk", "١٢٣٤٥٦٧٨"),
        ("email", "geen adres"), ("website", "javascript:alert(1)"), ("website", "niet een adres"),
        ("postcode", "12"), ("postcode", "0461AB"), ("postcode", "4461SS"), ("city", ""), ("street", "x" * 121),
        ("description", "x" * 2001), ("municipality", "99999"),
        ("size", ""), ("size", "huge"), ("max_open", "0"), ("max_open", "501"), ("max_open", "veel"),
        ("max_open", "2,5"), ("max_open", "-1"), ("max_open", "9" * 30),
    ],
)  # fmt: skip
def test_bad_field_is_said_at_the_field_and_writes_nothing(client, user, field, value):
    response = client.post("/organisatie/aanmelden/", FIELDS | {field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Wij leggen stroom aan." in response.content.decode() or field == "description"
    assert not Provider.objects.exists()


def test_logo_is_written_anew(client, user):
    exif = Image.Exif()
    exif[0x010E] = "geheim"
    upload = picture("JPEG", (2000, 1000), exif=exif)
    client.post("/organisatie/aanmelden/", FIELDS | {"logo": upload})
    logo = Provider.objects.get().logo
    assert logo.name.startswith("logos/")
    assert logo.name.endswith(".webp")
    with Image.open(logo) as image:
        assert (image.format, image.size) == ("WEBP", (512, 256))
        assert "geheim" not in str(dict(image.getexif()))


def test_a_new_logo_replaces_the_old_file(client, user, tmp_path, django_capture_on_commit_callbacks):
    client.post("/organisatie/aanmelden/", FIELDS | {"logo": picture()})
    address = Provider.objects.get().get_absolute_url()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}wijzigen/", FIELDS | {"logo": picture("WEBP")})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}wijzigen/", FIELDS)
    assert [path.name for path in (tmp_path / "logos").iterdir()] == [Provider.objects.get().logo.name[6:]]


def test_a_logo_can_be_taken_away(client, user, tmp_path, django_capture_on_commit_callbacks):
    client.post("/organisatie/aanmelden/", FIELDS | {"logo": picture()})
    address = Provider.objects.get().get_absolute_url()
    assert "logo_away" in client.get(f"{address}wijzigen/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{address}wijzigen/", FIELDS | {"logo_away": "on"}).status_code == 302
    assert Provider.objects.get().logo.name == ""
    assert not list((tmp_path / "logos").iterdir())
    assert "logo_away" not in client.get(f"{address}wijzigen/").content.decode()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"),
        SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        SimpleUploadedFile("logo.png", b""),
        picture("GIF"),
        picture("PNG", (9000, 9000)),
        SimpleUploadedFile("logo.jpg", picture("JPEG").read()[:300]),
        SimpleUploadedFile("logo.png", picture().read() + b"\0" * 6 * 1024 * 1024),
    ],
    ids=["svg", "broken", "empty", "gif", "bomb", "cut", "heavy"],
)
def test_bad_logo_is_refused(client, user, upload):
    response = client.post("/organisatie/aanmelden/", FIELDS | {"logo": upload})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["logo"]
    assert not Provider.objects.exists()


def test_sent_twice_is_registered_once(client, user):
    assert client.post("/organisatie/aanmelden/", FIELDS).status_code == 302
    again = client.post("/organisatie/aanmelden/", FIELDS | {"name": "zilt elektrotechniek"})
    assert again.status_code == 422
    assert again.context["form"].non_field_errors()
    assert Provider.objects.count() == 1


def test_before_approval_only_members_see_it(client):
    provider = ProviderFactory(status=Provider.Status.PENDING)
    address = provider.get_absolute_url()
    assert client.get(address).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(MembershipFactory(provider=provider, status=Membership.Status.PENDING).user)
    assert client.get(address).status_code == 404
    client.force_login(MembershipFactory(provider=provider).user)
    assert client.get(address).status_code == 200
    client.logout()
    assert actions.verify_provider(provider=provider)
    assert client.get(address).status_code == 200
    assert actions.reject_provider(provider=provider)
    assert client.get(address).status_code == 404


def test_names_may_be_alike_or_without_letters_for_an_address(user):
    slugs = [
        actions.register_provider(user=UserFactory(), name=name, email="a@b.nl").slug
        for name in ("Zilt", "Zilt!", "日本", "日本")
    ]
    assert slugs == ["zilt", "zilt-2", "aanbieder", "aanbieder-2"]


def test_what_waits_is_limited(client, user):
    for number in range(actions.MAX_WAITING_PROVIDERS):
        client.post("/organisatie/aanmelden/", FIELDS | {"name": f"Zilt {number}"})
    assert client.post("/organisatie/aanmelden/", FIELDS).status_code == 422
    assert Provider.objects.count() == actions.MAX_WAITING_PROVIDERS


def test_edit_keeps_what_was_approved(client, user):
    provider = ProviderFactory(name="Goedgekeurd", kvk="11111111")
    MembershipFactory(user=user, provider=provider)
    response = client.post(f"/organisatie/aanbieder/{provider.slug}/wijzigen/", FIELDS | {"description": "Nieuw."})
    assert response.status_code == 302
    provider.refresh_from_db()
    assert (provider.name, provider.kvk, provider.description) == ("Goedgekeurd", "11111111", "Nieuw.")
    assert provider.status == Provider.Status.VERIFIED


def test_a_new_address_loses_the_old_point(client, user):
    provider = ProviderFactory()
    MembershipFactory(user=user, provider=provider)
    there = SchoolFactory(postcode="4461 ZZ")
    client.post(f"/organisatie/aanbieder/{provider.slug}/wijzigen/", FIELDS)
    provider.refresh_from_db()
    assert (provider.lat, provider.lon, provider.municipality) == (None, None, there.municipality)


def test_what_was_rejected_waits_again_once_it_is_mended(client, user):
    provider = ProviderFactory(status=Provider.Status.REJECTED)
    MembershipFactory(user=user, provider=provider)
    client.post(f"/organisatie/aanbieder/{provider.slug}/wijzigen/", FIELDS)
    provider.refresh_from_db()
    assert provider.status == Provider.Status.PENDING


def test_members_pause_and_resume(client, user):
    provider = ProviderFactory()
    MembershipFactory(user=user, provider=provider)
    client.post(f"/organisatie/aanbieder/{provider.slug}/pauze/", {"paused": "1"})
    assert Provider.objects.get().paused
    client.post(f"/organisatie/aanbieder/{provider.slug}/pauze/", {"paused": "0"})
    assert not Provider.objects.get().paused


@pytest.mark.parametrize("path", ["wijzigen/", "pauze/"])
def test_strangers_get_nowhere(client, user, path):
    provider = ProviderFactory()
    MembershipFactory(user=UserFactory(), provider=provider)
    assert client.post(f"/organisatie/aanbieder/{provider.slug}/{path}", FIELDS).status_code == 404
    assert Provider.objects.get().description == ""


def test_a_description_is_text_and_no_html(client):
    provider = ProviderFactory(description="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(provider.get_absolute_url()).content.decode()
    assert School.objects.count() == 0


def test_how_many_at_once_is_kept_and_shown(client, user):
    client.post("/organisatie/aanmelden/", FIELDS | {"max_open": " 8 "})
    provider = Provider.objects.get()
    assert (provider.size, provider.max_open, provider.cap) == ("small", 8, 8)
    page = client.get(provider.get_absolute_url()).content.decode()
    assert "hoogstens 8 open vragen tegelijk" in page
    client.post(f"/organisatie/aanbieder/{provider.slug}/wijzigen/", FIELDS | {"max_open": "", "size": "medium"})
    provider.refresh_from_db()
    assert (provider.max_open, provider.cap) == (None, 15)
    assert "hoogstens 15 open vragen tegelijk" in client.get(provider.get_absolute_url()).content.decode()
    client.logout()
    Provider.objects.update(status=Provider.Status.VERIFIED)
    assert "open vragen tegelijk" not in client.get(provider.get_absolute_url()).content.decode()


def test_a_wrong_number_keeps_what_was_typed(client, user):
    response = client.post("/organisatie/aanmelden/", FIELDS | {"max_open": "veel", "size": "large"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="veel"' in page
    assert "Schrijf een heel getal van 1 tot en met 500" in page
    assert response.context["form"]["size"].value() == "large"


def test_who_registered_before_may_leave_the_size_open(client, user):
    provider = ProviderFactory(kvk="12345678")
    MembershipFactory(user=user, provider=provider)
    url = f"/organisatie/aanbieder/{provider.slug}/wijzigen/"
    fields = {name: value for name, value in FIELDS.items() if name != "size"}
    assert client.post(url, fields).status_code == 302
    assert client.post(url, FIELDS).status_code == 302
    provider.refresh_from_db()
    assert provider.size == "small"
    assert client.post(url, fields).status_code == 422


def test_another_number_gives_places_at_once(client, user, django_capture_on_commit_callbacks, monkeypatch):
    provider = ProviderFactory(kvk="12345678", size="small")
    MembershipFactory(user=user, provider=provider)
    woken = []
    monkeypatch.setattr(publisher, "publish", lambda name, args: woken.append((name, args)))
    url = f"/organisatie/aanbieder/{provider.slug}/wijzigen/"
    same_place = {name: getattr(provider, name) for name in ("street", "house_number", "postcode", "city")}
    fields = FIELDS | same_place | {"municipality": provider.municipality_id}
    for more, expected in (({}, []), ({"max_open": "9"}, [("matches.release", (provider.pk,))])):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(url, fields | more)
        assert woken == expected
