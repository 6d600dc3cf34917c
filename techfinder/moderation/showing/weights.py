"""What an administrator sees of the weights: what they were and would be, and what that changes, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from techfinder.activities.models import Activity
from techfinder.matches.actions.weighing import PATIENCE
from techfinder.matches.fairness.weights import (
    Component,
    components,
    current_weight_set,
    default_weights,
    is_overtaken,
    shares,
    weights_of,
)
from techfinder.matches.models import WeightSet
from techfinder.moderation.forms.decisions import weight_text
from techfinder.requests.models import Request
from techfinder.taxonomy.queries import region_names
from techfinder.taxonomy.templatetags.ui import number


@dataclass(frozen=True, slots=True)
class Line:
    """One weight, as it was and as it would be."""

    component: Component
    before: str
    after: str
    share_before: str
    share_after: str
    changed: bool


def percent(value: float) -> str:
    """23,4%."""
    return f"{formats.number_format(round(value, 1), decimal_pos=1, use_l10n=True)}%"


def lines(before: WeightSet | None, after: WeightSet | None) -> list[Line]:
    """All weights of two sets; None stands for those that hold while nobody applied any."""
    old, new = (weights_of(each.values) if each else default_weights() for each in (before, after))
    old_values, new_values = dict(old.items()), dict(new.items())
    old_shares, new_shares = shares(old), shares(new)
    return [
        Line(
            component=each,
            before=weight_text(old_values[each.name]),
            after=weight_text(new_values[each.name]),
            share_before=percent(old_shares[each.name]),
            share_after=percent(new_shares[each.name]),
            changed=old_values[each.name] != new_values[each.name],
        )
        for each in components()
    ]


def state_of(proposed: WeightSet, current: WeightSet | None) -> str:
    """How far it is: current, former, counting, failed, overtaken or ready."""
    if proposed.applied_at:
        return "current" if current and proposed.pk == current.pk else "former"
    if proposed.preview is None:
        return "counting" if _is_young(proposed.created_at) else "failed"
    return "overtaken" if is_overtaken(proposed, current) else "ready"


def _is_young(moment: dt.datetime) -> bool:
    return moment > timezone.now() - PATIENCE


def compared_with(proposed: WeightSet) -> WeightSet | None:
    """The set that it was counted against, or would be now; None for the weights that the site began with."""
    if proposed.preview is None:
        return current_weight_set()
    return WeightSet.objects.filter(pk=proposed.preview["against"]).first()


def first_sentence(preview: dict[str, Any]) -> str:
    """Of 60,000 requests, 3,120 get another first match."""
    asked, other = preview["requests"], preview["other_first"]
    total = ngettext("%(n)s request", "%(n)s requests", asked) % {"n": number(asked)}
    if not other:
        return gettext("Of %(total)s, none gets another first match.") % {"total": total}
    return ngettext(
        "Of %(total)s, %(other)s gets another first match.", "Of %(total)s, %(other)s get another first match.", other
    ) % {"total": total, "other": number(other)}


def top_sentence(preview: dict[str, Any]) -> str:
    other = preview["other_top"]
    return ngettext(
        "At %(other)s request another offer comes among the first three.",
        "At %(other)s requests another offer comes among the first three.",
        other,
    ) % {"other": number(other)}


def groups(preview: dict[str, Any]) -> list[dict[str, Any]]:
    names = {
        "special": gettext("Vso and praktijkonderwijs"),
        "small": gettext("Small schools"),
        "remote": gettext("Remote schools"),
    }
    return [{"name": name, **preview["groups"][group]} for group, name in names.items()]


def provinces(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """Requests and changes by province, by name; those of no province last."""
    names = region_names(code for code, _requests, _other in preview["provinces"])
    rows = [
        {
            "name": names.get(code, gettext("No province known")),
            "requests": asked,
            "other": other,
            "share": percent(100 * other / asked),
            "last": not code,
        }
        for code, asked, other in preview["provinces"]
    ]
    return sorted(rows, key=lambda row: (row["last"], row["name"]))


def examples(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """A few requests with their first match now and then; None for what is there no more."""
    triples = preview["examples"]
    requests = Request.objects.select_related("school").in_bulk([request for request, _, _ in triples])
    offered = {activity for _, *pair in triples for activity in pair if activity}
    activities = Activity.objects.select_related("provider").in_bulk(offered)
    return [
        {"asked": requests.get(request), "now": activities.get(now), "then": activities.get(then),
         "had": bool(now), "has": bool(then)}
        for request, now, then in triples
    ]  # fmt: skip
