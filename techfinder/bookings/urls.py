"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from techfinder.bookings.views import links, pages

app_name = "bookings"
urlpatterns: list[URLPattern] = [
    path("<uuid:uuid>/", pages.detail, name="detail"),
    path("l/<str:token>/", links.link, name="link"),
]
