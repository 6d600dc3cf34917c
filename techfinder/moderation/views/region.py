"""The pages of regions, for the moderators who write them."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.moderation import actions
from techfinder.moderation.access import desk_of
from techfinder.moderation.forms.region import RegionPageForm
from techfinder.moderation.models import RegionPage
from techfinder.taxonomy.http import either

PER_PAGE = 50


@require_safe
def region_pages(request: HttpRequest) -> HttpResponse:
    """The regions of this desk, and which of them have words and a contact."""
    regions = desk_of(request).regions().select_related("page", "parent")
    page = Paginator(regions, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "moderation/region_pages.html", {"page": page})


@either
def region_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the page of one region."""
    desk = desk_of(request)
    region = desk.any_region(slug)
    written = RegionPage.objects.filter(region=region).select_related("updated_by").first()
    form = RegionPageForm(request.POST or None, instance=written)
    if request.method == "POST" and form.is_valid():
        actions.save_region_page(region=region, moderator=desk.user, **form.cleaned_data)
        messages.success(request, gettext("Saved. This is how visitors see it."))
        return redirect("pages:region", slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "region": region, "written": written}
    return render(request, "moderation/region_page.html", context, status=status)
