"""Where an address lies, as far as the school register can tell."""

from django.db.models import Count

from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region


def municipality_of(postcode: str, city: str) -> Region | None:
    """The municipality of most schools with the same four digits, else the one called like the town."""
    digits = postcode.strip()[:4]
    if len(digits) == 4:
        near = School.objects.filter(postcode__startswith=digits).values("municipality")
        most = near.annotate(schools=Count("pk")).order_by("-schools", "municipality").first()
        if most:
            return Region.objects.get(pk=most["municipality"])
    named = Region.objects.filter(type=Region.Type.MUNICIPALITY, name__iexact=city.strip())
    return named.order_by("pk").first() if city.strip() else None
