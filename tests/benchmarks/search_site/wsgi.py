"""`BENCH_SEARCH` names what stands behind the list: ours (nothing), plain, engine or bare."""

from __future__ import annotations

import os

from techfinder.wsgi import application as application

# isort: split
from techfinder.activities.views import listing

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
