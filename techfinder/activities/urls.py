"""Addresses of the offers."""

from __future__ import annotations

from django.urls import path

from techfinder.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="list"),
    path("nieuw/", views.activity_new, name="new"),
    path("<slug:slug>/", views.activity_detail, name="detail"),
    path("<slug:slug>/bewerken/", views.activity_edit, name="edit_start", kwargs={"step": "wat"}),
    path("<slug:slug>/bewerken/<slug:step>/", views.activity_edit, name="edit"),
    path("<slug:slug>/actie/", views.activity_act, name="act"),
]
