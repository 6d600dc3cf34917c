"""What companies can narrow the open requests by."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from techfinder.requests.levels import related_codes
from techfinder.requests.models import Request, RequestQuerySet
from techfinder.taxonomy.data import LEVEL_BY_CODE, LEVELS
from techfinder.taxonomy.levels import level_name
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import municipality_ids, theme_names

# Fine enough for a company: the sectors, the tracks, the levels of mbo.
SHOWN = [level.code for level in LEVELS if level.year is None and level.sector in ("po", "so", "vo", "mbo")]


def _themes() -> list[tuple[str, str]]:
    return list(theme_names(active=True).items())


def _levels() -> list[tuple[str, str]]:
    return [(code, level_name(code)) for code in SHOWN]


class RequestFilter(filters.FilterSet):
    """Parameters in Dutch, as everywhere on the site; a value that does not exist is ignored."""

    thema = filters.ChoiceFilter(
        label=_("Theme"), choices=_themes, empty_label=_("Every theme"), field_name="themes", method="with_theme"
    )
    niveau = filters.ChoiceFilter(
        label=_("Level"), choices=_levels, empty_label=_("Every level"), field_name="levels", method="with_level"
    )
    regio = filters.ModelChoiceFilter(
        label=_("Region"),
        queryset=Region.objects.filter(type=Region.Type.PROVINCE),
        to_field_name="code",
        empty_label=_("All of the Netherlands"),
        method="in_region",
    )

    class Meta:
        model = Request
        fields: list[str] = []

    def with_theme(self, requests: RequestQuerySet, name: str, value: str) -> RequestQuerySet:
        """A request without themes asks for any."""
        return requests.filter(themes__contains=[value]) | requests.filter(themes=[])

    def with_level(self, requests: RequestQuerySet, name: str, value: str) -> RequestQuerySet:
        return requests.filter(levels__overlap=related_codes(value)) if value in LEVEL_BY_CODE else requests

    def in_region(self, requests: RequestQuerySet, name: str, value: Any) -> RequestQuerySet:
        return requests.filter(school__municipality__in=municipality_ids(value))
