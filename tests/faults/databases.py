"""A PostgreSQL cluster of the fault tests' own, with a fresh database for every cell."""

from __future__ import annotations

import tempfile
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
        self._before = {name: connection.settings_dict[name] for name in ("NAME", "HOST")}
        self._count = 0

    def start(self) -> None:
        self.cluster.start()
        self._query(f"CREATE DATABASE {TEMPLATE}")
        self.point_at(TEMPLATE)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        self._collect_static()

    def point_at(self, name: str) -> None:
        connections.close_all()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict.update(NAME=name, HOST=str(self.cluster.place.sockets))

    def fresh(self) -> str:
        """The name of a new database; Django is pointed at it."""
        self._count += 1
        name = f"faults_{self._count}"
        connections.close_all()
        self._query(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        self.point_at(name)
        return name

    def drop(self, name: str) -> None:
        self.point_at(TEMPLATE)
        self._query(f"DROP DATABASE {name} WITH (FORCE)")

    def _collect_static(self) -> None:
        """As at every deployment: pages of a site without DEBUG look into the list of it."""
        storages = settings.STORAGES | {"staticfiles": {"BACKEND": MANIFEST}}
        with override_settings(STATIC_ROOT=self.local_dir / "static", STORAGES=storages, DEBUG=False):
            call_command("collectstatic", verbosity=0, interactive=False)

    def _query(self, statement: str) -> None:
        with psycopg.connect(self.cluster.place.database_url("postgres"), autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        connections.close_all()
        connection.settings_dict.update(self._before)
        settings.DATABASES["default"]["NAME"] = self._before["NAME"]
        self.cluster.stop()
        self._directory.cleanup()
