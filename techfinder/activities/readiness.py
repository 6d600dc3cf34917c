"""What must still be filled in before an activity can be sent to the moderators."""

from __future__ import annotations

from django.utils.translation import gettext

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Delivery


def missing(activity: Activity) -> list[tuple[str, str]]:
    """Step and words, for everything that lacks."""
    needed = [
        ("wat", activity.kind, gettext("Choose what kind of activity it is")),
        ("wat", activity.themes, gettext("Choose at least one theme")),
        ("wat", activity.description, gettext("Tell what the class will do")),
        ("voor-wie", activity.levels, gettext("Choose for which groups and classes it is")),
        ("voor-wie", activity.audience, gettext("Choose who takes part")),
        ("waar", activity.delivery, gettext("Choose where it takes place")),
        ("waar", activity.regions or activity.delivery == [Delivery.ONLINE], gettext("Choose at least one region")),
        ("veilig", activity.picture_alt or not activity.picture, gettext("Say what the picture shows")),
    ]
    return [(step, text) for step, value, text in needed if not value]
