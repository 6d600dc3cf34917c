"""Addresses of alerts, below /bericht/."""

from __future__ import annotations

from django.urls import path

from techfinder.activities.views import saved

app_name = "saved"
urlpatterns = [
    path("", saved.mine, name="mine"),
    path("nieuw/", saved.new, name="new"),
    path("gestuurd/", saved.sent, name="sent"),
    path("<uuid:uuid>/", saved.manage, name="manage"),
    path("<uuid:uuid>/doe/", saved.act, name="act"),
    path("<uuid:uuid>/wijzigen/", saved.change, name="change"),
    path("<uuid:uuid>/minder/<slug:slug>/", saved.less, name="less"),
    # The long number is last: a mail program that writes to us gives the last part of the address.
    path("bevestigen/<uuid:uuid>/", saved.confirm, name="confirm"),
    path("pauze/<uuid:uuid>/", saved.pause, name="pause"),
    path("stop/<uuid:uuid>/", saved.stop, name="stop"),
    path("nog/<uuid:uuid>/", saved.wanted, name="wanted"),
]
