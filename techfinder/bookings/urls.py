"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from techfinder.bookings.views import links, pages, records

app_name = "bookings"
urlpatterns: list[URLPattern] = [
    path("<uuid:uuid>/", pages.detail, name="detail"),
    path("<uuid:uuid>/stap/<slug:slug>/", pages.step, name="step"),
    path("l/<str:token>/", links.link, name="link"),
    path("dossier/", records.own_records, name="records"),
    path("dossier/<slug:kind>/<slug:key>/", records.record, name="record"),
    path("dossier/<slug:kind>/<slug:key>.csv", records.record_file, name="record_file"),
]
