"""Several at the same moment, each in a thread and on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def at_once(*calls, refusals=Exception):
    """What comes of each, in their order: the answer or, of these, the exception; another is raised."""
    together = Barrier(len(calls))

    def run(call):
        try:
            together.wait(10)
            return call()
        except refusals as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def in_threads(count, work):
    """The same so often; whatever one raises is raised."""
    return at_once(*[work] * count, refusals=())
