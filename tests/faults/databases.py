"""A PostgreSQL cluster of the fault tests' own, with a fresh database for every cell."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from tests.faults.processes import Cluster

TEMPLATE = "faults_template"
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


class Databases:
    """A cluster, and a migrated database in it that is copied for every cell."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="tf-faults-")
        self.cluster = Cluster(Path(self._directory.name))
        # PostgreSQL is another account's.
        Path(self._directory.name).chmod(0o755)
        # Where the processes of all cells have their files.
        self.local_dir = Path(self._directory.name) / "local"
        self._count = 0

    def start(self) -> None:
        self.cluster.start()
        self._query(f"CREATE DATABASE {TEMPLATE}")
        with self._pointed_at(TEMPLATE):
            call_command("migrate", verbosity=0, interactive=False)
        self._collect_static()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The name of a new database; Django is pointed at it for as long as it is there."""
        self._count += 1
        name = f"faults_{self._count}"
        self._query(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        try:
            with self._pointed_at(name):
                yield name
        finally:
            self._query(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _pointed_at(self, name: str) -> Iterator[None]:
        """Django on a database of this cluster, and then back on the one of the other tests."""
        before = {key: connection.settings_dict[key] for key in ("NAME", "HOST")}
        connections.close_all()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict.update(NAME=name, HOST=str(self.cluster.place.sockets))
        try:
            yield
        finally:
            connections.close_all()
            settings.DATABASES["default"]["NAME"] = before["NAME"]
            connection.settings_dict.update(before)

    def _collect_static(self) -> None:
        """As at every deployment: pages of a site without DEBUG look into the list of it."""
        storages = settings.STORAGES | {"staticfiles": {"BACKEND": MANIFEST}}
        with override_settings(STATIC_ROOT=self.local_dir / "static", STORAGES=storages, DEBUG=False):
            call_command("collectstatic", verbosity=0, interactive=False)

    def _query(self, statement: str) -> None:
        with psycopg.connect(self.cluster.place.database_url("postgres"), autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        self.cluster.stop()
        self._directory.cleanup()
