"""Databases for tests, copied from one that is migrated once for each state of the migrations.

A run has one copy, which `pristine` puts back after each transactional test.
"""

from __future__ import annotations

import hashlib
import re

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from techfinder.env import ROOT

TEMPLATE_PREFIX = "template_techfinder_"
LOCK = 4_183_562_711


def admin() -> psycopg.Connection:
    """A connection beside Django's, for what cannot be done inside the database in question."""
    return psycopg.connect(settings.LOCAL.database_url("postgres"), autocommit=True)


def fingerprint() -> str:
    """Of everything that a fresh database is made from."""
    digest = hashlib.sha256((ROOT / "requirements" / "dev.txt").read_bytes())
    for path in sorted((ROOT / "techfinder").glob("*/migrations/**/*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def point_django_at(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def ensure_template() -> str:
    """The name of a migrated database that belongs to the present migrations."""
    name = TEMPLATE_PREFIX + fingerprint()
    with admin() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        existing = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
        _drop_leftovers(server, existing - {name})
        if name not in existing:
            _build_template(server, name)
    return name


def _build_template(server: psycopg.Connection, name: str) -> None:
    # A build that is broken off must not be taken for a template: the name comes last.
    building = f"{name}_building"
    drop(server, building)
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    before = connection.settings_dict["NAME"]
    point_django_at(building)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        point_django_at(before)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))


def _drop_leftovers(server: psycopg.Connection, names: set[str]) -> None:
    """Templates of other migrations, and databases of runs that were killed."""
    for name in names:
        run = re.fullmatch(r"test_(\d+)(_gw\d+)?", name)
        if name.startswith(TEMPLATE_PREFIX) or (run and not psutil.pid_exists(int(run[1]))):
            drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_template(template: str, name: str) -> None:
    """A fresh copy under `name`; what was there, and whoever is connected to it, goes."""
    with admin() as server:
        drop(server, name)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        # Copying needs the template without other visitors; another worker may be copying right now.
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        server.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
