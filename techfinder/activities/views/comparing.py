"""Up to three offers side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from techfinder.activities.comparing import MOST, compare
from techfinder.activities.favourites.queries import kept_among

LONGEST_SLUG = 140
MOST_READ = 20


@require_safe
def activity_compare(request: HttpRequest) -> HttpResponse:
    """The offers of the address; of more than three the first three."""
    given = [slug.replace("\x00", "")[:LONGEST_SLUG] for slug in request.GET.getlist("a")[:MOST_READ]]
    slugs = list(dict.fromkeys(slug for slug in given if slug))
    found = compare(slugs[:MOST])
    shown = [each.slug for each in found.activities]
    context = {
        "found": found,
        "columns": [(each, _without(shown, each.slug)) for each in found.activities],
        "left_out": max(0, len(slugs) - MOST),
        "kept": kept_among(request, [each.pk for each in found.activities]),
        "canonical": reverse("activities:compare"),
    }
    return render(request, "activities/compare.html", context)


def _without(slugs: list[str], slug: str) -> str:
    """The address that leaves one out."""
    left = urlencode([("a", each) for each in slugs if each != slug])
    return f"{reverse('activities:compare')}?{left}"
