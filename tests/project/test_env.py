from __future__ import annotations

import stat
from pathlib import Path

import pytest

from techfinder import env

SECRET = "x" * 50
PRODUCTION = {
    "TECHFINDER_SECRET_KEY": SECRET,
    "TECHFINDER_BASE_URL": "https://www.techfinder.example",
    "TECHFINDER_EMAIL_HOST": "smtp.example",
    "TECHFINDER_MAIL_FROM": "desk@techfinder.example",
    "DATABASE_URL": "postgresql://desk:secret@db.example/techfinder",
    "REDIS_URL": "redis://redis.example/0",
}


def faults_of(environ: dict[str, str]) -> list[str]:
    with pytest.raises(env.EnvironmentFaultError) as caught:
        env.read(environ)
    return caught.value.faults


def test_a_complete_environment_is_read() -> None:
    settings = env.read(PRODUCTION)

    assert settings.debug is False
    assert settings.is_local is False
    assert settings.is_https is True
    assert settings.allowed_hosts == ("www.techfinder.example",)
    assert settings.email_tls is True
    assert settings.geocoder_url == ""


def test_nothing_set_is_a_local_installation_without_debug(tmp_path: Path) -> None:
    settings = env.read({"TECHFINDER_LOCAL_DIR": str(tmp_path)})

    assert settings.is_local is True
    assert settings.debug is False
    assert settings.email_host == ""


def test_a_local_secret_key_is_random_kept_and_private(tmp_path: Path) -> None:
    first = env.read({"TECHFINDER_LOCAL_DIR": str(tmp_path / "one")}).secret_key
    again = env.read({"TECHFINDER_LOCAL_DIR": str(tmp_path / "one")}).secret_key
    other = env.read({"TECHFINDER_LOCAL_DIR": str(tmp_path / "two")}).secret_key

    assert first == again != other
    assert len(first) >= env.MIN_SECRET_LENGTH
    assert stat.S_IMODE((tmp_path / "one" / "secret-key").stat().st_mode) == 0o600


def test_a_database_alone_asks_for_all_the_rest_at_once() -> None:
    faults = faults_of({"DATABASE_URL": PRODUCTION["DATABASE_URL"]})

    named = {fault.split()[0] for fault in faults}
    assert named == {
        "REDIS_URL",
        "TECHFINDER_BASE_URL",
        "TECHFINDER_EMAIL_HOST",
        "TECHFINDER_MAIL_FROM",
        "TECHFINDER_SECRET_KEY",
    }


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TECHFINDER_DEBUG", "true", "must be 0 or 1"),
        ("TECHFINDER_EMAIL_PORT", "smtp", "must be a port"),
        ("TECHFINDER_EMAIL_PORT", "70000", "must be a port"),
        ("TECHFINDER_EMAIL_SERVICE", "pigeon", "must be one of smtp, brevo"),
        ("TECHFINDER_EMAIL_SERVICE", "mailgun", "EMAIL_SERVICE_KEY is not set"),
        ("TECHFINDER_EMAIL_SERVICE_KEY", "k", "names no service"),
        ("TECHFINDER_MAIL_PER_DOMAIN", "0", "from 1 to 20"),
        ("TECHFINDER_EMAIL_TLS", "yes", "must be 0 or 1"),
        ("TECHFINDER_EMAIL_USER", "desk", "belong together"),
        ("TECHFINDER_SECRET_KEY", "short", "at least 50"),
        ("TECHFINDER_BASE_URL", "www.techfinder.example", "must be an address"),
        ("TECHFINDER_BASE_URL", "http://www.techfinder.example", "must begin with https://"),
        ("TECHFINDER_BASE_URL", "https://www.techfinder.example/desk", "a scheme and a host only"),
        ("TECHFINDER_ALLOWED_HOSTS", "*", "must name the hosts"),
        ("TECHFINDER_MAIL_FROM", "desk", "must be an e-mail address"),
        ("TECHFINDER_GEOCODER_URL", "ftp://geo.example", "must be an address"),
        ("TECHFINDER_EMIAL_HOST", "smtp.example", "is not a setting"),
        ("DATABASE_URL", "mysql://db.example/techfinder", "must be an address"),
        ("DATABASE_URL", "postgresql://db.example:five/techfinder", "must be an address"),
        ("REDIS_URL", "http://redis.example", "must be an address"),
        ("TECHFINDER_SECRET_KEY_FILE", "/run/secrets/key", "both set"),
    ],
)
def test_a_fault_names_the_variable_and_what_is_wrong(name: str, value: str, words: str) -> None:
    faults = faults_of({**PRODUCTION, name: value})

    assert len(faults) == 1
    assert words in faults[0]
    assert name.removesuffix("_FILE") in faults[0]


@pytest.mark.parametrize("value", ["geen domein", "desk@example.nl", "localhost", "https://example.nl"])
def test_answers_by_mail_go_to_a_domain(value: str) -> None:
    given = env.read({**PRODUCTION, "TECHFINDER_REPLY_DOMAIN": "Antwoord.Example.nl"})
    assert given.reply_domain == "antwoord.example.nl"
    assert env.read(PRODUCTION).reply_domain == ""
    assert "TECHFINDER_REPLY_DOMAIN" in faults_of({**PRODUCTION, "TECHFINDER_REPLY_DOMAIN": value})[0]


def test_an_address_with_a_password_is_not_repeated() -> None:
    faults = faults_of({**PRODUCTION, "DATABASE_URL": "mysql://desk:hush@db.example/techfinder"})

    assert "hush" not in faults[0]


def test_the_repr_has_no_secret() -> None:
    shown = repr(env.read({**PRODUCTION, "TECHFINDER_EMAIL_USER": "u", "TECHFINDER_EMAIL_PASSWORD": "hush"}))

    assert SECRET not in shown
    assert "hush" not in shown
    assert "secret" not in shown


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("y" * 60 + "\n")
    environ = {**PRODUCTION, "TECHFINDER_SECRET_KEY_FILE": str(file)}
    del environ["TECHFINDER_SECRET_KEY"]

    assert env.read(environ).secret_key == "y" * 60


@pytest.mark.parametrize(("content", "words"), [(None, "cannot read"), (b"", "is empty"), (b"\xff\xfe", "not text")])
def test_a_bad_secret_file_is_a_fault(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    environ = {**PRODUCTION, "DATABASE_URL_FILE": str(file)}
    del environ["DATABASE_URL"]

    with pytest.raises(env.EnvironmentFaultError, match=words):
        env.read(environ)


def test_faults_are_listed_in_one_message() -> None:
    with pytest.raises(env.EnvironmentFaultError) as caught:
        env.read({**PRODUCTION, "TECHFINDER_DEBUG": "on", "TECHFINDER_EMAIL_PORT": "0", "REDIS_URL": ""})

    assert str(caught.value).count("\n  - ") == 3


def test_tiles_come_from_the_kadaster_until_told_otherwise() -> None:
    given = env.read(PRODUCTION)
    own = env.read({**PRODUCTION, "TECHFINDER_TILES": "https://tiles.example:8443/{z}/{x}/{y}.png"})
    none = env.read({**PRODUCTION, "TECHFINDER_TILES": "none"})

    assert given.tile_hosts == ("https://service.pdok.nl",)
    assert given.tiles_credit == "Kaartgegevens © Kadaster"
    assert (own.tile_hosts, own.tiles_credit) == (("https://tiles.example:8443",), "")
    assert (none.tiles, none.tile_hosts) == ("", ())


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example/{z}/{x}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example; script-src *//{z}/{x}/{y}",
        "ftp://tiles.example/{z}/{x}/{y}.png",
        "https:///{z}/{x}/{y}.png",
    ],
)
def test_an_address_of_tiles_that_the_content_policy_cannot_name_is_a_fault(address: str) -> None:
    with pytest.raises(env.EnvironmentFaultError, match="TECHFINDER_TILES"):
        env.read({**PRODUCTION, "TECHFINDER_TILES": address})


def test_a_mail_service_needs_no_mail_server():
    named = {"TECHFINDER_EMAIL_SERVICE": "mailgun", "TECHFINDER_EMAIL_SERVICE_KEY": "hush"}
    without = {name: value for name, value in PRODUCTION.items() if name != "TECHFINDER_EMAIL_HOST"}
    found = env.read({**without, **named}).mail_service
    assert found.backend == "anymail.backends.mailgun.EmailBackend"
    assert found.settings()["MAILGUN_API_KEY"] == "hush"
    assert "hush" not in repr(found)


def test_reports_without_signature_need_a_name_and_a_password():
    named = {"TECHFINDER_EMAIL_SERVICE": "brevo", "TECHFINDER_EMAIL_SERVICE_KEY": "k"}
    with pytest.raises(env.EnvironmentFaultError, match="name:password"):
        env.read({**PRODUCTION, **named, "TECHFINDER_EMAIL_WEBHOOK_SECRET": "short"})
