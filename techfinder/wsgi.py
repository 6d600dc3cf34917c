"""The web server's way in."""

from __future__ import annotations

import os

from techfinder.startup import serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techfinder.settings")
serve(web=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
