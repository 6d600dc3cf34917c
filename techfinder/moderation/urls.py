"""Addresses of the moderators' desk."""

from __future__ import annotations

from django.urls import path

from techfinder.moderation import views

app_name = "moderation"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("tekort/", views.lacks, name="lacks"),
    path("tekort/lijst.csv", views.lacks_file, name="lacks_file"),
    path("gezocht/", views.sought, name="sought"),
    path("gezocht/lijst.csv", views.sought_file, name="sought_file"),
    path("uitleg/", views.explain, name="explain"),
    path("aanbod/<slug:slug>/", views.activity, name="activity"),
    path("aanbieder/<slug:slug>/", views.provider, name="provider"),
    path("mensen/<int:pk>/", views.claim, name="claim"),
    path("aandacht/<int:pk>/afgehandeld/", views.settle, name="settle"),
    path("regio/", views.region_pages, name="region_pages"),
    path("regio/<slug:slug>/", views.region_page, name="region_page"),
    path("gewichten/", views.weights, name="weights"),
    path("gewichten/<int:pk>/", views.weight_set, name="weight_set"),
    path("gewichten/<int:pk>/toepassen/", views.apply_weights, name="apply_weights"),
    path("gewichten/<int:pk>/opnieuw/", views.bring_back_weights, name="bring_back_weights"),
    path("taken/", views.tasks, name="tasks"),
    path("taken/<int:pk>/", views.task, name="task"),
    path("wachtlijst/", views.waiting, name="waiting"),
    path("wachtlijst/<uuid:uuid>/", views.waiting_one, name="waiting_one"),
    path("wachtlijst/<uuid:uuid>/overdragen/", views.hand_over, name="hand_over"),
    path("bemiddel/<uuid:uuid>/", views.broker, name="broker"),
    path("bemiddel/<uuid:uuid>/<slug:slug>/", views.broker_ask, name="broker_ask"),
    path("bemiddel/<uuid:uuid>/<slug:slug>/samen/", views.together, name="together"),
]
