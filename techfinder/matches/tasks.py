from celery import shared_task

from techfinder.matches import actions
from techfinder.matches.actions import weighing
from techfinder.matches.near import misses
from techfinder.matches.telling import digest, notifications


@shared_task(name="matches.match_request")
def match_request(request_id: int) -> None:
    actions.match_waiting_request(request_id=request_id)


@shared_task(name="matches.match_activity")
def match_activity(activity_id: int) -> None:
    actions.match_waiting_activity(activity_id=activity_id)


# A lease says who works on it, and a worker that was killed is followed by another: it may take its time.
@shared_task(name="matches.rematch_shard", soft_time_limit=3500, time_limit=3600)
def rematch_shard(shard_id: int) -> None:
    actions.rematch_shard(shard_id=shard_id)


@shared_task(name="matches.match_stale")
def match_stale() -> None:
    actions.match_stale()


@shared_task(name="matches.sweep")
def sweep() -> None:
    actions.sweep()


@shared_task(name="matches.digest")
def send_digests() -> None:
    digest.send_digests()


@shared_task(name="matches.near_misses")
def count_near_misses() -> None:
    misses.count_near_misses()


@shared_task(name="matches.preview_weights", soft_time_limit=3500, time_limit=3600)
def preview_weights(weight_set_id: int) -> None:
    weighing.preview_weights(weight_set_id=weight_set_id)


@shared_task(name="matches.tell")
def tell() -> None:
    notifications.tell_waiting()


@shared_task(name="matches.release")
def release(provider_id: int) -> None:
    actions.release_places(provider_ids=[provider_id])
