"""Addresses of the moderators' desk."""

from __future__ import annotations

from django.urls import path

from techfinder.moderation import views

app_name = "moderation"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("aanbod/<slug:slug>/", views.activity, name="activity"),
    path("aanbieder/<slug:slug>/", views.provider, name="provider"),
    path("mensen/<int:pk>/", views.claim, name="claim"),
    path("aandacht/<int:pk>/afgehandeld/", views.settle, name="settle"),
]
