"""`BENCH_SEARCH` names what stands behind the list: ours (nothing), plain, engine, drawn or bare."""

from __future__ import annotations

import os
import threading

from techfinder.wsgi import application as application

# isort: split
from techfinder.activities.views import listing

# What a process makes ready beside its first pages is no cost of the pages.
for thread in threading.enumerate():
    if thread.name == "warm":
        thread.join()

match os.environ["BENCH_SEARCH"]:
    case "plain":
        from tests.benchmarks.search_site import plain

        listing.search = plain  # type: ignore[assignment]
    case "engine":
        from tests.benchmarks.search_site import engine

        engine.open_index(os.environ["BENCH_ENGINE"])
        listing.search = engine  # type: ignore[assignment]
    case "bare":
        from tests.benchmarks.search_site import bare

        listing.render_list = bare.render_page  # type: ignore[assignment]
    case "drawn":
        from tests.benchmarks.search_site import drawn

        listing.render_list = drawn.render_page  # type: ignore[assignment]
