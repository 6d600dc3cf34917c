"""The web server's way in."""

from __future__ import annotations

import gc
import logging
import os
import threading

from techfinder.startup import serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techfinder.settings")
serve(web=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.db import Error, connection  # noqa: E402

from techfinder.activities import search  # noqa: E402


def warm() -> None:
    """Make the search ready before the first visitor asks, and keep the garbage collector from going through it."""
    try:
        search.now()
    except Error:
        logging.getLogger(__name__).warning("the search is not ready yet: the first visitor makes it so", exc_info=True)
    finally:
        connection.close()
    gc.collect()
    gc.freeze()


threading.Thread(target=warm, name="warm", daemon=True).start()
