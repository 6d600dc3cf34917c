"""Addresses of the campaigns and their rounds."""

from __future__ import annotations

from django.urls import path

from techfinder.campaigns import views

ROUND = "<slug:slug>/ronde/<int:number>/"

app_name = "campaigns"
urlpatterns = [
    path("", views.index, name="list"),
    path("nieuw/", views.new, name="new"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/wijzigen/", views.edit, name="edit"),
    path("<slug:slug>/sluiten/", views.close, name="close"),
    path("<slug:slug>/activiteiten/", views.sessions, name="sessions"),
    path("<slug:slug>/vragen/", views.requests, name="requests"),
    path("<slug:slug>/vragen/<int:pk>/", views.bounds, name="bounds"),
    path("<slug:slug>/ronde/", views.start, name="start"),
    path(ROUND, views.round_page, name="round"),
    path(f"{ROUND}weg/", views.drop, name="drop"),
    path(f"{ROUND}publiceren/", views.publish, name="publish"),
    path(f"{ROUND}plek/<int:pk>/", views.award, name="award"),
    path("<slug:slug>/los/<int:pk>/", views.release, name="release"),
]
