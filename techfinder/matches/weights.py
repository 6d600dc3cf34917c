"""The weights of the score that are in force: the last that an administrator applied, else those of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from matching import WEIGHTS, Weights
from techfinder.matches.models import WeightSet


def current_weight_set() -> WeightSet | None:
    """The set that was applied last; None while nobody applied any."""
    applied = WeightSet.objects.filter(applied_at__isnull=False)
    return applied.order_by("-applied_at", "-pk").first()


def current_weights() -> Weights:
    """The weights that every match is scored with now."""
    found = current_weight_set()
    return weights_of(found.values) if found else WEIGHTS


def weights_of(values: Mapping[str, float]) -> Weights:
    """Kept values as the engine's weights.

    A component that the engine got since counts as it does by default; one that it lost counts no more.
    """
    names = {field.name for field in fields(Weights)}
    return Weights(**{name: value for name, value in values.items() if name in names})
