"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from techfinder.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.index, name="index"),
    path("scholen/zoeken/", views.school_search, name="school_search"),
    path("school/", views.claim_school, name="claim_school"),
    path("school/<slug:code>/", views.claim, name="claim"),
    path("aanmelden/", views.register_provider, name="register_provider"),
    path("aanbieder/<slug:slug>/", views.provider, name="provider"),
    path("aanbieder/<slug:slug>/wijzigen/", views.edit_provider, name="edit_provider"),
    path("aanbieder/<slug:slug>/pauze/", views.pause_provider, name="pause_provider"),
    path("uitnodiging/<uuid:token>/", views.accept_invitation, name="accept_invitation"),
    path("<slug:kind>/<slug:key>/mensen/", views.members, name="members"),
    path("<slug:kind>/<slug:key>/mensen/verlaten/", views.leave, name="leave"),
    path(
        "<slug:kind>/<slug:key>/mensen/uitnodiging/<int:pk>/intrekken/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
]
