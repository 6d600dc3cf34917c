"""An activity's "ask for this" fills in the form of a question: the two know nothing of each other."""

from typing import Any

from django.http import QueryDict

from techfinder.activities.models import Activity
from techfinder.requests.levels import leaves_in_order
from techfinder.requests.prefill import register

# One asks for one class or two. Of an offer for many, unticking the others would be the work.
MOST_CLASSES = 3


@register
def from_activity(query: QueryDict) -> dict[str, Any]:
    """What a public activity says about a question that asks for it; nothing for any other address."""
    slug = query.get("activiteit", "").replace("\x00", "")
    activity = Activity.objects.public().filter(slug=slug).first() if slug else None
    if activity is None:
        return {}
    classes = leaves_in_order(activity.levels)
    return {
        "title": activity.title,
        "themes": activity.themes[:3],
        "kinds": [activity.kind],
        "levels": classes if len(classes) <= MOST_CLASSES else [],
        "audience": activity.audience,
    }
