"""All addresses of the site; each app owns what lies below its prefix."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from techfinder import checks as checks
from techfinder import health

# The admin has no door of its own: one sign-in, with its second factor and its limits, for everybody.
ADMIN_LOGIN = RedirectView.as_view(pattern_name="account_login", query_string=True)

handler500 = health.failed

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("aanbod/", include("techfinder.activities.urls")),
    path("bericht/", include("techfinder.activities.saved_urls")),
    path("bewaard/", include("techfinder.activities.favourites.urls")),
    path("vraag/", include("techfinder.requests.urls")),
    path("mijn/", include("techfinder.matches.urls")),
    path("boeking/", include("techfinder.bookings.urls")),
    path("organisatie/", include("techfinder.organisations.urls")),
    path("moderatie/", include("techfinder.moderation.urls")),
    path("campagnes/", include("techfinder.campaigns.urls")),
    path("account/", include("techfinder.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("uit/", include("techfinder.mail.urls")),
    path("beheer/login/", ADMIN_LOGIN),
    path("beheer/post/", include("techfinder.mail.desk.urls")),
    path("beheer/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    # The addresses of the first Techfinder are in reports, lesson plans and bookmarks.
    path("programs/<slug:slug>", RedirectView.as_view(url="/aanbod/%(slug)s/", permanent=True), name="old-programme"),
    path("programs/<slug:slug>/", RedirectView.as_view(url="/aanbod/%(slug)s/", permanent=True)),
    path("", include("techfinder.pages.urls")),
]

# Logos and pictures; in production the proxy in front hands them out.
urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

if settings.SHOW_POST:
    urlpatterns.insert(0, path("post/", include("techfinder.mail.post.urls")))
