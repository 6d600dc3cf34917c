"""Addresses of the administrators' page about mail."""

from __future__ import annotations

from django.urls import path

from techfinder.mail.desk import views

app_name = "mail_desk"
urlpatterns = [
    path("", views.index, name="index"),
    path("doen/", views.act_on_many, name="act_on_many"),
    path("adres/", views.act_on_address, name="act_on_address"),
    path("adressen/", views.addresses, name="addresses"),
    path("domein/", views.open_lane, name="open_lane"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/html/", views.html, name="html"),
    path("<uuid:uuid>/doen/", views.act, name="act"),
]
