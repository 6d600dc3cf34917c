from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _

from techfinder.accounts.queries import lacks_second_factor

SEEN_EVERY_SECONDS = 600
# What one needs on the way to a second factor, and nothing else.
OPEN_TO_ALL = {"account_logout", "account_reauthenticate", "set_language", "livez", "readyz", "javascript-catalog"}


class LastSeenMiddleware:
    """When and where a session was last seen: once in ten minutes is exact enough, and spares each page a write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and cache.add(f"session-seen:{key}", 1, SEEN_EVERY_SECONDS):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Who can see or change the work of others sets up a second factor before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        """Turn to the set-up page; after routing, so that an unknown address stays a 404."""
        match = request.resolver_match or resolve(request.path_info)
        _hide_admin(request, match)
        if not request.user.is_authenticated or _is_on_the_way(match):
            return None
        if not lacks_second_factor(request.user):
            return None
        messages.info(request, _("You can see the work of others here. Set up a second step for signing in first."))
        return HttpResponseRedirect(reverse("mfa_index"))


def _hide_admin(request: HttpRequest, match: ResolverMatch) -> None:
    """Whoever is signed in and no administrator finds nothing there, not a page that sends one round in a ring."""
    if "admin" in match.app_names and request.user.is_authenticated and not request.user.is_staff:
        raise Http404


def _is_on_the_way(match: ResolverMatch) -> bool:
    name = match.url_name or ""
    return name in OPEN_TO_ALL or name.startswith("mfa_") or match.route.startswith(("static/", "media/"))
