"""Addresses of what is kept."""

from __future__ import annotations

from django.urls import path

from techfinder.activities.views import keeping

app_name = "favourites"
urlpatterns = [
    path("", keeping.kept, name="list"),
    path("school/", keeping.choose, name="choose"),
    path("naar-school/", keeping.move, name="move"),
    path("<slug:slug>/bewaren/", keeping.keep, name="keep"),
    path("<slug:slug>/weg/", keeping.drop, name="drop"),
    path("<slug:slug>/notitie/", keeping.note, name="note"),
]
