"""Where developers read the outbox; only there when DEBUG is asked for."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "post"
urlpatterns: list[URLPattern] = []
