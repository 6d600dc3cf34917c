"""Settings of the site. What differs between installations comes from `env.py`, and from nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from techfinder import env, startup
from techfinder.local import Place

# Lets `admin.ModelAdmin[School]`, `FormView[SchoolForm]` and their like say their type at run time too.
django_stubs_ext.monkeypatch()

ENV = env.current()
BASE_DIR = env.ROOT
LOCAL = Place(ENV.local_dir)

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = list(ENV.allowed_hosts)
BASE_URL = ENV.base_url
GEOCODER_URL = ENV.geocoder_url
# The ground under the maps, as Leaflet writes addresses of tiles; empty: the country is drawn from our own register.
TILES = ENV.tiles
TILES_CREDIT = ENV.tiles_credit

# --- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "techfinder.taxonomy",
    "techfinder.accounts",
    "techfinder.mail",
    "techfinder.organisations",
    "techfinder.activities",
    "techfinder.requests",
    "techfinder.matches",
    "techfinder.bookings",
    "techfinder.moderation",
    "techfinder.campaigns",
    "techfinder.pages",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]
SITE_ID = 1

MIDDLEWARE = [
    "techfinder.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "techfinder.accounts.middleware.SecondFactorMiddleware",
    "techfinder.accounts.middleware.LastSeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "techfinder.urls"
WSGI_APPLICATION = "techfinder.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL ------------------------------------------------------------------------------------------------------

# Nobody waits longer for a page, and a query that goes on after its reader has left only burdens the others.
WEB_LIMITS = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"


def database(url: str) -> dict[str, Any]:
    """A Django database from an address such as `postgresql://user:secret@host:5432/name?sslmode=require`."""
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 0, **options},
    }


DATABASES = {"default": database(ENV.database_url or LOCAL.database_url())}
if startup.is_web():
    DATABASES["default"]["OPTIONS"]["options"] = WEB_LIMITS
else:
    # A new connection knows no table and has no plans yet, which adds 20 ms to the 25 of matching one item.
    DATABASES["default"]["CONN_MAX_AGE"] = 3600
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker in its database 0, cache in 1 ---------------------------------------------------------------------

REDIS_URL = ENV.redis_url or LOCAL.redis_url


def broker_url(url: str) -> str:
    """Celery has a spelling of its own for a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host=0"
    return url


def cache_url(url: str) -> str:
    parts = urlsplit(url)
    return f"unix://{parts.path}?db=1" if parts.scheme == "unix" else parts._replace(path="/1").geturl()


CACHES = {
    "default": {
        "BACKEND": "techfinder.cache.ForgivingRedisCache",
        "LOCATION": cache_url(REDIS_URL),
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    },
}

# --- Celery: a wake-up and no store; each value is explained in docs/decisions/0003-queue-is-a-wake-up.md ------------

CELERY_IMPORTS = ["techfinder.health"]
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The default gives up after a hundred attempts, and a worker that has given up needs a person.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_ENABLE_UTC = True
# What publishes from a web request: bounded, so that a dead or frozen Redis costs a second and no request.
# `task_publish_retry` stays on: without it kombu's own, slower retry takes over.
PUBLISHER_TRANSPORT_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1}
PUBLISHER_RETRY_POLICY = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}

# A tick that finds an earlier one still waiting adds nothing: it lapses instead of piling up.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    name: {"task": name, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}
    for name, seconds in {
        "mail.deliver_due": 5,
        "health.heartbeat": 30,
        "mail.sweep": 60,
        "mail.tidy": 86400,
        "mail.ask_wanted": 21600,
        "matches.sweep": 60,
        "matches.near_misses": 60,
        "campaigns.sweep": 60,
        "activities.alerts": 60,
        "bookings.sweep": 60,
        "bookings.run_due": 300,
        "bookings.sweep_waiting": 60,
        "bookings.sweep_contacts": 3600,
        "bookings.tell_coordinators": 300,
        "activities.tend_alerts": 3600,
        "matches.digest": 300,
        "requests.drop_unconfirmed": 3600,
        "activities.prune_changes": 3600,
        "activities.forget_sought": 86400,
        "bookings.ask_surveys": 21600,
        "bookings.reschedule": 21600,
        "bookings.count_records": 21600,
    }.items()
}

# --- People: a code by e-mail or a passkey, never a password ---------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = []
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/mijn/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "techfinder.mail.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENV.is_https else "http"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "request_login_code": "20/m/ip,3/m/key",
    "confirm_email": "1/10s/key",
    "reauthenticate": "10/m/user",
    "change_email": "5/m/user",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Techfinder"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow passkeys on localhost without https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
USERSESSIONS_TRACK_ACTIVITY = True

# --- Languages, time -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "nl"
# Each in its own language: who looks for it reads no other.
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ENV.local_dir / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.local_dir / "media"

NODE_MODULES = BASE_DIR / "node_modules"
FRONT_END_PACKAGES = {
    "utrecht": NODE_MODULES / "@utrecht" / "component-library-css" / "dist",
    "figtree": NODE_MODULES / "@fontsource-variable" / "figtree",
    "htmx": NODE_MODULES / "htmx.org" / "dist",
    "leaflet": NODE_MODULES / "leaflet" / "dist",
    "markercluster": NODE_MODULES / "leaflet.markercluster" / "dist",
}
# What is not installed yet is reported by a check of our own (techfinder.W001).
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATICFILES_DIRS += [(name, path) for name, path in FRONT_END_PACKAGES.items() if path.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

# --- Mail ------------------------------------------------------------------------------------------------------------

# A mail service by its API where one is named, else a mail server.
MAIL_SERVICE = ENV.mail_service.name if ENV.mail_service else ""
EMAIL_BACKEND = ENV.mail_service.backend if ENV.mail_service else "django.core.mail.backends.smtp.EmailBackend"
ANYMAIL = ENV.mail_service.settings() if ENV.mail_service else {}
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_user
EMAIL_HOST_PASSWORD = ENV.email_password
# Port 465 speaks TLS from the first byte on, the others begin it.
EMAIL_USE_SSL = ENV.email_tls and ENV.email_port == 465
EMAIL_USE_TLS = ENV.email_tls and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 20
# So many of one domain of receivers at once: some refuse more.
MAIL_PER_DOMAIN = ENV.mail_per_domain
# Without a mail server the outbox keeps what it would have sent, to be read at /post/.
MAIL_KEEP_ONLY = not ENV.email_host and not ENV.mail_service
SHOW_POST = DEBUG
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
# Where answers to the mails of a booking are received; empty: at the domain of the sender.
REPLY_DOMAIN = ENV.reply_domain
# From which hour to which hour, on the clocks of the Netherlands, nobody is mailed what can wait; and a school not in
# its holidays. None: mail never waits.
QUIET_HOURS = ENV.quiet_hours

# --- Security --------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *ENV.tile_hosts],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENV.is_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.is_https else None
SECURE_HSTS_SECONDS = 366 * 24 * 3600 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_https
SECURE_HSTS_PRELOAD = ENV.is_https

_COOKIE_PREFIX = "__Host-" if ENV.is_https else "techfinder-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}session"
SESSION_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = ENV.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ENV.base_url]

# --- Logs: one line per event, to the host's log ---------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "techfinder": {"level": "INFO"},
        "celery": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
    },
}
