"""Addresses of this app; signing in and its second step are allauth's, below the same prefix."""

from __future__ import annotations

from django.urls import path, re_path

from techfinder.accounts import views

app_name = "accounts"
urlpatterns = [
    path("gegevens/", views.profile, name="profile"),
    path("gegevens/download/", views.export, name="export"),
    path("verwijderen/", views.delete, name="delete"),
    # Before allauth's own: nobody here has a password to change, set or forget.
    re_path("^password/", views.no_password, name="no_password"),
]
