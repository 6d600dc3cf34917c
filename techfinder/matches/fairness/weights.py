"""The weights of the score that are in force: the last that an administrator applied, else those of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.utils.translation import gettext_lazy as _

from matching import WEIGHTS, Weights
from techfinder.matches.models import WeightSet


def current_weight_set() -> WeightSet | None:
    """The set that was applied last; None while nobody applied any."""
    applied = WeightSet.objects.filter(applied_at__isnull=False)
    return applied.order_by("-applied_at", "-pk").first()


def current_weights() -> Weights:
    """The weights that every match is scored with now."""
    found = current_weight_set()
    return weights_of(found.values) if found else default_weights()


def default_weights() -> Weights:
    """Those that hold while nobody applied any."""
    return WEIGHTS


def is_overtaken(proposed: WeightSet, current: WeightSet | None) -> bool:
    """Whether its preview was counted against other weights than those in force now."""
    return proposed.preview is not None and proposed.preview["against"] != (current.pk if current else None)


def weights_of(values: Mapping[str, float]) -> Weights:
    """Kept values as the engine's weights.

    A component that the engine got since counts as it does by default; one that it lost counts no more.
    """
    names = {field.name for field in fields(Weights)}
    return Weights(**{name: value for name, value in values.items() if name in names})


# ------------------------------------------------------------------ in words


@dataclass(frozen=True, slots=True)
class Component:
    """One weight in words: what it is, when it counts, and whose list it puts in another order."""

    name: str
    label: str
    text: str
    lists: str


SCHOOLS, COMPANIES, BOTH = _("of the school"), _("of the company"), _("both")
# A component that is the same for all offers that a request may get cannot change the order of its list.
WORDS = {
    "distance": (_("Distance"), _("The nearer the company and the school, the more points."), BOTH),
    "level": (_("Classes"), _("The offer is made for the classes that the school asks for."), BOTH),
    "theme": (_("Themes"), _("The more themes the request and the offer share, the more points."), BOTH),
    "period": (_("Period"), _("The offer can be in many of the months that the school asks for."), BOTH),
    "kind": (_("Kind wished"), _("The school asked for this kind, such as a guest lesson."), COMPANIES),
    "record": (_("Answers of the company"), _("The company answers requests well. New companies get half."), SCHOOLS),
    "unserved": (_("Not served yet"), _("The school has had nothing this school year."), COMPANIES),
    "waiting": (_("Waiting time"), _("The longer the request waits, the more points, up to 60 days."), COMPANIES),
    "special": (_("Vso and praktijkonderwijs"), _("The request is for vso or praktijkonderwijs."), COMPANIES),
    "small": (_("Small school"), _("The fewer pupils the school has, the more points."), COMPANIES),
    "remote": (_("Remote school"), _("The fewer other schools there are near the school, the more points."), COMPANIES),
}


def components() -> list[Component]:
    """All weights in words of the active language, in the order of the engine's table."""
    return [Component(field.name, *(str(words) for words in WORDS[field.name])) for field in fields(Weights)]


def shares(weights: Weights) -> dict[str, float]:
    """Per component its part of the score, in percent."""
    return {name: 100 * weight / weights.total for name, weight in weights.items()}
