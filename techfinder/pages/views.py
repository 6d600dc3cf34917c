from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from techfinder.activities.access import moderated_codes
from techfinder.pages import queries
from techfinder.pages import regions as shown
from techfinder.taxonomy.models import Region


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", queries.home())


@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    """Every region that has a page."""
    return render(request, "pages/regions.html", shown.overview())


@require_safe
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """One region: what its coordinator says, what there is, what is asked."""
    named = Q(slug=slug.lower()) | Q(code=slug.upper())
    found = get_object_or_404(Region.objects.select_related("parent"), named)
    if found.type == Region.Type.COUNTRY:
        return redirect("pages:regions")
    if found.slug != slug:
        return redirect("pages:region", found.slug, permanent=True)
    return render(request, "pages/region.html", {"shown": shown.show(found), "may_edit": _may_edit(request, found)})


def _may_edit(request: HttpRequest, found: Region) -> bool:
    user = request.user
    return user.is_authenticated and (user.is_staff or found.code in moderated_codes(user))


class Help(TemplateView):
    template_name = "pages/help.html"


class How(TemplateView):
    template_name = "pages/how.html"


class Privacy(TemplateView):
    template_name = "pages/privacy.html"


class Accessibility(TemplateView):
    template_name = "pages/accessibility.html"
