"""An activity's "ask for this" fills in the form of a question: the two know nothing of each other."""

from typing import Any

from django.http import QueryDict

from techfinder.activities.models import Activity
from techfinder.requests.levels import leaves_in_order
from techfinder.requests.prefill import register


@register
def from_activity(query: QueryDict) -> dict[str, Any]:
    """What a public activity says about a question that asks for it; nothing for any other address."""
    slug = query.get("activiteit", "").replace("\x00", "")
    activity = Activity.objects.public().filter(slug=slug).first() if slug else None
    if activity is None:
        return {}
    return {
        "title": activity.title,
        "themes": activity.themes[:3],
        "kinds": [activity.kind],
        "levels": leaves_in_order(activity.levels),
        "audience": activity.audience,
    }
