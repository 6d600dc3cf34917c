"""Addresses of this app."""

from django.urls import path

from techfinder.matches import views

app_name = "matches"

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("vraag/<uuid:uuid>/", views.request, name="request"),
    path("vraag/<uuid:uuid>/verruim/", views.loosen, name="loosen"),
    path("vraag/<uuid:uuid>/zet-terug/", views.put_back, name="put_back"),
    path("aanbod/<slug:slug>/", views.activity, name="activity"),
    path("match/<int:pk>/past-niet/", views.decline, name="decline"),
    path("match/<int:pk>/vraag-aan/", views.ask, name="ask"),
    path("match/<int:pk>/bied-aan/", views.offer, name="offer"),
]
