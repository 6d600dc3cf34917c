"""The only reader of the process environment: typed, strict, read once, all faults at once.

Every variable is called `TECHFINDER_<NAME>`, save the two that hosts set by convention (`DATABASE_URL`, `REDIS_URL`).
`<VARIABLE>_FILE` names a file that holds the value, for secrets that a host hands over as files.

Without `DATABASE_URL` the installation is *local*: PostgreSQL and Redis are embedded, and what has no safe default
for the world (secret key, hosts, mail) gets one that is only good on this machine.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from techfinder import mail_env
from techfinder.mail_env import MailService

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TECHFINDER_"
UNPREFIXED = ("DATABASE_URL", "REDIS_URL")
NAMES = (
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
    "BASE_URL",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_USER",
    "EMAIL_PASSWORD",
    "EMAIL_TLS",
    "EMAIL_SERVICE",
    "EMAIL_SERVICE_KEY",
    "EMAIL_SERVICE_URL",
    "EMAIL_WEBHOOK_SECRET",
    "MAIL_PER_DOMAIN",
    "MAIL_FROM",
    "REPLY_DOMAIN",
    "QUIET_HOURS",
    "GEOCODER_URL",
    "TILES",
    "TILES_CREDIT",
    "LOCAL_DIR",
)
# Read by the tests and by `make`, not by the site.
TOLERATED = ("TECHFINDER_REQUIRE_CHROMIUM", "TECHFINDER_TEST_LOCAL_DIR", "TECHFINDER_STAMP")
MIN_SECRET_LENGTH = 50
# The Netherlands in grey, open data of the Kadaster.
PDOK_TILES = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"
PDOK_CREDIT = "Kaartgegevens © Kadaster"
QUIET_HOURS = "20-7"
NONE = "none"


class EnvironmentFaultError(Exception):
    """The environment does not describe a site that may run; the message lists every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"Techfinder cannot start, because of its environment:\n{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Env:
    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    database_url: str | None
    redis_url: str | None
    base_url: str
    email_host: str
    email_port: int
    email_user: str
    email_password: str
    email_tls: bool
    mail_service: MailService | None
    mail_per_domain: int
    mail_from: str
    reply_domain: str
    quiet_hours: tuple[int, int] | None
    geocoder_url: str
    tiles: str
    tiles_credit: str
    local_dir: Path

    @property
    def is_local(self) -> bool:
        """PostgreSQL is our own, below `local_dir`."""
        return self.database_url is None

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def tile_hosts(self) -> tuple[str, ...]:
        """Where the images of the map come from, as the content policy writes it."""
        parts = urlsplit(self.tiles)
        return (f"{parts.scheme}://{parts.netloc}",) if parts.netloc else ()

    def __repr__(self) -> str:
        # Tracebacks and logs show the repr: no secret may be in it.
        return f"Env(base_url={self.base_url!r}, debug={self.debug}, is_local={self.is_local})"


def variable(name: str) -> str:
    return name if name in UNPREFIXED else PREFIX + name


class _Reader:
    """Takes values out of a mapping and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []
        self._check_names()

    def _check_names(self) -> None:
        known = {variable(name) for name in NAMES}
        known |= {f"{name}_FILE" for name in known} | set(TOLERATED)
        for name in sorted(self.environ):
            if name.startswith(PREFIX) and name not in known:
                self.faults.append(f"{name} is not a setting of Techfinder (a typing error?)")

    def text(self, name: str) -> str | None:
        """The value, stripped; None when unset or empty."""
        key = variable(name)
        value = self.environ.get(key, "").strip()
        file_name = self.environ.get(f"{key}_FILE", "").strip()
        if not file_name:
            return value or None
        if value:
            self.faults.append(f"{key} and {key}_FILE are both set: set one of them")
            return None
        return self._file(f"{key}_FILE", file_name)

    def _file(self, key: str, file_name: str) -> str | None:
        try:
            value = Path(file_name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            self.faults.append(f"{key}: cannot read {file_name}: {reason}")
            return None
        if not value:
            self.faults.append(f"{key}: {file_name} is empty")
        return value or None

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name)
        if value is None:
            return default
        if value not in ("0", "1"):
            self.faults.append(f"{variable(name)} must be 0 or 1, not {value!r}")
        return value == "1"

    def number(self, name: str, *, default: int, wanted: str, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= most):
            self.faults.append(f"{variable(name)} must be {wanted} from 1 to {most}, not {value!r}")
            return default
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...], *, secret: bool = False) -> str | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            _ = parts.port  # raises when it is no number
            faulty = parts.scheme not in schemes or not (parts.netloc or parts.path)
        except ValueError:
            faulty = True
        if faulty:
            shown = "what it holds" if secret else repr(value)
            wanted = " or ".join(f"{scheme}://" for scheme in schemes)
            self.faults.append(f"{variable(name)} must be an address that begins with {wanted}, not {shown}")
            return None
        return value

    def required(self, value: str | None, name: str, *, local: bool, otherwise: Callable[[], str]) -> str:
        """The value; on a local installation the fallback; elsewhere a fault."""
        if value is not None:
            return value
        if local:
            return otherwise()
        if not self.is_given(name):  # else its fault is known already
            self.faults.append(f"{variable(name)} is not set")
        return ""

    def is_given(self, name: str) -> bool:
        key = variable(name)
        return bool(self.environ.get(key, "").strip() or self.environ.get(f"{key}_FILE", "").strip())


def read(environ: Mapping[str, str] | None = None) -> Env:
    """The environment as one frozen value, or `EnvironmentFaultError` with every fault in it."""
    reader = _Reader(os.environ if environ is None else environ)
    debug = reader.flag("DEBUG")
    local_dir = Path(reader.text("LOCAL_DIR") or ROOT / ".local").expanduser()
    database_url = reader.url("DATABASE_URL", ("postgresql", "postgres"), secret=True)
    # A faulty address is no local installation: what else is wrong is then told as well.
    local = not reader.is_given("DATABASE_URL") or debug
    redis_url = _redis_url(reader)
    service = mail_env.service(reader)
    base_url = _base_url(reader, local=local)
    env = Env(
        secret_key=_secret_key(reader, local_dir, local=local),
        debug=debug,
        allowed_hosts=_allowed_hosts(reader, base_url, local=local),
        database_url=database_url,
        redis_url=redis_url,
        base_url=base_url,
        email_host=reader.required(
            reader.text("EMAIL_HOST"), "EMAIL_HOST", local=local or bool(service), otherwise=str
        ),
        email_port=reader.number("EMAIL_PORT", default=587, wanted="a port", most=65535),
        email_user=reader.text("EMAIL_USER") or "",
        email_password=reader.text("EMAIL_PASSWORD") or "",
        email_tls=reader.flag("EMAIL_TLS", default=not local),
        mail_service=service,
        mail_per_domain=reader.number("MAIL_PER_DOMAIN", default=3, wanted="a number of connections", most=20),
        mail_from=mail_env.sender(reader, local=local),
        reply_domain=mail_env.reply_domain(reader),
        quiet_hours=_quiet_hours(reader),
        geocoder_url=reader.url("GEOCODER_URL", ("https", "http")) or "",
        tiles=_tiles(reader),
        tiles_credit=reader.text("TILES_CREDIT") or ("" if reader.is_given("TILES") else PDOK_CREDIT),
        local_dir=local_dir,
    )
    if bool(env.email_user) != bool(env.email_password):
        reader.faults.append("TECHFINDER_EMAIL_USER and TECHFINDER_EMAIL_PASSWORD belong together: set both or none")
    if reader.faults:
        raise EnvironmentFaultError(reader.faults)
    return env


def _redis_url(reader: _Reader) -> str | None:
    redis_url = reader.url("REDIS_URL", ("redis", "rediss", "unix"), secret=True)
    if reader.is_given("DATABASE_URL") and not reader.is_given("REDIS_URL"):
        reader.faults.append("REDIS_URL is not set, and DATABASE_URL is: set both, or none for a local installation")
    return redis_url


def _base_url(reader: _Reader, *, local: bool) -> str:
    value = reader.required(
        reader.url("BASE_URL", ("https", "http")), "BASE_URL", local=local, otherwise=lambda: "http://127.0.0.1:8000"
    ).rstrip("/")
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment:
        reader.faults.append(f"TECHFINDER_BASE_URL must be a scheme and a host only, not {value!r}")
    if value and not local and parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
        reader.faults.append(f"TECHFINDER_BASE_URL must begin with https://, not {value!r}")
    return value


def _allowed_hosts(reader: _Reader, base_url: str, *, local: bool) -> tuple[str, ...]:
    hosts = [host.strip() for host in (reader.text("ALLOWED_HOSTS") or "").split(",")]
    found = tuple(host for host in hosts if host)
    if "*" in found and not local:
        reader.faults.append("TECHFINDER_ALLOWED_HOSTS must name the hosts: * lets anybody forge links in our mails")
    if found:
        return found
    if local:
        return ("localhost", "127.0.0.1", "[::1]")
    return (urlsplit(base_url).hostname or "",)


def _quiet_hours(reader: _Reader) -> tuple[int, int] | None:
    """From which hour to which hour nobody is mailed what can wait; None when mail never waits."""
    value = reader.text("QUIET_HOURS") or QUIET_HOURS
    if value == NONE:
        return None
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", value)
    evening, morning = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 12 <= evening <= 23 or not 1 <= morning <= 12:
        wanted = "must be 'none' or an hour of the evening and one of the morning such as 20-7"
        reader.faults.append(f"TECHFINDER_QUIET_HOURS {wanted}, not {value!r}")
    return evening, morning


def _tiles(reader: _Reader) -> str:
    if reader.text("TILES") == NONE:
        return ""
    value = reader.url("TILES", ("https", "http")) or PDOK_TILES
    lacking = [part for part in ("{z}", "{x}", "{y}") if part not in value]
    host = urlsplit(value).netloc
    if lacking or not host or "{" in host or any(each in value for each in " ;,'\"\n"):
        wanted = "must be 'none' or an address with {z}, {x} and {y} for a tile"
        reader.faults.append(f"TECHFINDER_TILES {wanted}, not {value!r}")
    return value


def _secret_key(reader: _Reader, local_dir: Path, *, local: bool) -> str:
    value = reader.text("SECRET_KEY")
    if value is not None and len(value) < MIN_SECRET_LENGTH:
        reader.faults.append(f"TECHFINDER_SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters")
    try:
        return reader.required(value, "SECRET_KEY", local=local, otherwise=lambda: _own_secret_key(local_dir))
    except OSError as error:
        reader.faults.append(f"TECHFINDER_LOCAL_DIR: cannot write to {local_dir}: {error.strerror}")
        return ""


def _own_secret_key(local_dir: Path) -> str:
    """This machine's own random key, made at its first use."""
    path = local_dir / "secret-key"
    if not path.exists():
        local_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and linked into place: two processes that start together end up with one key.
        fresh = local_dir / f"secret-key.{os.getpid()}"
        fresh.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii")


_current: Env | None = None


def current() -> Env:
    """The environment of this process, read at its first use."""
    global _current
    if _current is None:
        _current = read()
    return _current
