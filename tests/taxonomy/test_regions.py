import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from techfinder.taxonomy.models import Kind, Region, Theme
from techfinder.taxonomy.queries import (
    EVERYWHERE,
    expand_regions,
    find_region,
    kind_names,
    municipality_ids,
    region_names,
    regions_for_choice,
    theme_names,
)

pytestmark = pytest.mark.django_db


def _municipality(code: str, name: str, province: str) -> Region:
    parent = Region.objects.get(code=province)
    return Region.objects.create(code=code, name=name, slug=name.lower(), type="municipality", parent=parent)


def test_the_country_is_shipped() -> None:
    counts = {kind: Region.objects.filter(type=kind).count() for kind in ("country", "part", "province")}
    assert counts == {"country": 1, "part": 5, "province": 12}
    assert Region.objects.get(code="NL-ZE").parent.code == "LD-ZUIDWEST"


def test_themes_and_kinds_have_names_in_both_languages() -> None:
    assert (Theme.objects.count(), Kind.objects.count()) == (18, 13)
    with override("nl"):
        assert theme_names()["bouw"] == "bouw en infra"
    with override("en"):
        assert kind_names()["wedstrijd"] == "competition"


def test_a_retired_theme_is_not_offered_and_still_has_its_name() -> None:
    Theme.objects.filter(code="water").update(active=False)
    assert "water" not in theme_names(active=True)
    assert "water" in theme_names()


def test_regions_expand_to_their_municipalities(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    veere, goes = _municipality("GM0717", "Veere", "NL-ZE"), _municipality("GM0664", "Goes", "NL-ZE")
    assen = _municipality("GM0106", "Assen", "NL-DR")
    network = Region.objects.create(code="RPA99", name="Samen", slug="samen", type="network")
    network.municipalities.set([goes, assen])

    with django_assert_num_queries(2):
        assert expand_regions(["NL-ZE"]) == {veere.pk, goes.pk}
    assert expand_regions(["LD-ZUIDWEST", "GM0106"]) == {veere.pk, goes.pk, assen.pk}
    assert expand_regions(["RPA99"]) == {goes.pk, assen.pk}
    assert expand_regions(["GM0106", "NL"]) == EVERYWHERE
    assert expand_regions([]) == set()
    assert municipality_ids(Region.objects.get(code="NL")) == {veere.pk, goes.pk, assen.pk}
    with pytest.raises(KeyError):
        expand_regions(["NL-XX"])


def test_a_region_is_found_by_code_and_by_address() -> None:
    assert find_region("NL-ZE") == find_region("zeeland")
    assert find_region("atlantis") is None


def test_regions_come_large_before_small() -> None:
    _municipality("GM0106", "Assen", "NL-DR")
    assert list(region_names(["GM0106", "NL-ZE", "NL-DR", "NL"])) == ["NL", "NL-DR", "NL-ZE", "GM0106"]
    assert regions_for_choice()[0].code == "NL"
