"""What search engines should leave alone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# Of one person, of the desk, or made anew for each visitor.
PRIVATE = (
    "/account/", "/beheer/", "/bericht/", "/bewaard/", "/campagnes/", "/mijn/", "/moderatie/", "/organisatie/school/",
    "/post/", "/uit/", "/aanbod/vergelijk/",
)  # fmt: skip
# A crawler that follows every combination of filters never comes to an end; pages of the whole list it may follow.
FILTERED = ("/aanbod/*?", "/aanbod/kaart.json", "/vraag/*?")
ALLOWED = ("/aanbod/*?page=",)


def is_private(path: str) -> bool:
    """Whether a page at this address is left out of search engines."""
    return path.startswith(PRIVATE)


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: pages yes, the space of all filters no."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {path}" for path in (*PRIVATE, *FILTERED)]
    lines += [f"Allow: {path}" for path in ALLOWED]
    lines += ["", f"Sitemap: {settings.BASE_URL.rstrip('/')}{reverse('pages:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
