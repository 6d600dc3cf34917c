from techfinder.activities.views.detail import activity_detail
from techfinder.activities.views.listing import activity_list

__all__ = ["activity_detail", "activity_list"]
