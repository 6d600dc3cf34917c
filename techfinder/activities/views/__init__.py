from techfinder.activities.views.comparing import activity_compare
from techfinder.activities.views.editing import activity_act, activity_edit, activity_new
from techfinder.activities.views.landing import offer_or_region, region_theme, theme
from techfinder.activities.views.listing import activity_list
from techfinder.activities.views.mapping import activity_drawing, activity_points, country_points

__all__ = [
    "activity_act",
    "activity_compare",
    "activity_drawing",
    "activity_edit",
    "activity_list",
    "activity_new",
    "activity_points",
    "country_points",
    "offer_or_region",
    "region_theme",
    "theme",
]
