"""A saved search in words, for its pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext

from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved.reading import Reading, reading_of
from techfinder.activities.vocabulary import Vocabulary
from techfinder.organisations.models import Provider

State, Stopped, Frequency = SavedSearch.State, SavedSearch.Stopped, SavedSearch.Frequency


@dataclass(frozen=True)
class Shown:
    """What a page says of a saved search."""

    saved: SavedSearch

    @cached_property
    def reading(self) -> Reading:
        return reading_of(self.saved)

    @property
    def name(self) -> str:
        return ", ".join(self.reading.labels) or gettext("Search without filters")

    @property
    def often(self) -> str:
        return {
            Frequency.AT_ONCE: gettext("as soon as there is something new"),
            Frequency.DAILY: gettext("at most one mail a day"),
            Frequency.WEEKLY: gettext("at most one mail a week"),
        }[Frequency(self.saved.frequency)]

    @property
    def state(self) -> str:
        """In one word, with why when it stopped by itself."""
        because: dict[str, str] = {
            Stopped.BOUNCED: gettext("stopped: mail to this address comes back"),
            Stopped.SILENT: gettext("stopped: we asked whether you still want it, and heard nothing"),
        }
        by_itself = because.get(self.saved.stopped_because) if self.saved.state == State.STOPPED else None
        return by_itself or self.saved.get_state_display()

    @property
    def problem(self) -> str:
        """Why it finds nothing any more, when that is so."""
        if self.reading.is_possible:
            return ""
        return gettext("This alert finds nothing any more. Change what it searches for, or stop it.")

    @property
    def is_on(self) -> bool:
        return self.saved.state == State.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.saved.state == State.PAUSED

    @property
    def is_stopped(self) -> bool:
        return self.saved.state == State.STOPPED


def left_out(saved: SavedSearch) -> list[tuple[str, str, str]]:
    """What "less like this" took out: by, value and words of each."""
    words = Vocabulary()
    titles = dict(Activity.objects.filter(pk__in=_values(saved, "activity")).values_list("pk", "title"))
    providers = dict(Provider.objects.filter(slug__in=_values(saved, "provider")).values_list("slug", "name"))
    named = {
        "activity": lambda value: gettext("Only “%(title)s”") % {"title": titles.get(value, value)},
        "provider": lambda value: gettext("Everything of %(name)s") % {"name": providers.get(value, value)},
        "kind": lambda value: gettext("Kind: %(name)s") % {"name": words.kind_name(value)},
        "theme": lambda value: gettext("Theme: %(name)s") % {"name": words.themes.get(value, value)},
    }
    return [(each["by"], str(each["value"]), named[each["by"]](each["value"])) for each in saved.less]


def _values(saved: SavedSearch, by: str) -> list[object]:
    return [each["value"] for each in saved.less if each["by"] == by]


def less_choices(activity: Activity, reading: Reading) -> Iterable[tuple[str, str]]:
    """What can be left out because of this activity, but not what was asked for: nothing would be left."""
    words, criteria = Vocabulary(), reading.criteria
    yield f"activity:{activity.pk}", gettext("Only this activity")
    if criteria.provider != activity.provider.slug:
        yield f"provider:{activity.provider.slug}", gettext("Everything of %(name)s") % {"name": activity.provider.name}
    if criteria.kinds != (activity.kind,):
        yield f"kind:{activity.kind}", gettext("Kind: %(name)s") % {"name": words.kind_name(activity.kind)}
    for theme in activity.themes:
        if theme not in criteria.themes:
            yield f"theme:{theme}", gettext("Theme: %(name)s") % {"name": words.themes.get(theme, theme)}
