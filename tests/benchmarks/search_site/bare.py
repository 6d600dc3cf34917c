"""The limit: a page of as many bytes through the same middleware and the same frame, that asks for nothing."""

from __future__ import annotations

import os
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template import engines

PAGE = engines["django"].from_string('{% extends "base.html" %}{% block content %}{{ filling }}{% endblock %}')
BYTES = int(os.environ.get("BENCH_BYTES", "0"))


def render_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render({"filling": _filling(request)}, request))


@cache
def _fill(frame: int) -> str:
    return "x" * max(0, BYTES - frame)


_frames: list[int] = []


def _filling(request: HttpRequest) -> str:
    """As much as the frame leaves of the bytes; the frame is measured once."""
    if not _frames:
        _frames.append(len(PAGE.render({"filling": ""}, request).encode()))
    return _fill(_frames[0])
