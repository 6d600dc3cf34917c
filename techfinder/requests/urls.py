"""Addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from techfinder.requests import posting, views

app_name = "requests"
urlpatterns: list[URLPattern] = [
    path("", posting.new, name="new"),
    path("voor-school/", posting.for_school, name="for_school"),
    path("open/", views.open_list, name="list"),
    path("bevestigen/<str:token>/", posting.confirm, name="confirm"),
    path("bevestigen/<str:token>/opnieuw/", posting.resend, name="resend"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/wijzigen/", views.edit, name="edit"),
    path("<uuid:uuid>/verlengen/", views.extend, name="extend"),
    path("<uuid:uuid>/intrekken/", views.withdraw, name="withdraw"),
]
