"""The limit: a page of as many bytes through the same middleware and the same frame, that asks for nothing."""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from django.template import engines

PAGE = engines["django"].from_string('{% extends "base.html" %}{% block content %}{{ filling }}{% endblock %}')
FILLING = "x" * int(os.environ.get("BENCH_BYTES", "0"))


def render_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render({"filling": FILLING}, request))
