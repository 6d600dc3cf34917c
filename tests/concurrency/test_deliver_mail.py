"""Without broker and worker: `manage.py deliver_mail` sends, outlives its database connection, and ends when asked."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from techfinder.env import ROOT
from techfinder.local.processes import die_with_parent
from techfinder.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory
from tests.support.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deliverer(site_environment, tmp_path):
    environment = {**os.environ, **site_environment, "REDIS_URL": f"unix://{tmp_path}/nowhere.sock"}
    with (tmp_path / "deliverer.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "deliver_mail", "--pause", "0.1", "--json"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
    yield process
    process.kill()
    process.communicate()


def sent():
    return OutgoingMail.objects.filter(state="sent").count()


def test_it_sends_without_redis_and_outlives_its_connection_and_ends(deliverer, smtp_sink):
    OutgoingMailFactory.create_batch(2)
    wait_until(lambda: sent() == 2, 60)
    end_other_connections()
    OutgoingMailFactory()
    wait_until(lambda: sent() == 3, 30)
    deliverer.send_signal(signal.SIGTERM)
    said, _ = deliverer.communicate(timeout=30)
    assert deliverer.returncode == 0
    assert said.split() == [b'{"sent":', b"3}"]
    assert len(smtp_sink.messages) == 3


def end_other_connections():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
