"""Addresses of this app; signing in and its second step are allauth's, below the same prefix."""

from __future__ import annotations

from django.urls import path

from techfinder.accounts import views

app_name = "accounts"
urlpatterns = [
    path("gegevens/", views.profile, name="profile"),
    path("gegevens/download/", views.export, name="export"),
    path("verwijderen/", views.delete, name="delete"),
]
