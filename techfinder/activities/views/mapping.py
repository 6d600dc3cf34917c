"""The map below the list: what was found as points, the country as dots, and both as one drawing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from techfinder import limits
from techfinder.activities import found_map
from techfinder.activities.filters import ActivityFilter

LONGEST_QUERY_MS = 2000
COMPACT = {"separators": (",", ":"), "ensure_ascii": False}
P = ParamSpec("P")


def _in_time(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page without a map is better than a database that is held up for one."""

    @wraps(view)
    def limited(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            with limits.at_most(LONGEST_QUERY_MS):
                return view(request, *args, **kwargs)
        except OperationalError as error:
            if not limits.is_too_slow(error):
                raise
            return HttpResponse(status=503, headers={"Retry-After": "10"})

    return limited


@require_safe
@gzip_page
@conditional_page
@cache_control(private=True, max_age=60)
@_in_time
def activity_points(request: HttpRequest) -> HttpResponse:
    """What is found, where; `vak` is the part of the map that is looked at."""
    criteria = ActivityFilter(request.GET).criteria()
    found = found_map.answer(criteria, found_map.read_box(request.GET.get("vak", "")))
    return JsonResponse(found, json_dumps_params=COMPACT)


@require_safe
@gzip_page
@conditional_page
@cache_control(public=True, max_age=3600)
@_in_time
def country_points(request: HttpRequest) -> HttpResponse:
    """The country as dots, for a map without ground."""
    return JsonResponse({"dots": found_map.country()}, json_dumps_params=COMPACT)


@require_safe
@gzip_page
@conditional_page
@cache_control(private=True, max_age=60)
@_in_time
def activity_drawing(request: HttpRequest) -> HttpResponse:
    """The same as a picture, for who has no script; `?donker=1` for the dark."""
    context = {
        "map": found_map.drawing(ActivityFilter(request.GET).criteria()),
        "is_dark": request.GET.get("donker") == "1",
    }
    return render(request, "activities/found_map.svg", context, content_type="image/svg+xml")
