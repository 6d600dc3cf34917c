from techfinder.activities.models.activity import (
    Activity,
    ActivityQuerySet,
    OfferingProvider,
    OfferingTown,
    Session,
    Stage,
)
from techfinder.activities.models.favourites import Favourite
from techfinder.activities.models.finding import ActivityChange, DatedSession, Sought, Synonym
from techfinder.activities.models.saved import SavedSearch

__all__ = [
    "Activity",
    "ActivityChange",
    "ActivityQuerySet",
    "DatedSession",
    "Favourite",
    "OfferingProvider",
    "OfferingTown",
    "SavedSearch",
    "Session",
    "Sought",
    "Stage",
    "Synonym",
]
