"""Addresses of the offers."""

from __future__ import annotations

from django.urls import path

from techfinder.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.activity_list, name="list"),
    path("<slug:slug>/", views.activity_detail, name="detail"),
]
