"""`python -m tests.faults.common_way.post FIRST COUNT SECONDS DIE`: posts, and publishes on commit.

Ends by itself, by SIGKILL, between COMMIT and publishing of a part DIE of the posts; whoever started it starts another
that goes on where it ended. What could not be published is an error page; the row is committed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time


def main(first: int, count: int, seconds: float, die: float) -> None:
    import django

    from tests.faults.common_way.celery import tell

    django.setup()
    from django.db import DatabaseError, connection, transaction

    from tests.faults.common_way.models import Posted

    def publish(pk: int) -> None:
        if random.random() < die:
            os.kill(os.getpid(), signal.SIGKILL)
        tell.delay(pk)

    def post(number: int) -> None:
        with transaction.atomic():
            email = f"leraar{number}@school{number % 200}.example"
            posted, is_new = Posted.objects.get_or_create(number=number, defaults={"email": email})
            # Whoever got an error looks first whether it is there.
            if is_new:
                transaction.on_commit(lambda: publish(posted.pk))

    began = time.monotonic()
    for number in range(first, count):
        time.sleep(max(0.0, began + seconds * (number - first) / count - time.monotonic()))
        while True:
            try:
                post(number)
            except DatabaseError:
                connection.close()
                time.sleep(0.2)
                continue
            except Exception as error:  # the broker is away: whoever posted sees an error page
                print(f"not published: {type(error).__name__}", flush=True)  # noqa: T201
            break


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
