"""Which addresses below /aanbod/ are not free for an activity."""

from __future__ import annotations

from techfinder.taxonomy.models import Region

# Pages of the site: the form, themes, the map, comparing.
PAGES = frozenset({"nieuw", "thema", "kaart", "vergelijk"})


def reserved_slugs(beginning: str = "") -> set[str]:
    """The pages of the site, and the regions (/aanbod/zeeland/) whose address begins so."""
    return {*PAGES, *Region.objects.filter(slug__startswith=beginning).values_list("slug", flat=True)}
