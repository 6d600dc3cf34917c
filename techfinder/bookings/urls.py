"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from techfinder.bookings.views import links

app_name = "bookings"
urlpatterns: list[URLPattern] = [
    path("l/<str:token>/", links.link, name="link"),
]
