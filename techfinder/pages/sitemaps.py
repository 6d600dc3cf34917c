"""sitemap.xml: an index, and a list for each kind of page, read in parts: many offers cost no memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from techfinder.activities import search
from techfinder.activities.models import Activity
from techfinder.activities.search import Criteria
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region, Theme

PER_FILE = 5000
SHOWN_REGIONS = (Region.Type.PROVINCE, Region.Type.NETWORK, Region.Type.MUNICIPALITY)


class OwnSitemap(Sitemap[Any]):
    """Addresses are those of this installation, whatever name the visitor used."""

    limit = PER_FILE
    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.BASE_URL).netloc

    def get_latest_lastmod(self) -> dt.datetime | None:
        return None


class Offers(OwnSitemap):
    def items(self) -> QuerySet[Activity, Any]:
        return Activity.objects.public().order_by("id").values_list("slug", "updated_at")

    def location(self, item: tuple[str, dt.datetime]) -> str:
        return reverse("activities:detail", args=[item[0]])

    def lastmod(self, item: tuple[str, dt.datetime]) -> dt.datetime:
        return item[1]

    def get_latest_lastmod(self) -> dt.datetime | None:
        return Activity.objects.public().aggregate(last=Max("updated_at"))["last"]


class Addresses(OwnSitemap):
    """A section whose items are addresses already."""

    def location(self, item: str) -> str:
        return item


class Themes(Addresses):
    """Each theme that has offers, in the whole country and in each province."""

    def items(self) -> list[str]:
        used = list(Theme.objects.filter(active=True).order_by("position", "code").values_list("code", flat=True))
        provinces = Region.objects.filter(type=Region.Type.PROVINCE).order_by("id").values_list("slug", "code")
        searched = search.now()
        whole = searched.facets(Criteria()).counts["theme"]
        found = [reverse("activities:theme", args=[theme]) for theme in used if whole.get(theme)]
        for slug, code in provinces:
            counts = searched.facets(Criteria(regions=(code,))).counts["theme"]
            there = [theme for theme in used if counts.get(theme)]
            found += [reverse("activities:region_theme", args=[slug, theme]) for theme in there]
        return found


class Regions(Addresses):
    """The page of each region, and the search in it when it finds something."""

    def items(self) -> list[str]:
        shown = list(Region.objects.filter(type__in=SHOWN_REGIONS).order_by("id").values_list("slug", "code"))
        counts = search.counts(Criteria(regions=(code,)) for _slug, code in shown)
        pages = [reverse("pages:region", args=[slug]) for slug, _code in shown]
        searches = [(slug, count) for (slug, _code), count in zip(shown, counts, strict=True) if count]
        return pages + [reverse("activities:region", args=[slug]) for slug, _count in searches]


class Providers(OwnSitemap):
    """Those who have something to offer."""

    def items(self) -> QuerySet[Provider, Any]:
        offering = Provider.objects.public().filter(pk__in=Activity.objects.public().values("provider"))
        return offering.order_by("id").annotate(changed=Max("activities__updated_at")).values_list("slug", "changed")

    def location(self, item: tuple[str, dt.datetime]) -> str:
        return reverse("organisations:provider", args=[item[0]])

    def lastmod(self, item: tuple[str, dt.datetime]) -> dt.datetime:
        return item[1]


class Statements(Addresses):
    names: Sequence[str] = (
        "pages:home", "activities:list", "pages:regions", "requests:new", "requests:list", "activities:new",
        "pages:how", "pages:help", "pages:privacy", "pages:accessibility",
    )  # fmt: skip

    def items(self) -> list[str]:
        return [reverse(name) for name in self.names]


SECTIONS: dict[str, type[OwnSitemap]] = {
    "aanbod": Offers,
    "themas": Themes,
    "regios": Regions,
    "aanbieders": Providers,
    "paginas": Statements,
}


@require_safe
@cache_control(public=True, max_age=3600)
def index(request: HttpRequest) -> HttpResponse:
    """Every list, in as many parts as it has."""
    shown = [entry for name, section in SECTIONS.items() for entry in _parts(name, section())]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": shown}, content_type="application/xml")


def _parts(name: str, section: OwnSitemap) -> list[dict[str, Any]]:
    address = settings.BASE_URL.rstrip("/") + reverse("pages:sitemap_section", args=[name])
    last = section.get_latest_lastmod()
    pages = range(1, section.paginator.num_pages + 1)
    return [{"location": f"{address}?p={page}" if page > 1 else address, "last_mod": last} for page in pages]
