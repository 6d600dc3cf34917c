"""The pages of moderators and administrators."""

from techfinder.moderation.views.brokering import broker, broker_ask, together
from techfinder.moderation.views.desk import activity, claim, provider, queue, settle
from techfinder.moderation.views.explain import explain
from techfinder.moderation.views.lacks import lacks, lacks_file
from techfinder.moderation.views.region import region_page, region_pages
from techfinder.moderation.views.sought import sought, sought_file
from techfinder.moderation.views.tasks import task, tasks
from techfinder.moderation.views.waiting import hand_over, waiting, waiting_one
from techfinder.moderation.views.weights import apply_weights, bring_back_weights, weight_set, weights

__all__ = [
    "activity",
    "apply_weights",
    "bring_back_weights",
    "broker",
    "broker_ask",
    "claim",
    "explain",
    "hand_over",
    "lacks",
    "lacks_file",
    "provider",
    "queue",
    "region_page",
    "region_pages",
    "settle",
    "sought",
    "sought_file",
    "task",
    "tasks",
    "together",
    "waiting",
    "waiting_one",
    "weight_set",
    "weights",
]
