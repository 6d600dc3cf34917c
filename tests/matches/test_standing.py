"""What a process keeps of regions, numbers and weights is what the tables have, whoever changed them, and whatever was
rolled back."""

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from matching import Weights
from techfinder.matches.fairness.weights import current_weights, default_weights
from techfinder.matches.models import Area, Number, WeightSet
from techfinder.matches.rows import World
from techfinder.matches.rows.numbers import given_out
from techfinder.taxonomy.models import Region
from tests.factories.organisations import RegionFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db
THEME = Number.Vocabulary.THEME


def assert_as_in_the_tables():
    world = World()
    assert world.weights == current_weights()
    assert world._given_out == given_out()
    areas = dict(Area.objects.values_list("pk", "codes"))
    known = world.geography
    assert known.ids == {tuple(codes): pk for pk, codes in areas.items()}
    assert known.area_id.tolist() == sorted(areas)
    assert known.municipality.tolist() == sorted(Region.objects.values_list("pk", flat=True))
    for at, pk in enumerate(sorted(areas)):
        towns, everywhere = known.expand(areas[pk])
        assert (set(known.municipality[known.covers[at]].tolist()), bool(known.everywhere[at])) == (towns, everywhere)


def apply(**values):
    return WeightSet.objects.create(values=values, applied_at=timezone.now())


def test_weights_that_are_rolled_back_hold_no_more():
    apply(distance=1)
    assert World().weights.distance == 1
    with transaction.atomic():
        apply(distance=50)
        assert World().weights.distance == 50
        transaction.set_rollback(True)
    assert World().weights.distance == 1


def test_weights_that_are_applied_back_hold_again():
    apply(distance=1)
    earlier = World().weights
    apply(distance=2)
    assert World().weights.distance == 2
    apply(distance=1)
    assert World().weights == earlier
    # Proposed only: nothing holds but what was applied.
    WeightSet.objects.create(values={"distance": 9})
    assert World().weights == earlier


def test_a_number_that_is_rolled_back_goes_to_another_code():
    World().themes.give_out(["een"])
    with transaction.atomic():
        world = World()
        world.themes.give_out(["twee"])
        number = World().themes.of("twee")
        transaction.set_rollback(True)
    World().themes.give_out(["drie"])
    assert World().themes.of("drie") == number
    assert World().themes.code(number) == "drie"
    assert_as_in_the_tables()


def test_a_passing_number_stays_with_its_world():
    passing = World().themes.of("nergens")
    assert "nergens" not in World()._given_out[THEME]
    assert passing not in World().themes._code
    assert_as_in_the_tables()


def test_an_area_that_is_rolled_back_is_none(zeeland):
    World().areas_of([["NL-ZE"]])
    for codes in (["NL-ZE", "NL-ZH"], ["NL-UT"]):
        with transaction.atomic():
            World().areas_of([codes])
            assert_as_in_the_tables()
            transaction.set_rollback(True)
        assert_as_in_the_tables()
    world = World()
    found = world.areas_of([["NL-ZE", "NL-ZH"], ["NL-ZE"]])
    assert set(found.values()) == set(Area.objects.values_list("pk", flat=True))
    assert_as_in_the_tables()


def test_regions_that_an_administrator_changes(zeeland, vlissingen):
    area = World().areas_of([["NL-ZE"]])["NL-ZE",]
    assert World().covering(vlissingen.pk) == [area]
    vlissingen.parent = Region.objects.get(code="NL-ZH")
    vlissingen.save()
    assert World().covering(vlissingen.pk) == []
    vlissingen.parent = zeeland
    vlissingen.save()
    assert World().covering(vlissingen.pk) == [area]
    town = RegionFactory(parent=zeeland)
    assert World().covering(town.pk) == [area]
    town.delete()
    assert_as_in_the_tables()


def test_a_network_that_gets_and_loses_a_municipality(vlissingen):
    network = RegionFactory(type=Region.Type.NETWORK, parent=None)
    area = World().areas_of([[network.code]])[network.code,]
    for act, there in ((network.municipalities.add, [area]), (network.municipalities.remove, [])):
        act(vlissingen)
        assert World().covering(vlissingen.pk) == there
        assert_as_in_the_tables()


def other_process():
    return psycopg.connect(settings.LOCAL.database_url(connection.settings_dict["NAME"]))


@pytest.mark.django_db(transaction=True)
def test_what_another_process_writes_shows_once_it_is_committed():
    World().themes.give_out(["een"])
    World().areas_of([["NL-ZE"]])
    with other_process() as other:
        other.execute("INSERT INTO matches_area (codes) VALUES ('{NL-UT}')")
        other.execute("INSERT INTO matches_number (vocabulary, code, number) VALUES ('theme', 'twee', 1)")
        other.execute("""INSERT INTO matches_weightset (values, note, created_at, applied_at)
            VALUES ('{"distance": 3}', '', now(), now())""")
        other.execute("UPDATE taxonomy_region SET parent_id = NULL WHERE type = 'municipality'")
        assert_as_in_the_tables()
        assert World().weights == default_weights()
        other.commit()
        assert World().weights.distance == 3
        assert_as_in_the_tables()
        other.execute("DELETE FROM matches_area WHERE codes = '{NL-UT}'")
        other.commit()
        assert_as_in_the_tables()


@pytest.mark.django_db(transaction=True)
def test_many_threads_see_what_there_is():
    codes = [f"code-{n}" for n in range(12)]
    regions = [["NL-ZE"], ["NL-ZH"], ["NL-UT"], ["NL-ZE", "NL-ZH"]]
    done: list[tuple[Weights, str]] = []
    lots = iter(range(100))
    lock = threading.Lock()

    def work():
        for _ in range(6):
            with lock:
                lot = next(lots)
            try:
                with transaction.atomic():
                    world = World()
                    # In the order of matching: first the numbers, then the areas.
                    world.themes.give_out([codes[lot % len(codes)]])
                    world.areas_of([regions[lot % len(regions)]])
                    if lot % 3 == 0:
                        raise RuntimeError
                    apply(distance=lot)
                done.append((World().weights, codes[lot % len(codes)]))
            except RuntimeError:
                continue

    in_threads(4, work)
    assert done
    assert_as_in_the_tables()
    with transaction.atomic():
        assert_as_in_the_tables()
