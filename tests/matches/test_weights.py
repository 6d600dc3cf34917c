"""The weights in force, what others would change, and that what was applied stays as it was."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from matching import WEIGHTS
from techfinder.matches.models import WeightSet
from techfinder.matches.weights import current_weight_set, current_weights, weights_of
from tests.factories.accounts import AdministratorFactory

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
