"""A page of what a search found, in words: its title, and a card for each activity with why it is among these."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext, ngettext

from techfinder.activities.filters import ActivityFilter
from techfinder.activities.on_cards import OnCard, on_cards
from techfinder.activities.reasons import only_online, reasons
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.search.found import Hits
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.words import card
from techfinder.taxonomy.templatetags.ui import km, number
from techfinder.taxonomy.ui import Card


def heading(total: int, found: ActivityFilter) -> str:
    """Write 34 activiteiten over energie, binnen 25 km van Arnemuiden."""
    text, where = found.criteria().text, _where(found)
    values = {"count": number(total), "text": text, "where": where}
    if text and where:
        line = ngettext(
            "%(count)s activity about %(text)s, %(where)s", "%(count)s activities about %(text)s, %(where)s", total
        )
    elif text:
        line = ngettext("%(count)s activity about %(text)s", "%(count)s activities about %(text)s", total)
    elif where:
        line = ngettext("%(count)s activity %(where)s", "%(count)s activities %(where)s", total)
    else:
        line = ngettext("%(count)s activity", "%(count)s activities", total)
    return line % values


def page_title(heading: str, number: int) -> str:
    """Write 34 activiteiten over energie, pagina 2."""
    return heading if number == 1 else gettext("%(heading)s, page %(number)d") % {"heading": heading, "number": number}


def _where(found: ActivityFilter) -> str:
    if found.place and (radius := found.criteria().radius):
        return gettext("within %(km)d km of %(place)s") % {"km": radius, "place": found.place.name}
    names = [found.place.name] if found.place else [area.name for area in found.regions]
    return gettext("for schools in %(place)s") % {"place": names[0]} if len(names) == 1 else ""


def cards(hits: Hits, criteria: Criteria, words: Vocabulary) -> list[Card]:
    """The cards of one page of hits, in their order; what was taken away a moment ago is left out."""
    distances = hits.km()
    return [_card(activity, criteria, distances[activity.pk], words) for activity in on_cards(list(distances))]


def _card(activity: OnCard, criteria: Criteria, distance: float | None, words: Vocabulary) -> Card:
    plain = card(activity, words)
    far, note = _far(activity, criteria, distance, plain.place) if criteria.place else ("", "")
    why = tuple(reasons(activity, criteria, distance, words))
    return replace(plain, far=far, far_note=note, reasons=why, extra={"id": activity.pk, "slug": activity.slug})


def _far(activity: OnCard, criteria: Criteria, distance: float | None, town: str) -> tuple[str, str]:
    """How far it is and where; what this place can only have online is everywhere."""
    if only_online(activity, criteria, distance):
        return gettext("Online"), gettext("from %(town)s") % {"town": town} if town else ""
    return km(distance), town
