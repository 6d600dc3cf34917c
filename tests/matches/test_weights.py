"""The weights in force, what others would change, and that what was applied stays as it was."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matching import WEIGHTS
from techfinder.matches import actions
from techfinder.matches.actions import weighing
from techfinder.matches.fairness.weights import current_weight_set, current_weights, weights_of
from techfinder.matches.models import BEST_FIRST, Rematch, WeightSet
from techfinder.matches.rows import World, refresh_activities, refresh_requests
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


def weight_set(*, applied: bool = True, **values: float) -> WeightSet:
    return WeightSet.objects.create(
        values={**dict(WEIGHTS.items()), **values},
        created_by=AdministratorFactory(),
        applied_at=timezone.now() if applied else None,
        applied_by=AdministratorFactory() if applied else None,
    )


# ------------------------------------------------------------------------------------------------------- those in force


def test_while_nobody_applied_any_the_engines_own_weights_hold():
    weight_set(applied=False, distance=80)
    assert current_weight_set() is None
    assert current_weights() == WEIGHTS


def test_the_last_that_was_applied_holds():
    first, second = weight_set(distance=50), weight_set(distance=60)
    WeightSet.objects.create(values={}, created_by=None)
    assert current_weight_set() == second
    assert current_weights().distance == 60
    assert first.applied_at < second.applied_at


def test_kept_values_outlive_a_change_of_the_table():
    """A component that came later counts as it does by default; one that went is passed over."""
    found = weights_of({"distance": 40, "moon": 9})
    assert (found.distance, found.small) == (40, WEIGHTS.small)


# -------------------------------------------------------------------------------------------------- applied rows stay


@pytest.mark.parametrize(
    "change",
    [
        {"values": {"distance": 1}},
        {"note": "iets anders"},
        {"preview": {"requests": 1}},
        {"applied_at": None},
        {"applied_at": timezone.now()},
    ],
)
def test_what_was_applied_is_never_changed(change):
    kept = weight_set()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        WeightSet.objects.filter(pk=kept.pk).update(**change)
    for name in ("created_by", "applied_by"):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            WeightSet.objects.filter(pk=kept.pk).update(**{name: AdministratorFactory()})
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        kept.delete()


def test_what_was_proposed_stays_as_it_was_proposed():
    proposed = weight_set(applied=False)
    for change in ({"values": {"distance": 1}}, {"note": "iets anders"}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            WeightSet.objects.filter(pk=proposed.pk).update(**change)


def test_a_person_can_still_be_forgotten():
    kept = weight_set()
    kept.created_by.delete()
    kept.applied_by.delete()
    kept.refresh_from_db()
    assert (kept.created_by, kept.applied_by) == (None, None)
    assert kept.applied_at


# ------------------------------------------------------------------------------------------------------------ preview


def make_rows() -> None:
    """What matching leaves behind: the rows that the engine reads."""
    with transaction.atomic():
        world = World()
        refresh_requests(None, world)
        refresh_activities(None, world)


NEAR, FAR = (51.45 + 2 / 111.195, 3.57), (51.45 + 30 / 111.195, 3.57)
THEMES = ["energie", "water", "metaal"]
MORE_THEMES = {**dict(WEIGHTS.items()), "theme": 40}


@pytest.fixture
def near():
    return ActivityFactory(themes=["energie"], venue_lat=NEAR[0], venue_lon=NEAR[1])


@pytest.fixture
def far():
    return ActivityFactory(themes=THEMES, venue_lat=FAR[0], venue_lon=FAR[1])


@pytest.fixture
def zeeland():
    return RegionFactory(parent=Region.objects.get(code="NL-ZE"))


def counted(proposed: WeightSet) -> dict:
    make_rows()
    weighing.preview_weights(weight_set_id=proposed.pk)
    proposed.refresh_from_db()
    return proposed.preview


def test_the_example_of_the_page_is_true(near, far, zeeland):
    """The page explains a weight by a company at 2 km with one theme, and one at 30 km with three."""
    asked = RequestFactory(themes=THEMES, school=SchoolFactory(municipality=zeeland))
    preview = counted(WeightSet.objects.create(values=MORE_THEMES))
    assert preview["examples"] == [[asked.pk, near.pk, far.pk]]


def test_the_preview_counts_who_gets_another_first_match(near, far, zeeland):
    here, there = SchoolFactory(municipality=zeeland), SchoolFactory(municipality=RegionFactory(parent=None))
    wide = [RequestFactory(themes=THEMES, school=school) for school in (here, here, there)]
    RequestFactory(themes=["energie"], school=here)
    nothing = RequestFactory(themes=["zorg"], school=there)
    RequestFactory(themes=THEMES, school=here, status="withdrawn")
    ActivityFactory(themes=THEMES, status="paused")

    proposed = WeightSet.objects.create(values=MORE_THEMES)
    preview = counted(proposed)
    assert {name: preview[name] for name in ("requests", "other_first", "other_top", "against")} == {
        "requests": 5, "other_first": 3, "other_top": 0, "against": None
    }  # fmt: skip
    assert preview["provinces"] == [["NL-ZE", 3, 2], ["", 2, 1]]
    assert preview["examples"] == [[each.pk, near.pk, far.pk] for each in wide]
    assert nothing.pk not in [row[0] for row in preview["examples"]]
    assert proposed.previewed_at
    assert proposed.lease_until is None
    assert not wide[0].matches.exists()


def test_the_same_weights_change_nothing_and_nobody_asking_is_no_fault(near):
    assert counted(WeightSet.objects.create(values=dict(WEIGHTS.items())))["other_first"] == 0
    RequestFactory()
    preview = counted(WeightSet.objects.create(values=dict(WEIGHTS.items())))
    assert (preview["requests"], preview["other_first"], preview["other_top"], preview["examples"]) == (1, 0, 0, [])


def test_an_offer_among_the_first_three_is_another_top(near, zeeland):
    """Of four offers the farthest is not in the top three, until themes count for more."""
    asked = RequestFactory(themes=THEMES, school=SchoolFactory(municipality=zeeland))
    for km in (3, 4):
        ActivityFactory(themes=["energie"], venue_lat=51.45 + km / 111.195, venue_lon=3.57)
    ActivityFactory(themes=["energie", "water"], venue_lat=FAR[0], venue_lon=FAR[1])
    preview = counted(WeightSet.objects.create(values={**MORE_THEMES, "theme": 60}))
    assert (preview["other_first"], preview["other_top"]) == (1, 1)
    assert preview["examples"][0][:2] == [asked.pk, near.pk]


@pytest.mark.parametrize(
    ("group", "school", "asked"),
    [
        ("small", {"pupils": 60}, {}),
        ("remote", {"neighbours": 0}, {}),
        ("special", {}, {"levels": ["vo-pro"]}),
    ],
)
def test_who_comes_among_the_first_ten_of_an_offer_rises_and_who_leaves_them_falls(zeeland, group, school, asked):
    """Ten requests nearby come first, until the group of the eleventh counts for more."""
    ActivityFactory(levels=["po-7", "vo-pro"], venue_lat=51.45, venue_lon=3.57)
    RequestFactory.create_batch(10, school=SchoolFactory(municipality=zeeland))
    far = SchoolFactory(municipality=zeeland, lat=51.7, **school)
    RequestFactory(school=far, **asked)
    old = weight_set(**{group: 0})
    preview = counted(WeightSet.objects.create(values={**old.values, group: 100}))
    assert preview["groups"][group] == {"requests": 1, "rise": 1, "fall": 0}
    weight_set(**{group: 100})
    preview = counted(WeightSet.objects.create(values=old.values))
    assert preview["groups"][group] == {"requests": 1, "rise": 0, "fall": 1}
    others = {name: counts for name, counts in preview["groups"].items() if name != group}
    assert all(counts == {"requests": 0, "rise": 0, "fall": 0} for counts in others.values())


def test_it_is_compared_with_the_weights_in_force(near, far, zeeland):
    RequestFactory(themes=THEMES, school=SchoolFactory(municipality=zeeland))
    applied = weight_set(theme=40)
    preview = counted(WeightSet.objects.create(values=dict(WEIGHTS.items())))
    assert preview["against"] == applied.pk
    assert preview["examples"][0][1:] == [far.pk, near.pk]


# -------------------------------------------------------------------------------------------------- one worker counts


def test_a_preview_is_counted_by_one_worker_and_once():
    proposed = weight_set(applied=False)
    WeightSet.objects.filter(pk=proposed.pk).update(lease_until=timezone.now() + dt.timedelta(minutes=1))
    assert not weighing.preview_weights(weight_set_id=proposed.pk)
    # The lease of a worker that was killed has passed.
    WeightSet.objects.filter(pk=proposed.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert weighing.preview_weights(weight_set_id=proposed.pk)
    assert not weighing.preview_weights(weight_set_id=proposed.pk)
    assert not weighing.preview_weights(weight_set_id=0)


def test_who_counts_renews_its_lease_after_each_province(zeeland):
    """Once to take it, and once per province."""
    for here in (zeeland, RegionFactory(parent=Region.objects.get(code="NL-DR"))):
        RequestFactory(school=SchoolFactory(municipality=here))
    make_rows()
    proposed = weight_set(applied=False)
    with CaptureQueriesContext(connection) as queries:
        weighing.preview_weights(weight_set_id=proposed.pk)
    assert sum('SET "lease_until"' in query["sql"] for query in queries) == 3
    proposed.refresh_from_db()
    assert proposed.lease_until is None


def test_the_sweeper_finds_what_nobody_counts(django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr("techfinder.celery.publisher.publish", lambda name, args: woken.append((name, args)))
    lost, leased, done, old = (weight_set(applied=False) for _ in range(4))
    later = timezone.now() + dt.timedelta(minutes=1)
    WeightSet.objects.filter(pk=leased.pk).update(lease_until=later)
    WeightSet.objects.filter(pk=done.pk).update(previewed_at=later, preview={"against": None})
    old.delete()
    WeightSet.objects.create(values={}, created_at=timezone.now() - dt.timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        actions.sweep()
    assert [call for call in woken if call[0] == "matches.preview_weights"] == [("matches.preview_weights", (lost.pk,))]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_counts():
    proposed = weight_set(applied=False)
    found = []

    def count() -> None:
        found.append(weighing.preview_weights(weight_set_id=proposed.pk))
        connections.close_all()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True]
    proposed.refresh_from_db()
    assert proposed.preview["requests"] == 0


# ---------------------------------------------------------------------------------------------------- propose and apply


def test_a_proposal_that_is_sent_twice_is_one():
    user = AdministratorFactory()
    first = weighing.propose_weights(user=user, values=MORE_THEMES, note="Meer thema")
    assert weighing.propose_weights(user=user, values=MORE_THEMES, note="Meer thema") == first
    assert weighing.propose_weights(user=user, values=MORE_THEMES, note="Anders") != first
    counted(first)
    weight_set()
    assert weighing.propose_weights(user=user, values=MORE_THEMES, note="Meer thema") != first


def test_what_is_applied_scores_everything_from_then_on(near, far, zeeland):
    asked = RequestFactory(themes=THEMES, school=SchoolFactory(municipality=zeeland))
    actions.rematch(everything=True)
    proposed = weighing.propose_weights(user=AdministratorFactory(), values=MORE_THEMES, note="Meer thema")
    counted(proposed)
    user = AdministratorFactory()
    applied = weighing.apply_weights(weight_set_id=proposed.pk, user=user)
    assert (applied.applied_by, current_weights().theme) == (user, 40)
    started = Rematch.objects.get(state=Rematch.State.RUNNING)
    assert started.weights == applied
    actions.rematch(everything=True)
    assert asked.matches.order_by(*BEST_FIRST)[0].activity == far
    started.refresh_from_db()
    assert started.state == Rematch.State.DONE


def test_what_nobody_saw_is_not_applied():
    user = AdministratorFactory()
    proposed = weighing.propose_weights(user=user, values=MORE_THEMES, note="Meer thema")
    with pytest.raises(weighing.RefusedError, match="nog niet geteld"):
        weighing.apply_weights(weight_set_id=proposed.pk, user=user)
    counted(proposed)
    other = weight_set()
    with pytest.raises(weighing.RefusedError, match="andere gewichten toegepast"):
        weighing.apply_weights(weight_set_id=proposed.pk, user=user)
    assert current_weight_set() == other
    with pytest.raises(weighing.RefusedError, match="eerder toegepast"):
        weighing.apply_weights(weight_set_id=other.pk, user=user)


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_applied_at_once_one_is():
    user = AdministratorFactory()
    both = [weighing.propose_weights(user=user, values=MORE_THEMES, note=note) for note in ("een", "twee")]
    for proposed in both:
        counted(proposed)
    found = []

    def apply(pk: int) -> None:
        try:
            found.append(weighing.apply_weights(weight_set_id=pk, user=user).pk)
        except weighing.RefusedError:
            found.append(None)
        connections.close_all()

    threads = [threading.Thread(target=apply, args=[proposed.pk]) for proposed in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(None) == 1
    assert WeightSet.objects.filter(applied_at__isnull=False).count() == 1


# -------------------------------------------------------------------------------------------------- with a real worker


@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_and_then_matches_the_country(near, far, zeeland, celery_worker_process, wait_until):
    """A worker that was killed while it counted is followed by another; what is applied is matched by itself."""
    asked = RequestFactory(themes=THEMES, school=SchoolFactory(municipality=zeeland))
    actions.rematch(everything=True)
    assert asked.matches.order_by(*BEST_FIRST)[0].activity == near
    celery_worker_process.kill()
    user = AdministratorFactory()
    proposed = weighing.propose_weights(user=user, values=MORE_THEMES, note="Meer thema")
    WeightSet.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    celery_worker_process.start()
    actions.sweep()
    wait_until(lambda: WeightSet.objects.get().preview, 20, celery_worker_process.log)
    assert WeightSet.objects.get().preview["other_first"] == 1

    weighing.apply_weights(weight_set_id=proposed.pk, user=user)
    wait_until(
        lambda: Rematch.objects.filter(weights=proposed, state=Rematch.State.DONE).exists(),
        20,
        celery_worker_process.log,
    )
    assert asked.matches.order_by(*BEST_FIRST)[0].activity == far
