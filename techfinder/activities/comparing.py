"""Up to three offers beside each other: one row per property, and which of them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from techfinder.activities import access, words
from techfinder.activities.models import Activity
from techfinder.activities.presenting import cost, when
from techfinder.activities.queries import for_cards
from techfinder.activities.vocabulary import Vocabulary, areas_by_code
from techfinder.taxonomy.templatetags.ui import join_and, long_day

MOST = 3


@dataclass(frozen=True)
class Row:
    """A property with its value for each offer, in their order."""

    label: str
    cells: list[str]
    activities: Sequence[Activity]

    @property
    def named(self) -> list[tuple[Activity, str]]:
        """Each value with its offer: on a phone the title stands before it."""
        return list(zip(self.activities, self.cells, strict=True))

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@dataclass(frozen=True)
class Comparison:
    """What can be compared, and what was asked for and cannot."""

    activities: list[Activity]
    rows: list[Row]
    gone: list[str]
    unknown: int


def compare(slugs: Sequence[str]) -> Comparison:
    """Read the offers of these addresses, in a number of queries that does not grow with them."""
    rows = {row.slug: row for row in for_cards(Activity.objects.filter(slug__in=slugs))}
    found = [rows[slug] for slug in slugs if slug in rows]
    public = [each for each in found if access.is_public(each)]
    # Only of what was once public the title is anybody's business.
    gone = [each.title for each in found if each not in public and each.published_at]
    return Comparison(public, _rows(public) if public else [], gone, len(slugs) - len(public) - len(gone))


def _rows(activities: Sequence[Activity]) -> list[Row]:
    names = Vocabulary()
    areas = areas_by_code({code for each in activities for code in each.regions})
    columns = [_column(each, names, areas) for each in activities]
    return [Row(label, [column[label] for column in columns], activities) for label in columns[0]]


def _column(activity: Activity, names: Vocabulary, areas: Mapping[str, str]) -> dict[str, str]:
    coming = activity.coming_sessions  # type: ignore[attr-defined]
    return {
        gettext("Provider"): activity.provider.name,
        gettext("Kind"): words.capital(names.kind_name(activity.kind)),
        gettext("Themes"): words.capital(join_and(names.theme_names(activity.themes))),
        gettext("For whom"): words.capital(words.meant_for(activity.levels, in_full=True)),
        gettext("How"): words.capital(words.place_names(activity.delivery)),
        gettext("Location"): words.address(activity),
        gettext("Available in"): words.capital(join_and([areas[code] for code in areas if code in activity.regions])),
        gettext("When"): when(activity, coming),
        gettext("Length"): words.amount(activity.duration_amount, activity.duration_unit),
        gettext("Group"): words.group_size(activity),
        gettext("Cost"): cost(activity),
        gettext("Preparation"): words.preparation(activity),
        gettext("Supervisors from the school"): activity.supervisors,
        gettext("What the school arranges"): activity.school_arranges,
        gettext("VOG"): words.capital(str(activity.get_vog_display())) if activity.vog else "",
        gettext("Confirmed by the provider"): long_day(activity.confirmed_at) if activity.confirmed_at else "",
    }
