"""A fresh database for every cell: in a PostgreSQL cluster of the fault tests' own, or that of the other tests."""

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
# The list alone: nobody fetches a file.
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


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
        collect_static(self.local_dir)

    def url(self, name: str) -> str:
        return self.cluster.place.database_url(name)

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

    def _query(self, statement: str) -> None:
        with psycopg.connect(self.cluster.place.database_url("postgres"), autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        self.cluster.stop()
        self._directory.cleanup()


class Borrowed:
    """The database of the other tests, which is made anew after every test: for faults that leave the cluster alone."""

    def __init__(self, local_dir: Path) -> None:
        self.local_dir = local_dir
        collect_static(local_dir)

    def url(self, name: str) -> str:
        return str(settings.LOCAL.database_url(name))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        yield connection.settings_dict["NAME"]


def collect_static(local_dir: Path) -> None:
    """As at every deployment: pages of a site without DEBUG look into the list of it."""
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": MANIFEST}}
    with override_settings(STATIC_ROOT=local_dir / "static", STORAGES=storages, DEBUG=False):
        call_command("collectstatic", verbosity=0, interactive=False)
