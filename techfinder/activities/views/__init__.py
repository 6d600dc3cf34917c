from techfinder.activities.views.detail import activity_detail
from techfinder.activities.views.editing import activity_act, activity_edit, activity_new
from techfinder.activities.views.listing import activity_list

__all__ = ["activity_act", "activity_detail", "activity_edit", "activity_list", "activity_new"]
