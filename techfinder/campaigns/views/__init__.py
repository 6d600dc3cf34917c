from techfinder.campaigns.views.campaigns import close, detail, edit, index, new
from techfinder.campaigns.views.choosing import bounds, requests, sessions
from techfinder.campaigns.views.rounds import award, drop, publish, release, round_page, start

__all__ = [
    "award",
    "bounds",
    "close",
    "detail",
    "drop",
    "edit",
    "index",
    "new",
    "publish",
    "release",
    "requests",
    "round_page",
    "sessions",
    "start",
]
