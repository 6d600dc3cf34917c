"""Addresses of the offers."""

from __future__ import annotations

from django.urls import path

from techfinder.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="list"),
    path("kaart.json", views.activity_points, name="points"),
    path("kaart.svg", views.activity_drawing, name="drawing"),
    path("land.json", views.country_points, name="country"),
    path("nieuw/", views.activity_new, name="new"),
    path("vergelijk/", views.activity_compare, name="compare"),
    path("thema/<slug:code>/", views.theme, name="theme"),
    path("<slug:slug>/", views.offer_or_region, name="detail"),
    # The same address: an activity goes first, and none takes that of a region.
    path("<slug:slug>/", views.offer_or_region, name="region"),
    path("<slug:slug>/thema/<slug:code>/", views.region_theme, name="region_theme"),
    path("<slug:slug>/bewerken/", views.activity_edit, name="edit_start", kwargs={"step": "wat"}),
    path("<slug:slug>/bewerken/<slug:step>/", views.activity_edit, name="edit"),
    path("<slug:slug>/actie/", views.activity_act, name="act"),
]
