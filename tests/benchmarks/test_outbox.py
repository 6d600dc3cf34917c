"""The outbox: the claim beside a million mails that went, what one mail costs, and how soon it is out. `make bench`.

BENCH_SCALE=0.1 makes a tenth, to try the benchmark itself.
"""

from __future__ import annotations

import os
import threading
import time

import pytest
from django.db import connection, transaction

from techfinder.mail import actions
from techfinder.mail.actions import claiming, settling
from techfinder.mail.models import OutgoingMail
from techfinder.mail.transport import Accepted
from tests.benchmarks.clock import clock, histogram, line, machine
from tests.support.servers import SmtpSink, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
SENT, DUE, CLAIMS = int(1_000_000 * SCALE), int(10_000 * SCALE), int(1000 * SCALE)
PER_SECOND, SECONDS = 50, max(5, int(30 * SCALE))
CLAIM_LIMIT, OUT_LIMIT = 0.005, 5
CODE = {"template": "account_code", "context": {"code": "123 456"}}


def fill(state, count, first=0):
    """Rows as the site makes them, straight into the table: bodies are long gone, domains few and many."""
    values = f"""
        SELECT gen_random_uuid(), 'bench:' || {first} + n, 'booking_sent', 20,
            'p' || n || '@d' || n % 997 || '.example', 'd' || n % 997 || '.example',
            'nl', 'subject', '', '', '', '', '', '', '', '{state}', 0, 0, '',
            now() - n * interval '1 second', now() - n * interval '1 second', now() - n * interval '1 second',
            '<' || gen_random_uuid() || '@techfinder.example>', '', '', ''
        FROM generate_series(1, {count}) AS n
    """
    columns = (
        'uuid, key, kind, priority, "to", domain, language, subject, text, html, calendar, calendar_method, thread, '
        "reply_to, unsubscribe_at, state, attempts, crashes, worker, next_attempt_at, created_at, due_at, message_id, "
        "provider_id, fate, reply"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO mail_outgoingmail ({columns}) {values}")
        cursor.execute("ANALYZE mail_outgoingmail")


def claims(count):
    """Seconds of each claim; each mail is written as sent, as the dispatcher does."""
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        mail = claiming.claim()
        taken.append(time.perf_counter() - begin)
        settling.sent(mail, Accepted("250 ok"), left=True)
    return taken


def test_the_claim_beside_a_million_that_went():
    print(f"\n{machine()}")
    fill("queued", DUE)
    histogram(f"a claim, {DUE} due, nothing else", claims(CLAIMS))
    with clock(f"({SENT} sent rows made)"):
        fill("sent", SENT, first=DUE)
    full = histogram(f"a claim, {DUE - CLAIMS} due, {SENT} sent", claims(CLAIMS))
    shut_a_third()
    shut = histogram("the same, a third of the domains shut", claims(CLAIMS))
    assert full < CLAIM_LIMIT
    assert shut < CLAIM_LIMIT


def shut_a_third():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_maillane (domain, not_before, failures, reply) "
            "SELECT 'd' || n || '.example', now() + interval '1 hour', 1, '421' FROM generate_series(0, 330) AS n"
        )


def test_what_one_mail_costs(smtp_sink, redis_server):
    """Of one process, the mail server beside it in another thread of the same."""
    count = max(100, int(1000 * SCALE))
    with clock(f"wrote {count} mails") as wrote:
        for n in range(count):
            with transaction.atomic():
                actions.queue_mail(key=f"bench:{n}", to=f"p{n}@d{n % 97}.example", **CODE)
    with clock(f"sent {count} mails by SMTP") as sent:
        while OutgoingMail.objects.filter(state="queued").exists():
            actions.deliver_due()
    for name, taken in (("writing", wrote), ("sending", sent)):
        print(f"{name}: {1000 * taken.wall / count:.2f} ms, {1000 * taken.cpu / count:.2f} ms of processor per mail")
    assert len(smtp_sink.messages) == count
    assert count / sent.wall > PER_SECOND


def test_from_commit_to_the_mail_server(celery_worker_with_beat, smtp_sink, monkeypatch):
    """50 mails a second are written; two worker processes send them."""
    arrived: dict[str, float] = {}
    note_arrivals(monkeypatch, arrived)
    committed = post_steadily(PER_SECOND * SECONDS)
    wait_until(lambda: len(arrived) >= len(committed), 60, "not all mails arrived")
    waits = [arrived[number] - at for number, at in committed.items()]
    print(f"\n{machine()}")
    latest = histogram(f"{len(waits)} mails, {PER_SECOND} a second, 2 processes: commit to acceptance", waits)
    line("the longest", f"{max(waits):.2f} s")
    assert len(smtp_sink.messages) == len(waits)
    assert latest < OUT_LIMIT


def note_arrivals(monkeypatch, arrived):
    """When the mail server says yes, by Message-ID."""
    taking = SmtpSink.handle_DATA

    async def take(self, server, session, envelope):
        answer = await taking(self, server, session, envelope)
        arrived[self.messages[-1].message["Message-ID"]] = time.monotonic()
        return answer

    monkeypatch.setattr(SmtpSink, "handle_DATA", take)


def post_steadily(count):
    """Write so many mails at an even pace; when each was committed, by Message-ID."""
    committed, begin = {}, time.monotonic()
    tick = threading.Event()
    for n in range(count):
        tick.wait(max(0.0, begin + n / PER_SECOND - time.monotonic()))
        with transaction.atomic():
            mail = actions.queue_mail(key=f"bench:{n}", to=f"p{n}@d{n % 97}.example", **CODE)
        committed[mail.message_id] = time.monotonic()
    line(f"wrote {count} mails in", f"{time.monotonic() - begin:.1f} s")
    return committed
