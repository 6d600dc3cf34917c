"""Searches with an address of their own, that a person can link to: a region, a theme, a theme in a region."""

from __future__ import annotations

from http import HTTPStatus

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.activities.views.detail import activity_detail
from techfinder.activities.views.listing import render_list
from techfinder.taxonomy.models import Region, Theme
from techfinder.taxonomy.queries import theme_names

LINK = '{} <a class="utrecht-link utrecht-link--html-a" href="{}">{}</a>'


@require_safe
def offer_or_region(request: HttpRequest, slug: str) -> HttpResponse:
    """An activity that this person may see, else the search in the region of this name."""
    try:
        return activity_detail(request, slug)
    except Http404:
        region = _region(slug)
        if region is None:
            raise
    return _moved(region, slug, "activities:region", region.slug) or _of_region(request, region)


def _of_region(request: HttpRequest, region: Region) -> HttpResponse:
    return render_list(
        request,
        preset={"region": [region.code]},
        title=gettext("Offers for schools in %(region)s") % {"region": region.name},
        intro=_about(
            gettext("Guest lessons, company visits, lesson kits and more, of companies that work with these schools."),
            region,
        ),
        canonical=reverse("activities:region", args=[region.slug]),
    )


@require_safe
def theme(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about one theme; 410 with ways on when the theme is no longer used."""
    found = get_object_or_404(Theme, code=code.lower())
    if not found.active:
        return _retired(request, found)
    if found.code != code:
        return redirect("activities:theme", found.code, permanent=True)
    return render_list(
        request,
        preset={"theme": [found.code]},
        title=gettext("Offers about %(theme)s") % {"theme": str(found)},
        intro=gettext("Guest lessons, company visits, lesson kits and more about this theme, from the whole country."),
        canonical=reverse("activities:theme", args=[found.code]),
    )


@require_safe
def region_theme(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Everything about one theme for the schools of one region."""
    region, found = _region(slug), get_object_or_404(Theme, code=code.lower())
    if region is None:
        raise Http404
    if not found.active:
        return _retired(request, found, region)
    if moved := _moved(region, f"{slug}/{code}", "activities:region_theme", region.slug, found.code):
        return moved
    words = {"theme": str(found), "region": region.name}
    return render_list(
        request,
        preset={"region": [region.code], "theme": [found.code]},
        title=gettext("Offers about %(theme)s for schools in %(region)s") % words,
        intro=_about(gettext("Everything about this theme that schools in this region can ask for."), region),
        canonical=reverse("activities:region_theme", args=[region.slug, found.code]),
    )


def _region(slug: str) -> Region | None:
    """By its address or its code, in capitals or not."""
    return Region.objects.filter(Q(slug=slug.lower()) | Q(code=slug.upper())).first()


def _moved(region: Region, given: str, name: str, *args: str) -> HttpResponse | None:
    """To the one address of this search; of the whole country that is the list itself."""
    if region.type == Region.Type.COUNTRY:
        return redirect("activities:theme", args[1]) if len(args) > 1 else redirect("activities:list")
    return redirect(name, *args, permanent=True) if given != "/".join(args) else None


def _about(text: str, region: Region) -> SafeString:
    about = gettext("About the region %(region)s") % {"region": region.name}
    return format_html(LINK, text, reverse("pages:region", args=[region.slug]), about)


def _retired(request: HttpRequest, old: Theme, region: Region | None = None) -> HttpResponse:
    """What took the place of it nobody knows: the themes that are there, and a search for the word."""
    context = {"old": old, "region": region, "themes": theme_names(active=True).items(), "no_index": True}
    return render(request, "activities/theme_gone.html", context, status=HTTPStatus.GONE)
